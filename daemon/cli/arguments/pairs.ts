// Reads name=value pairs of the command line.
import type { JSONSchema, Json } from '../../../shared/domain/json-schema.ts';
import { UsageError } from '../exit-codes.ts';
import { resolveSchema, typedValues } from './typed-value.ts';

/** The texts for each name, in the order given. Errors: UsageError for a pair without a name or an equals sign. */
export function parsePairs(pairs: readonly string[], option: string): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`${option} takes name=value; this is not of that form: ${pair.slice(0, 80)}`);
    const name = pair.slice(0, at);
    texts.set(name, [...(texts.get(name) ?? []), pair.slice(at + 1)]);
  }
  return texts;
}

/** The pairs as one object, each value of the type that the schema's property asks for. Errors: UsageError. */
export function typedPairs(pairs: readonly string[], option: string, schema: JSONSchema): Record<string, Json> {
  const properties = resolveSchema(resolveSchema(schema, schema)['properties'], schema);
  const entries = [...parsePairs(pairs, option)].map(([name, texts]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, typedValues(name, texts, property, schema)] as const;
  });
  return Object.fromEntries(entries);
}

/** The pairs as one object of texts. Errors: UsageError. */
export const textPairs = (pairs: readonly string[], option: string): Record<string, string> =>
  Object.fromEntries([...parsePairs(pairs, option)].map(([name, texts]) => [name, texts.at(-1) ?? '']));
