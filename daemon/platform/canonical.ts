// One text and one digest for each JSON value, however its members were ordered and its numbers written (RFC 8785).
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The canonical text of a value that came from JSON. Two values that RFC 8785 does not know, lone surrogates and numbers
 * beyond the range of a double, can come from a hostile server; they get a text of their own that no other value has.
 */
export function toCanonicalJson(value: unknown): string {
  try {
    return canonicalize(value) ?? 'null';
  } catch {
    return `not-canonical:${canonicalize(spelledOut(value)) ?? 'null'}`;
  }
}

/** `sha256:` and the digest of the canonical text, in hexadecimal. */
export const digestOf = (value: unknown): string => digestOfText(toCanonicalJson(value));

/** `sha256:` and the digest of a text as UTF-8, in hexadecimal. */
export const digestOfText = (text: string): string => `sha256:${hash('sha256', text)}`;

/** Each string marked and written in ASCII, each number without a JSON form as a string with another mark. */
function spelledOut(value: unknown): unknown {
  if (typeof value === 'string') return `s${toAscii(value)}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `n${value}`;
  if (Array.isArray(value)) return value.map(spelledOut);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [toAscii(key), spelledOut(member)]));
}

/** JSON writes a lone surrogate as an escape, which is well formed. */
const toAscii = (text: string): string => JSON.stringify(text);
