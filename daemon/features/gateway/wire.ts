// JSON-RPC 2.0 as MCP has it: what a client may send, checked by hand because every call passes here, and what it is answered.
import type { WireObject } from '../../supervision/upstream.ts';

export type RequestId = string | number;

export interface RequestMessage {
  kind: 'request';
  id: RequestId;
  method: string;
  params: WireObject | undefined;
}
export interface NotificationMessage {
  kind: 'notification';
  method: string;
  params: WireObject | undefined;
}
export interface ResponseMessage {
  kind: 'response';
  id: RequestId;
  result: WireObject | undefined;
  error: { code: number; message: string; data: unknown } | undefined;
}
export type Message = RequestMessage | NotificationMessage | ResponseMessage;

/** Codes of JSON-RPC 2.0, section 5.1, and those that MCP adds. */
export const rpcCodes = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  /** What the official servers answer where no other code fits. */
  refused: -32_000,
  /** As the official servers answer a session id that they do not know. */
  noSession: -32_001,
  /** Revision 2025-11-25; later ones say invalidParams. */
  noResource: -32_002,
  /** Revision 2026-07-28. */
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
} as const;

export const isObject = (value: unknown): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRequestId = (value: unknown): value is RequestId =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));

/** What was sent, or undefined if it is no message of the protocol. */
export function readMessage(value: unknown): Message | undefined {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params } = value;
  if (typeof method === 'string') {
    if (params !== undefined && !isObject(params)) return undefined;
    if (id === undefined) return { kind: 'notification', method, params };
    return isRequestId(id) ? { kind: 'request', id, method, params } : undefined;
  }
  return method === undefined && isRequestId(id) ? readResponse(id, value) : undefined;
}

function readResponse(id: RequestId, { result, error }: WireObject): ResponseMessage | undefined {
  if (isObject(result) && error === undefined) return { kind: 'response', id, result, error: undefined };
  if (!isObject(error) || result !== undefined) return undefined;
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return { kind: 'response', id, result: undefined, error: { code, message, data } };
}

/** The id that an answer to something malformed can carry: the official clients wait for it. */
export function readId(value: unknown): RequestId | null {
  if (!isObject(value) || typeof value['method'] !== 'string') return null;
  return isRequestId(value['id']) ? value['id'] : null;
}

/** An answer around a result that is JSON already. */
export const toResultText = (id: RequestId, result: string): string =>
  `{"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)},"result":${result}}`;

/** The same for a list that is ready as bytes: they are copied, and not made anew. */
export const toAnswer = (id: RequestId, result: string | Buffer): string | Buffer<ArrayBuffer> =>
  typeof result === 'string'
    ? toResultText(id, result)
    : Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`), result, closing]);
const closing = Buffer.from('}');

export const toErrorText = (id: RequestId | null, code: number, message: string, data?: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } });

export const toRequestText = (id: RequestId, method: string, params: WireObject | undefined): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

export const toNotificationText = (method: string, params: WireObject | undefined): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });

/** The `_meta` of params or of a result. */
export const metaOf = (params: WireObject | undefined): WireObject | undefined => {
  const meta = params?.['_meta'];
  return isObject(meta) ? meta : undefined;
};
