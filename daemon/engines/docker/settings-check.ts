// Settings against the schema that a definition declares: docker mcp stores anything, and its gateway then refuses the profile.
import { Validator } from '@cfworker/json-schema';
import { type FieldError, problem } from '../../../shared/api/problem.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Keywords that repeat an error of something inside: only the innermost says something. */
const around = new Set(['properties', 'items', '$ref', 'anyOf', 'oneOf', 'allOf']);
const mostErrors = 20;

/** What is wrong, with paths below /settings. Empty: nothing is. */
export function findSettingErrors(title: string, schema: JSONSchema | null, settings: Settings): FieldError[] {
  if (!schema) {
    return Object.keys(settings).map(name => ({ path: `/settings/${name}`, message: `${title} takes no settings.` }));
  }
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(settings);
  if (valid) return [];
  const innermost = errors.filter(({ keyword }) => !around.has(keyword));
  return (innermost.length > 0 ? innermost : errors)
    .slice(0, mostErrors)
    .map(({ instanceLocation, error }) => ({ path: `/settings${instanceLocation.slice(1)}`, message: error }));
}

/** Errors: SERVER_010 with the fields that are wrong. */
export function checkSettings(title: string, schema: JSONSchema | null, settings: Settings): void {
  const errors = findSettingErrors(title, schema, settings);
  const [first] = errors;
  if (!first) return;
  const field = first.path.replace(/^\/settings\/?/, '');
  throw problem('SERVER_010', {
    detail: `The settings of ${title} do not fit: ${field === '' ? '' : `${field}: `}${first.message}`,
    next: 'Correct the settings and try again; nothing was changed.',
    errors,
  });
}
