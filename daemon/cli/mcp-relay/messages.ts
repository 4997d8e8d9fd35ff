// The few things that the relay looks at in a message, and the answers that it gives itself.
import * as z from 'zod';
import { Problem } from '../../../shared/api/problem.ts';

export const RelayedMessage = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
});
export type RelayedMessage = z.infer<typeof RelayedMessage>;

const versionKey = 'io.modelcontextprotocol/protocolVersion';

/** The revision that a message without a session names (2026-07-28 and later); undefined within a session. */
export function revisionOf({ params }: RelayedMessage): string | undefined {
  const meta = params?.['_meta'];
  const version = typeof meta === 'object' && meta !== null ? Reflect.get(meta, versionKey) : undefined;
  return typeof version === 'string' ? version : undefined;
}

/** The headers that repeat what a message without a session says; a line of a stdio client has none. */
export function headersOf(message: RelayedMessage, revision: string): Record<string, string> {
  const { method = '', params } = message;
  const name = method === 'resources/read' ? params?.['uri'] : params?.['name'];
  const isNamed = ['tools/call', 'prompts/get', 'resources/read'].includes(method) && typeof name === 'string';
  return {
    'mcp-protocol-version': revision,
    'mcp-method': method,
    ...(isNamed ? { 'mcp-name': `=?base64?${Buffer.from(String(name)).toString('base64')}?=` } : {}),
  };
}

export const toError = (id: string | number | null, code: number, message: string, data?: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data ? { data } : {}) } });

/** Told of a request whose fate is not known: a model reads the result of a tool, and a program the error. */
export function toInterrupted({ id = 0, method }: RelayedMessage, why: string): string {
  const facts = { 'quayside/code': 'TOOL_010', 'quayside/retriable': true };
  if (method !== 'tools/call') return toError(id, -32_000, why, facts);
  const result = { isError: true, content: [{ type: 'text', text: `${why} (TOOL_010)` }], _meta: facts };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** What the daemon answered in place of a message, as a message. */
export function toAnswer(id: string | number, status: number, text: string): string {
  const body = tryJson(text);
  const message = RelayedMessage.safeParse(body);
  if (message.success && message.data['id'] === id) return text;
  const failure = Problem.safeParse(body);
  if (failure.success) {
    const { detail, next, code } = failure.data;
    return toError(id, -32_000, `${detail}${next ? ` ${next}` : ''} (${code})`, { 'quayside/code': code });
  }
  const error = message.success ? message.data['error'] : undefined;
  return error ? JSON.stringify({ jsonrpc: '2.0', id, error }) : toError(id, -32_000, `The daemon answered ${status}.`);
}

export const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
