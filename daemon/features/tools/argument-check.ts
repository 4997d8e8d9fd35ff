// Checks arguments against a tool's schema before the call. The schema comes from the server and is hostile: what could
// hang or blow up the daemon is left to the server itself to judge.
import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { FieldError } from '../../../shared/api/problem.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';

const largestSchema = 262_144;
const mostErrors = 20;
const drafts = ['2020-12', '2019-09', '7', '4'] as const;

/** What is wrong with the arguments; empty if nothing is, or if the schema is not one that can be used. */
export function findArgumentErrors(schema: JSONSchema, args: Record<string, unknown>): FieldError[] {
  const text = JSON.stringify(schema);
  if (text.length > largestSchema) return [];
  try {
    const { valid, errors } = new Validator(withoutPatterns(schema) as Schema, draftOf(schema), false).validate(args);
    return valid ? [] : toFieldErrors(errors);
  } catch {
    return [];
  }
}

function draftOf(schema: JSONSchema): (typeof drafts)[number] {
  const named = typeof schema.$schema === 'string' ? schema.$schema : '';
  return drafts.find(draft => named.includes(`draft-0${draft}`) || named.includes(draft)) ?? '2020-12';
}

/** A regular expression from a server can take for ever on a long argument, so none is run here. */
function withoutPatterns(value: unknown, inProperties = false): unknown {
  if (Array.isArray(value)) return value.map(item => withoutPatterns(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => inProperties || (key !== 'pattern' && key !== 'patternProperties' && key !== 'format'))
      .map(([key, member]) => [
        key,
        withoutPatterns(member, !inProperties && (key === 'properties' || key === '$defs' || key === 'definitions')),
      ]),
  );
}

/** The innermost errors only: the outer ones repeat them. */
function toFieldErrors(errors: OutputUnit[]): FieldError[] {
  const outer = new Set(['properties', 'items', '$ref', 'allOf', 'prefixItems', 'additionalProperties']);
  const inner = errors.filter(({ keyword }) => !outer.has(keyword) || errors.length === 1);
  const found = (inner.length > 0 ? inner : errors).map(toFieldError);
  const unique = new Map(found.map(error => [`${error.path} ${error.message}`, error]));
  return [...unique.values()].slice(0, mostErrors);
}

function toFieldError({ instanceLocation, keyword, error }: OutputUnit): FieldError {
  const base = `/arguments${instanceLocation.replace(/^#/, '')}`;
  const missing = keyword === 'required' ? /"([^"]+)"/.exec(error)?.[1] : undefined;
  return missing ? { path: `${base}/${missing}`, message: 'This is required.' } : { path: base, message: error };
}
