// A JSON Schema as a form: schema -> fields, which are all that the view knows of it. Schemas are hostile: depth and
// number of fields are bounded, references stay in the document, patterns are never run.
import type { JSONSchema, Json } from '../../shared/domain/json-schema.ts';
import { onlyRequires, variantName, variantsOf } from './variants.ts';

interface FieldCommon {
  /** The property's name; empty for the whole and for the items of a list. */
  key: string;
  label: string;
  description: string;
  required: boolean;
  nullable: boolean;
  default: Json | undefined;
}
export interface TextField extends FieldCommon {
  kind: 'text';
  format: string;
  minLength: number;
  maxLength: number | undefined;
  pattern: string;
}
export interface NumberField extends FieldCommon {
  kind: 'number';
  integer: boolean;
  minimum: number | undefined;
  maximum: number | undefined;
  exclusiveMinimum: number | undefined;
  exclusiveMaximum: number | undefined;
}
export interface FlagField extends FieldCommon {
  kind: 'flag';
}
export interface ChoiceField extends FieldCommon {
  kind: 'choice';
  options: { value: Json; label: string }[];
}
export interface ListField extends FieldCommon {
  kind: 'list';
  item: Field;
  minItems: number;
  maxItems: number | undefined;
}
export interface GroupField extends FieldCommon {
  kind: 'group';
  fields: Field[];
}
/** One of several, each with fields of its own. */
export interface VariantField extends FieldCommon {
  kind: 'variant';
  /** At least two, with what a person chooses by as the label. */
  options: Field[];
}
/** What no form can show: edited as JSON. */
export interface JsonField extends FieldCommon {
  kind: 'json';
  /** Why, for a person. */
  reason: string;
  /** How such a value is written. */
  example?: string;
}
export type Field =
  | TextField
  | NumberField
  | FlagField
  | ChoiceField
  | ListField
  | GroupField
  | VariantField
  | JsonField;

const deepest = 8;
const mostFields = 400;
const mostOptions = 500;

interface Walk {
  root: JSONSchema;
  count: number;
}
type Schema = Readonly<Record<string, unknown>>;

/** The fields of a tool's arguments. A schema that is no object schema gives one JSON field. */
export function toFields(schema: JSONSchema): GroupField | JsonField {
  const field = toField(schema, { key: '', required: true }, { root: schema, count: 0 }, 0);
  if (field.kind === 'group' || field.kind === 'json') return field;
  return toJsonField(common(schema, { key: '', required: true }), 'The arguments are not described as an object.');
}

interface Place {
  key: string;
  required: boolean;
}

function toField(raw: unknown, place: Place, walk: Walk, depth: number): Field {
  const outer = isSchema(raw) ? raw : {};
  const base = common(outer, place);
  if (depth > deepest) return toJsonField(base, 'It is nested too deeply for a form.');
  const { schema, nullable } = simplify(outer, walk.root);
  if (!schema) return toJsonField(base, 'Its reference cannot be followed.');
  const inner: FieldCommon = { ...common({ ...schema, ...pick(outer) }, place), nullable };
  return (
    fieldOf(schema, inner, walk, depth) ??
    toMapField(schema, inner) ??
    toJsonField(inner, 'No form fits what it takes.')
  );
}

function fieldOf(schema: Schema, base: FieldCommon, walk: Walk, depth: number): Field | undefined {
  const options = toOptions(schema);
  if (options) return options.length > 0 ? { ...base, kind: 'choice', options } : undefined;
  const variants = depth > 0 ? variantsOf(schema) : undefined;
  if (variants && typeOf(schema) !== 'boolean') {
    const variant = toVariantField(variants, base, walk, depth);
    if (variant) return variant;
  }
  if (combines(schema) && !onlyRequires(schema)) return undefined;
  switch (typeOf(schema)) {
    case 'string':
      return toTextField(schema, base);
    case 'number':
    case 'integer':
      return toNumberField(schema, base);
    case 'boolean':
      return { ...base, kind: 'flag' };
    case 'array':
      return toListField(schema, base, walk, depth);
    case 'object':
      return toGroupField(schema, base, walk, depth);
    default:
      return undefined;
  }
}

const toTextField = (schema: Schema, base: FieldCommon): TextField => ({
  ...base,
  kind: 'text',
  format: textOf(schema['format']),
  minLength: numberOf(schema['minLength']) ?? 0,
  maxLength: numberOf(schema['maxLength']),
  pattern: textOf(schema['pattern']).slice(0, 200),
});

const toNumberField = (schema: Schema, base: FieldCommon): NumberField => ({
  ...base,
  kind: 'number',
  integer: typeOf(schema) === 'integer',
  minimum: numberOf(schema['minimum']),
  maximum: numberOf(schema['maximum']),
  exclusiveMinimum: numberOf(schema['exclusiveMinimum']),
  exclusiveMaximum: numberOf(schema['exclusiveMaximum']),
});

function toListField(schema: Schema, base: FieldCommon, walk: Walk, depth: number): ListField | undefined {
  if (!isSchema(schema['items']) || schema['prefixItems'] !== undefined || schema['contains'] !== undefined)
    return undefined;
  const item = toField(schema['items'], { key: '', required: true }, walk, depth + 1);
  return {
    ...base,
    kind: 'list',
    item,
    minItems: numberOf(schema['minItems']) ?? 0,
    maxItems: numberOf(schema['maxItems']),
  };
}

function toGroupField(schema: Schema, base: FieldCommon, walk: Walk, depth: number): GroupField | undefined {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const keys = Object.keys(properties);
  // Before the first is made: a form of thousands of JSON fields would be no better than one of thousands of others.
  if (walk.count + keys.length > mostFields) return undefined;
  walk.count += keys.length;
  if (keys.length === 0 && schema['additionalProperties'] !== false && (depth > 0 || takesAnyKey(schema)))
    return undefined;
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const fields = keys.map(key => toField(properties[key], { key, required: required.has(key) }, walk, depth + 1));
  return { ...base, kind: 'group', fields };
}

function toVariantField(variants: Schema[], base: FieldCommon, walk: Walk, depth: number): VariantField | undefined {
  // They count as fields do: choices within choices would grow without end otherwise.
  if (walk.count + variants.length > mostFields) return undefined;
  walk.count += variants.length;
  const options = variants.map((variant, index) => {
    const field =
      variant['type'] === 'null'
        ? { ...common({}, alone), kind: 'choice' as const, options: [option(null, 'null')] }
        : toField(variant, alone, walk, depth + 1);
    return { ...field, label: variantName(variant, index) };
  });
  // A choice of things to be written as JSON is no form.
  return options.every(({ kind }) => kind === 'json') ? undefined : { ...base, kind: 'variant', options };
}

const alone: Place = { key: '', required: true };

const takesAnyKey = (schema: Schema): boolean =>
  isSchema(schema['additionalProperties']) || schema['patternProperties'] !== undefined;

const samples = new Map<string | undefined, Json>([
  ['number', 1],
  ['integer', 1],
  ['boolean', true],
  ['array', []],
  ['object', {}],
]);

/** Headers, variables: whatever one likes to name. */
function toMapField(schema: Schema, base: FieldCommon): JsonField | undefined {
  const { additionalProperties: values, properties } = schema;
  if (typeOf(schema) !== 'object' || !isSchema(values) || properties !== undefined || combines(schema))
    return undefined;
  const example = JSON.stringify({ name: samples.get(typeOf(values)) ?? 'value' });
  return { ...toJsonField(base, 'It takes names of your own, each with its value.'), example };
}

const toJsonField = (base: FieldCommon, reason: string): JsonField => ({ ...base, kind: 'json', reason });

/** Follows references and takes off wrappers that change nothing: one member of allOf, a choice of something and null. */
function simplify(start: Schema, root: JSONSchema): { schema: Schema | undefined; nullable: boolean } {
  let schema = start;
  let nullable = false;
  for (let step = 0; step < 16; step++) {
    const next = followed(schema, root) ?? withoutNull(schema);
    if (next === 'broken') return { schema: undefined, nullable };
    if (next === undefined) return { schema, nullable: nullable || allowsNull(schema) };
    if (next.null) nullable = true;
    schema = next.schema;
  }
  return { schema: undefined, nullable };
}

interface Step {
  schema: Schema;
  null: boolean;
}

function followed(schema: Schema, root: JSONSchema): Step | 'broken' | undefined {
  const { $ref, allOf, ...rest } = schema;
  if ($ref !== undefined) {
    const target = typeof $ref === 'string' ? atPointer(root, $ref) : undefined;
    return target ? { schema: { ...target, ...rest }, null: false } : 'broken';
  }
  if (Array.isArray(allOf) && allOf.length === 1 && isSchema(allOf[0]))
    return { schema: { ...allOf[0], ...rest }, null: false };
  return undefined;
}

function withoutNull(schema: Schema): Step | undefined {
  for (const word of ['anyOf', 'oneOf']) {
    const { [word]: choices, ...rest } = schema;
    if (!Array.isArray(choices) || choices.length > 2) continue;
    const others = choices.filter(choice => !(isSchema(choice) && choice['type'] === 'null'));
    const [only] = others;
    if (others.length === 1 && isSchema(only))
      return { schema: { ...only, ...rest }, null: others.length < choices.length };
  }
  return undefined;
}

/** A local reference, `#/$defs/Thing`. */
function atPointer(root: JSONSchema, reference: string): Schema | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let here: unknown = root;
  for (const part of reference.slice(2).split('/').filter(Boolean)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isSchema(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return isSchema(here) ? here : undefined;
}

const allowsNull = (schema: Schema): boolean => Array.isArray(schema['type']) && schema['type'].includes('null');

function typeOf(schema: Schema): string | undefined {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const others = type.filter(name => name !== 'null');
    // Servers that take "true" for true say so in their schema; for a person it is a switch all the same.
    if (others.length === 2 && others.includes('boolean') && others.includes('string')) return 'boolean';
    return others.length === 1 && typeof others[0] === 'string' ? others[0] : undefined;
  }
  return type === undefined && isSchema(schema['properties']) ? 'object' : undefined;
}

const combiners = ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'dependentSchemas'];
const combines = (schema: Schema): boolean => combiners.some(word => schema[word] !== undefined);

/** What may be chosen: enum, const, or a oneOf of constants. Undefined if it is no choice. */
function toOptions(schema: Schema): ChoiceField['options'] | undefined {
  if (schema['const'] !== undefined) return [option(schema['const'], undefined)];
  const { enum: values, enumNames } = schema;
  const titles = Array.isArray(enumNames) ? enumNames : [];
  if (Array.isArray(values))
    return values.length > mostOptions ? [] : values.map((value, index) => option(value, titles[index]));
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > mostOptions) return undefined;
  const constants = choices.filter(isSchema).filter(choice => choice['const'] !== undefined);
  if (constants.length !== choices.length) return undefined;
  return constants.map(choice => option(choice['const'], choice['title']));
}

const option = (value: unknown, title: unknown): { value: Json; label: string } => ({
  value: toJson(value),
  label: textOf(title) || (typeof value === 'string' && value !== '' ? value : JSON.stringify(value)),
});

const common = (schema: Schema, { key, required }: Place): FieldCommon => ({
  key,
  required,
  nullable: false,
  label: textOf(schema['title']) || key,
  description: textOf(schema['description']),
  default: schema['default'] === undefined ? undefined : toJson(schema['default']),
});

/** What a reference's neighbour says of this place wins over what the target says. */
const pick = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => ['title', 'description', 'default'].includes(key)));

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Schemas come as JSON, so their values are JSON; this says so to the compiler by making a copy. */
const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null');
