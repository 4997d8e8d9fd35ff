// One text for one value, whatever the order of its keys: what digests are made of.
import { createHash } from 'node:crypto';

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON with sorted keys and without spaces. `undefined` is left out, as JSON has it. */
export function canonicalJSON(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(each => canonicalJSON(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members
    .sort(byKey)
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJSON(each)}`)
    .join(',')}}`;
}

/** SHA-256, hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
