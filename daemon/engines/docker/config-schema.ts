// From the config that a catalog's entry declares to one JSON Schema (2020-12) that a form and a check can work with.
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import type { ServerSpec } from './cli/schemas.ts';

const deepest = 8;
const mostProperties = 200;
const mostCharacters = 65_536;
const longestText = 2_000;

/** Copied as they are if they have this type. Everything else of JSON Schema is left out: above all references to elsewhere. */
const plainKeywords: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'any'>> = {
  title: 'string',
  description: 'string',
  format: 'string',
  placeholder: 'string',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minLength: 'number',
  maxLength: 'number',
  minItems: 'number',
  maxItems: 'number',
  uniqueItems: 'boolean',
  default: 'any',
  const: 'any',
};

const types = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null']);
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A name that is an object's own business in JavaScript. */
export const isReservedKey = (key: string): boolean =>
  key === '__proto__' || key === 'constructor' || key === 'prototype';

/**
 * True for a pattern that can be tried in bounded time: a repeated group is what makes a regular expression take for ever, and
 * a catalog's author may want that.
 */
const isHarmlessPattern = (pattern: string): boolean => {
  if (pattern.length > 256 || /\)[*+{]|\\[1-9]/.test(pattern) || (pattern.match(/[*+{]/g)?.length ?? 0) > 4)
    return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
};

const guessType = (schema: Record<string, unknown>): string | undefined => {
  if (isMap(schema['properties'])) return 'object';
  if (schema['items'] !== undefined) return 'array';
  if ('enum' in schema || 'const' in schema || 'anyOf' in schema || 'oneOf' in schema) return undefined;
  return 'string';
};

const typeOf = (schema: Record<string, unknown>): string | string[] | undefined => {
  const { type } = schema;
  if (typeof type === 'string' && types.has(type)) return type;
  if (Array.isArray(type)) {
    const known = type.filter((each): each is string => typeof each === 'string' && types.has(each));
    if (known.length > 0) return known;
  }
  return guessType(schema);
};

function toPlainKeywords(schema: Record<string, unknown>): JSONSchema {
  const plain: JSONSchema = {};
  for (const [keyword, kind] of Object.entries(plainKeywords)) {
    const value = schema[keyword];
    if (value === undefined || value === null || (kind !== 'any' && typeof value !== kind)) continue;
    plain[keyword] = typeof value === 'string' ? value.slice(0, longestText) : value;
  }
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) plain['enum'] = schema['enum'].slice(0, 1_000);
  if (Array.isArray(schema['examples'])) plain['examples'] = schema['examples'].slice(0, 10);
  if (typeof schema['pattern'] === 'string' && isHarmlessPattern(schema['pattern']))
    plain['pattern'] = schema['pattern'];
  return plain;
}

/** The properties, and which of them are required: by the list, or by a mark of their own as older catalogs have it. */
function toObjectKeywords(schema: Record<string, unknown>, depth: number): JSONSchema {
  if (!isMap(schema['properties'])) return {};
  const members = Object.entries(schema['properties'])
    .filter(([name, member]) => isMap(member) && !isReservedKey(name))
    .slice(0, mostProperties);
  const listed = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const required = members.flatMap(([name, member]) =>
    listed.has(name) || (isMap(member) && member['required'] === true) ? [name] : [],
  );
  return {
    properties: Object.fromEntries(members.map(([name, member]) => [name, toSchema(member, depth + 1)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

const toChoices = (schema: Record<string, unknown>, depth: number): JSONSchema => {
  const choices: JSONSchema = {};
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const value = schema[keyword];
    // What only says which properties go together is a rule for a whole object, and not a choice of types.
    if (Array.isArray(value) && value.length > 0 && value.every(isMap))
      choices[keyword] = value.slice(0, 20).map(each => toChoice(each, depth + 1));
  }
  return choices;
};

/** A branch keeps no type that it did not name: `{ required: ['token'] }` says nothing of types. */
const toChoice = (branch: Record<string, unknown>, depth: number): JSONSchema => {
  const { type, ...rest } = toSchema(branch, depth);
  const required = Array.isArray(branch['required']) ? branch['required'].filter(each => typeof each === 'string') : [];
  return {
    ...(branch['type'] === undefined && !isMap(branch['properties']) ? {} : { type }),
    ...rest,
    ...(required.length > 0 ? { required } : {}),
  };
};

function toSchema(value: unknown, depth: number): JSONSchema {
  if (!isMap(value) || depth > deepest) return {};
  const type = typeOf(value);
  const items =
    type === 'array' ? { items: isMap(value['items']) ? toSchema(value['items'], depth + 1) : textItems } : {};
  return {
    ...(type === undefined ? {} : { type }),
    ...toPlainKeywords(value),
    ...toObjectKeywords(value, depth),
    ...items,
    ...toChoices(value, depth),
    ...(isMap(value['additionalProperties'])
      ? { additionalProperties: toSchema(value['additionalProperties'], depth + 1) }
      : {}),
  };
}

const textItems: JSONSchema = { type: 'string' };

/**
 * What can be set before a server starts. Docker's config is a list of objects, nearly always one: their properties are put
 * side by side, and what is required stays so. Null: nothing can be set, or what is declared is too large to be a form.
 */
export function configurationSchemaOf({ config }: Pick<ServerSpec, 'config'>): JSONSchema | null {
  const objects = (config ?? []).map(each => toSchema({ ...each, title: undefined, type: 'object' }, 0));
  const merge = (keyword: string) => objects.flatMap(each => Object.entries(isMap(each[keyword]) ? each[keyword] : {}));
  // The first one that names a property has it.
  const properties = Object.fromEntries(merge('properties').reverse());
  const names = Object.keys(properties);
  if (names.length === 0) return null;
  const required = [...new Set(objects.flatMap(each => (Array.isArray(each['required']) ? each['required'] : [])))];
  const choices = objects.length === 1 ? objects[0] : undefined;
  const description = objects.map(each => each['description']).find(text => typeof text === 'string' && text !== '');
  const schema: JSONSchema = {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(names.reverse().map(name => [name, properties[name]])),
    ...(required.length > 0 ? { required } : {}),
    ...Object.fromEntries(['anyOf', 'oneOf', 'allOf'].flatMap(key => (choices?.[key] ? [[key, choices[key]]] : []))),
  };
  return JSON.stringify(schema).length > mostCharacters ? null : schema;
}
