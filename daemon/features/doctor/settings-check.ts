// Whether a server's settings are what its schema asks for: required ones there, and each of its type. Docker's schemas are
// of the simple kind; what this does not know it lets pass.
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';

/** One sentence for each setting that does not fit. Values are not repeated: they may be confidential. */
export function findSettingErrors(settings: Record<string, unknown>, schema: JSONSchema, path = ''): string[] {
  const properties = asObject(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const isUnset = (name: string) => settings[name] === undefined || settings[name] === null || settings[name] === '';
  const unset = required.filter(isUnset);
  const missing = unset.map(name => `${path}${name} is required and not set`);
  const wrong = Object.entries(settings).flatMap(([name, value]) => {
    const property = properties && Object.hasOwn(properties, name) ? asObject(properties[name]) : undefined;
    return property && value !== undefined && value !== null && !unset.includes(name)
      ? findValueErrors(value, property, `${path}${name}`)
      : [];
  });
  return [...missing, ...wrong];
}

function findValueErrors(value: unknown, schema: JSONSchema, path: string): string[] {
  const { type } = schema;
  if (typeof type === 'string' && !isOfType(value, type)) return [`${path} must be ${words[type] ?? type}`];
  const allowed = schema['enum'];
  if (Array.isArray(allowed) && !allowed.includes(value))
    return [`${path} must be one of ${allowed.map(String).join(', ')}`];
  const nested = asObject(value);
  return nested && type === 'object' ? findSettingErrors(nested, schema, `${path}.`) : [];
}

const words: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
};

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return asObject(value) !== undefined;
  if (type === 'integer') return Number.isInteger(value);
  return ['string', 'number', 'boolean'].includes(type) ? typeof value === type : true;
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
