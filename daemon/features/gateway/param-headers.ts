// Revision 2026-07-28: headers that repeat members of a tool's arguments, so that something on the way can read them.
import type { WireObject } from '../../supervision/upstream.ts';
import { isObject } from './wire.ts';

export interface ParamHeader {
  /** The members that lead to it in the arguments. */
  path: readonly string[];
  name: string;
  isNumber: boolean;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const most = { headers: 64, depth: 16 };

/** The members of the arguments that a tool's schema wants to be repeated (`x-mcp-header`). */
export function findParamHeaders(schema: unknown, path: readonly string[] = []): ParamHeader[] {
  if (!isObject(schema) || path.length > most.depth) return [];
  const name = schema['x-mcp-header'];
  const own =
    path.length > 0 && typeof name === 'string' && token.test(name)
      ? [{ path, name, isNumber: schema['type'] === 'integer' || schema['type'] === 'number' }]
      : [];
  const { properties } = schema;
  const inner = isObject(properties)
    ? Object.entries(properties).flatMap(([key, child]) => findParamHeaders(child, [...path, key]))
    : [];
  return [...own, ...inner].slice(0, most.headers);
}

/** What is wrong with the headers of a call, or undefined if they say what the arguments say. */
export function findWrongHeader(
  wanted: readonly ParamHeader[],
  args: unknown,
  headers: Pick<Headers, 'get' | 'has'>,
): { header: string; body: string } | undefined {
  for (const { path, name, isNumber } of wanted) {
    const value = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), args);
    const text = toHeaderText(value);
    if (text === undefined) continue;
    const header = headers.get(`mcp-param-${name}`);
    const said = header === null ? undefined : decodeHeader(header);
    const isSame =
      isNumber && typeof value === 'number' ? said !== undefined && isSameNumber(said, value) : said === text;
    if (!isSame) return { header: `Mcp-Param-${name}: ${header ?? '(missing)'}`, body: `${path.join('.')}=${text}` };
  }
  return undefined;
}

const toHeaderText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
};

const isSameNumber = (said: string, value: number): boolean => /^-?\d+(?:\.\d+)?$/.test(said) && Number(said) === value;

const wrapped = /^=\?base64\?(.*)\?=$/s;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value of a header that may be wrapped as `=?base64?…?=`; undefined if it is wrapped and broken. */
export function decodeHeader(value: string): string | undefined {
  const inner = wrapped.exec(value)?.[1];
  if (inner === undefined) return value;
  if (!base64.test(inner)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(inner, 'base64'));
  } catch {
    return undefined;
  }
}

/** White space around a value is no part of it (RFC 9110, section 5.5). */
export const trimHeader = (value: string | null): string | undefined => value?.replace(/^[ \t]+|[ \t]+$/g, '');

/** The params' arguments, for a look at their headers. */
export const argumentsOf = (params: WireObject | undefined): unknown => params?.['arguments'];
