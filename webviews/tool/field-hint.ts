// What a field takes, in a few words beside it.
import type { Json } from '../../shared/domain/json-schema.ts';
import type { NumberField, TextField } from './schema-form.ts';

/** Formats of JSON Schema whose names do not say how one is written. */
const formatWords: Record<string, string> = {
  'date-time': 'date and time, such as 2026-03-01T10:00:00Z',
  time: 'time, such as 10:00:00Z',
  uri: 'address, such as https://example.com',
};

export const textHint = ({ format, minLength, maxLength, pattern }: TextField): string =>
  hintOf([
    // The control itself shows that it takes a day.
    format !== 'date' && (formatWords[format] ?? format),
    minLength > 1 && `at least ${minLength} characters`,
    maxLength !== undefined && maxLength <= 1_000 && `at most ${maxLength} characters`,
    pattern && `pattern ${pattern}`,
  ]);

export function numberHint(field: NumberField): string {
  const { integer, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  return hintOf([
    integer ? 'whole number' : 'number',
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `less than ${exclusiveMaximum}`,
  ]);
}

/** Shown where nothing is filled in: what the server takes then. */
export const defaultHint = ({ default: initial }: { default: Json | undefined }): string | undefined =>
  typeof initial === 'string' || typeof initial === 'number' ? String(initial).slice(0, 100) : undefined;

const hintOf = (parts: readonly (string | false)[]): string => parts.filter(Boolean).join(', ');
