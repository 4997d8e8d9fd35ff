// Checks arguments against a tool's schema before the call, and its structured content after it. The schema comes from the
// server and is hostile: what could hang or blow up the daemon is left to the server itself to judge.
import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { FieldError } from '../../../shared/api/problem.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import { withBudget } from '../../platform/read-budget.ts';

const largestSchema = 262_144;
const mostErrors = 20;
const drafts = ['2020-12', '2019-09', '7', '4'] as const;
/** How often the validator may look into the schema: some references into one another double the work with each step. */
const mostReads = 500_000;
/** Keywords that can take for ever: regular expressions of a server, and a comparison of every member with every other. */
const costly = new Set(['pattern', 'patternProperties', 'format', 'uniqueItems']);

/** What is wrong with a value, at paths that begin with `base`; undefined if the schema is not one that can be used. */
type SchemaCheck = (value: unknown, base: string) => FieldError[] | undefined;

const compiled = new WeakMap<JSONSchema, SchemaCheck>();

/** What is wrong with the arguments; empty if nothing is, or if the schema is not one that can be used. */
export const findArgumentErrors = (schema: JSONSchema, args: Record<string, unknown>): FieldError[] =>
  checkOf(schema)(args, '/arguments') ?? [];

/**
 * What of the structured content does not fit the tool's output schema; null if that could not be told. Regular expressions
 * and formats are not looked at.
 */
export const findContentErrors = (schema: JSONSchema, content: unknown): FieldError[] | null =>
  checkOf(schema)(content, '/structuredContent') ?? null;

function checkOf(schema: JSONSchema): SchemaCheck {
  const check = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, check);
  return check;
}

/** Prepared once for each definition: to copy a schema takes longer than to check most values against it. */
function compile(schema: JSONSchema): SchemaCheck {
  const budget = { left: 0 };
  const validator = prepare(schema, budget);
  if (!validator) return () => undefined;
  return (value, base) => {
    budget.left = mostReads;
    try {
      const { valid, errors } = validator.validate(value);
      return valid ? [] : toFieldErrors(errors, base);
    } catch {
      return undefined;
    }
  };
}

function prepare(schema: JSONSchema, budget: { left: number }): Validator | undefined {
  try {
    if (JSON.stringify(schema).length > largestSchema) return undefined;
    // To find the references in it reads it as well.
    budget.left = mostReads;
    return new Validator(withBudget(withoutCostly(schema), budget) as Schema, draftOf(schema), false);
  } catch {
    return undefined;
  }
}
function draftOf(schema: JSONSchema): (typeof drafts)[number] {
  const named = typeof schema.$schema === 'string' ? schema.$schema : '';
  return drafts.find(draft => named.includes(`draft-0${draft}`) || named.includes(draft)) ?? '2020-12';
}

const named = new Set(['properties', '$defs', 'definitions']);

/** The schema without what is costly; a property that is only called like a keyword stays. */
function withoutCostly(value: unknown, inProperties = false): unknown {
  if (Array.isArray(value)) return value.map(item => withoutCostly(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => inProperties || !costly.has(key))
      .map(([key, member]) => [key, withoutCostly(member, !inProperties && named.has(key))]),
  );
}

/** The innermost errors only: the outer ones repeat them. */
function toFieldErrors(errors: OutputUnit[], base: string): FieldError[] {
  const outer = new Set(['properties', 'items', '$ref', 'allOf', 'prefixItems', 'additionalProperties']);
  const inner = errors.filter(({ keyword }) => !outer.has(keyword) || errors.length === 1);
  const found = (inner.length > 0 ? inner : errors).map(error => toFieldError(error, base));
  const unique = new Map(found.map(error => [`${error.path} ${error.message}`, error]));
  return [...unique.values()].slice(0, mostErrors);
}

function toFieldError({ instanceLocation, keyword, error }: OutputUnit, base: string): FieldError {
  const path = `${base}${instanceLocation.replace(/^#/, '')}`;
  const missing = keyword === 'required' ? /"([^"]+)"/.exec(error)?.[1] : undefined;
  return missing ? { path: `${path}/${missing}`, message: 'This is required.' } : { path, message: error };
}
