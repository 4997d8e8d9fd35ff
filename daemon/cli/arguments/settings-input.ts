// Settings of a Docker server on the command line: dotted names, each value of the type that its schema asks for.
import type { JSONSchema, Json } from '../../../shared/domain/json-schema.ts';
import { UsageError } from '../exit-codes.ts';
import { parsePairs } from './pairs.ts';
import { resolveSchema, typedValues } from './typed-value.ts';

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/** The settings with the pairs in them; `name=` takes one out. Errors: UsageError for what no schema knows. */
export function settingsWith(
  before: Readonly<Members>,
  pairs: readonly string[],
  option: string,
  schema: JSONSchema | null,
): Members {
  const settings = structuredClone({ ...before });
  for (const [name, texts] of parsePairs(pairs, option)) {
    const path = name.split('.');
    if (path.some(part => part === '' || reserved.has(part))) throw new UsageError(`"${name}" is no setting.`);
    put(settings, path, texts.join('') === '' ? undefined : typedAt(name, path, texts, schema));
  }
  return settings;
}

function typedAt(name: string, path: readonly string[], texts: string[], schema: JSONSchema | null): Json {
  if (schema === null) throw new UsageError(`This server takes no settings, so there is none called "${name}".`);
  const found = path.reduce<unknown>((at, part) => memberOf(at, part, schema), schema);
  if (found !== undefined) return typedValues(name, texts, found, schema);
  const known = Object.keys(resolveSchema(schema['properties'], schema));
  throw new UsageError(`There is no setting "${name}". It takes: ${known.slice(0, 20).join(', ')}.`);
}

function memberOf(at: unknown, part: string, root: JSONSchema): unknown {
  const { properties, additionalProperties } = resolveSchema(at, root);
  if (isMembers(properties) && Object.hasOwn(properties, part)) return properties[part];
  return isMembers(additionalProperties) ? additionalProperties : undefined;
}

function put(settings: Members, path: readonly string[], value: Json | undefined): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete settings[head];
    else settings[head] = value;
    return;
  }
  const inner = settings[head];
  const members = isMembers(inner) ? inner : {};
  put(members, rest, value);
  if (Object.keys(members).length > 0) settings[head] = members;
  else delete settings[head];
}
