// What a field takes, in a few words beside it.
import type { Json } from '../../shared/domain/json-schema.ts';
import type { NumberField, TextField } from './schema-form.ts';

export function textHint({ format, minLength, maxLength, pattern, default: initial }: TextField): string {
  return hintOf(
    [
      format,
      minLength > 1 && `at least ${minLength} characters`,
      maxLength !== undefined && maxLength <= 1_000 && `at most ${maxLength} characters`,
      pattern && `pattern ${pattern}`,
    ],
    initial,
  );
}

export function numberHint(field: NumberField): string {
  const { integer, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  return hintOf(
    [
      integer ? 'whole number' : 'number',
      minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
      exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
      maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
      exclusiveMaximum !== undefined && `less than ${exclusiveMaximum}`,
    ],
    field.default,
  );
}

const hintOf = (parts: readonly (string | false)[], initial: Json | undefined): string =>
  [
    parts.some(Boolean) ? `(${parts.filter(Boolean).join(', ')})` : '',
    initial === undefined ? '' : `Default: ${JSON.stringify(initial)}.`,
  ]
    .filter(Boolean)
    .join(' ');
