// Checks arguments against a tool's schema before the call. The schema comes from the server and is hostile: what could
// hang or blow up the daemon is left to the server itself to judge.
import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { FieldError } from '../../../shared/api/problem.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';

const largestSchema = 262_144;
const mostErrors = 20;
const drafts = ['2020-12', '2019-09', '7', '4'] as const;
/** How often the validator may look into the schema: some references into one another double the work with each step. */
const mostReads = 500_000;
/** Keywords that can take for ever: regular expressions of a server, and a comparison of every member with every other. */
const costly = new Set(['pattern', 'patternProperties', 'format', 'uniqueItems']);

/** What is wrong with the arguments; empty if nothing is, or if the schema is not one that can be used. */
export type ArgumentCheck = (args: Record<string, unknown>) => FieldError[];

const compiled = new WeakMap<JSONSchema, ArgumentCheck>();

/** What is wrong with the arguments; empty if nothing is, or if the schema is not one that can be used. */
export function findArgumentErrors(schema: JSONSchema, args: Record<string, unknown>): FieldError[] {
  const check = compiled.get(schema) ?? compileArgumentCheck(schema);
  compiled.set(schema, check);
  return check(args);
}

/** Prepared once for each definition: to copy a schema takes longer than to check most arguments against it. */
function compileArgumentCheck(schema: JSONSchema): ArgumentCheck {
  const budget = { left: 0 };
  const validator = prepare(schema, budget);
  if (!validator) return () => [];
  return args => {
    budget.left = mostReads;
    try {
      const { valid, errors } = validator.validate(args);
      return valid ? [] : toFieldErrors(errors);
    } catch {
      return [];
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

/** The same schema, which throws when it has been read too often. */
function withBudget(value: unknown, budget: { left: number }): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(item => withBudget(item, budget));
  const inner = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withBudget(member, budget)]));
  return new Proxy(inner, {
    get(target, key, receiver) {
      budget.left -= 1;
      if (budget.left < 0) throw new RangeError('The schema is too costly to check.');
      return Reflect.get(target, key, receiver);
    },
  });
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
