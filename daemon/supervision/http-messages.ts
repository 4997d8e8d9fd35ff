// Messages of MCP as HTTP carries them: in bodies, and what a proxy is to know of them in headers.
import type { WireObject } from './upstream.ts';
import { isObject, type WireMessage } from './wire-message.ts';

/** More bytes than are taken. */
export class TooLong extends Error {
  readonly bytes: number;
  constructor(bytes: number) {
    super('too long');
    this.bytes = bytes;
  }
}

/** The body as text. Errors: TooLong. */
export async function readText(response: Response, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > limit) throw new TooLong(bytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** More than anybody has a reason to send at once. */
const largestBatch = 1_000;

export function parseMessages(text: string): WireMessage[] {
  try {
    const parsed: unknown = JSON.parse(text);
    const all = Array.isArray(parsed) ? parsed : [parsed];
    return all.length <= largestBatch && all.every(isMessage) ? all : [];
  } catch {
    return [];
  }
}

const isMessage = (value: unknown): value is WireMessage => isObject(value) && value['jsonrpc'] === '2.0';

export function cancelledIdOf({ method, params }: WireMessage): number | undefined {
  const id = method === 'notifications/cancelled' && isObject(params) ? params['requestId'] : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** Of revision 2026-07-28 (SEP-2243): what a proxy must know without reading the body. */
export function statelessHeaders({ method, params }: WireMessage): Record<string, string> {
  const meta: WireObject | undefined = isObject(params) && isObject(params['_meta']) ? params['_meta'] : undefined;
  const version = meta?.['io.modelcontextprotocol/protocolVersion'];
  if (typeof method !== 'string' || typeof version !== 'string' || !isObject(params)) return {};
  const name = method === 'resources/read' ? params['uri'] : params['name'];
  const hasName = ['tools/call', 'prompts/get', 'resources/read'].includes(method) && typeof name === 'string';
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(hasName ? { 'mcp-name': toHeaderValue(name) } : {}),
  };
}

/** What a header cannot carry goes as base64 (SEP-2243). */
export const toHeaderValue = (value: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value)
    ? value
    : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
