// Turns the text after `name=` into the JSON value that a JSON Schema asks for. Text stays text unless the schema
// says otherwise, so that "007" for a string is not 7. The daemon validates; this only reads.
import type { JSONSchema, Json } from '../../../shared/domain/json-schema.ts';
import { UsageError } from '../exit-codes.ts';

type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';
const order: readonly Kind[] = ['integer', 'number', 'boolean', 'null', 'array', 'object'];

const isSchema = (value: unknown): value is JSONSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKind = (value: unknown): value is Kind => value === 'string' || order.some(kind => kind === value);

const kindOf = (value: unknown): Kind => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'object' ? 'object' : 'string';
};

/** Follows `#/…` references within the schema; anything else is left alone. */
export function resolveSchema(schema: unknown, root: JSONSchema): JSONSchema {
  let current = schema;
  for (let hops = 0; hops < 16 && isSchema(current); hops++) {
    const reference = current['$ref'];
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return current;
    current = reference
      .slice(2)
      .split('/')
      .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'))
      .reduce<unknown>((at, part) => (isSchema(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
  }
  return isSchema(current) ? current : {};
}

function kindsOf(schema: unknown, root: JSONSchema, depth = 0): Set<Kind> {
  const { type, anyOf, oneOf, allOf, enum: values, const: constant } = resolveSchema(schema, root);
  const named = (Array.isArray(type) ? type : [type]).filter(isKind);
  if (named.length > 0) return new Set(named);
  if (Array.isArray(values)) return new Set(values.map(kindOf));
  if (constant !== undefined) return new Set([kindOf(constant)]);
  const parts = [anyOf, oneOf, allOf].filter(Array.isArray).flat();
  return depth > 8 ? new Set() : new Set(parts.flatMap(part => [...kindsOf(part, root, depth + 1)]));
}

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

function readAs(kind: Kind, text: string): Json | undefined {
  if (kind === 'integer' || kind === 'number') {
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(number) && (kind === 'number' || Number.isSafeInteger(number)) ? number : undefined;
  }
  const value = parseJson(text);
  return value !== undefined && kindOf(value) === kind ? value : undefined;
}

const words: Record<Kind, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list as JSON, for example ["a","b"]',
  object: 'an object as JSON, for example {"key":"value"}',
};

/** Errors: UsageError if the schema asks for something that the text is not. */
export function typedValue(name: string, text: string, schema: unknown, root: JSONSchema): Json {
  const kinds = kindsOf(schema, root);
  if (kinds.size === 0 || kinds.has('string')) return text;
  const wanted = order.filter(kind => kinds.has(kind));
  for (const kind of wanted) {
    const value = readAs(kind, text);
    if (value !== undefined) return value;
  }
  throw new UsageError(
    `"${name}" takes ${wanted.map(kind => words[kind]).join(' or ')}; this is none: ${text.slice(0, 80)}`,
  );
}

/** Reads every text given for one name. One or several that are no JSON list are the items of a list. Errors: UsageError. */
export function typedValues(name: string, texts: readonly string[], schema: unknown, root: JSONSchema): Json {
  const [first = '', ...more] = texts;
  if (areItems(texts, kindsOf(schema, root))) {
    const { items } = resolveSchema(schema, root);
    return texts.map(text => typedValue(name, text, items, root));
  }
  if (more.length > 0) throw new UsageError(`"${name}" is given ${texts.length} times, and it takes one value.`);
  return typedValue(name, first, schema, root);
}

function areItems(texts: readonly string[], kinds: ReadonlySet<Kind>): boolean {
  const [first = '', ...more] = texts;
  if (!kinds.has('array')) return false;
  if (more.length > 0) return true;
  if (kinds.has('string') || first.startsWith('[')) return false;
  const value = parseJson(first);
  return value === undefined || !kinds.has(kindOf(value));
}
