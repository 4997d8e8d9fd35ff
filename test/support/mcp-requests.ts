// Messages of a client at the gateway, written by hand: the official clients do not let one send anything wrong.
import { envelope, statelessRevision } from '../../daemon/features/gateway/revisions.ts';
import type { Principal } from '../../daemon/http/principal.ts';

type Send = (path: string, init: RequestInit, principal?: Principal) => Promise<Response>;

export const bothTypes = 'application/json, text/event-stream';
const jsonHeaders = { 'content-type': 'application/json', accept: bothTypes };

export const post = (body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { ...jsonHeaders, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(signal ? { signal } : {}),
});

export interface RawSession {
  id: string;
  /** Sends a request and resolves with the whole HTTP answer. */
  send(method: string, params?: object, signal?: AbortSignal): Promise<Response>;
  /** Sends a request and resolves with the message that answers it. */
  ask(method: string, params?: object): Promise<RpcAnswer>;
  notify(method: string, params?: object): Promise<Response>;
  respond(id: unknown, result: object): Promise<Response>;
  listen(lastEventId?: string, signal?: AbortSignal): Promise<Response>;
  end(): Promise<Response>;
}

export interface RpcAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: what a server sends is looked at member by member.
  result?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  error?: { code: number; message: string; data?: any };
  id?: unknown;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  params?: any;
}

export interface SessionOptions {
  path?: string;
  capabilities?: object;
  revision?: string;
  principal?: Principal;
}

export const initialize = (revision = '2025-11-25', capabilities: object = {}) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: revision, capabilities, clientInfo: { name: 'raw', version: '1.0.0' } },
});

export async function openSession(
  request: Send,
  { path = '/mcp', capabilities = {}, revision = '2025-11-25', principal }: SessionOptions = {},
): Promise<RawSession & { initialized: RpcAnswer }> {
  const begun = await request(path, post(initialize(revision, capabilities)), principal);
  const id = begun.headers.get('mcp-session-id') ?? '';
  const initialized = await lastMessage(begun);
  const headers = { 'mcp-session-id': id, 'mcp-protocol-version': revision };
  let last = 0;
  const message = (body: object, signal?: AbortSignal) =>
    request(path, post({ jsonrpc: '2.0', ...body }, headers, signal), principal);
  const send: RawSession['send'] = (method, params, signal) => {
    last += 1;
    return message({ id: last, method, params }, signal);
  };
  return {
    id,
    initialized,
    send,
    ask: async (method, params) => await lastMessage(await send(method, params)),
    notify: (method, params) => message({ method, params }),
    respond: (answered, result) => message({ id: answered, result }),
    listen: (lastEventId, signal) =>
      request(
        path,
        {
          headers: {
            ...headers,
            accept: 'text/event-stream',
            ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
          },
          ...(signal ? { signal } : {}),
        },
        principal,
      ),
    end: () => request(path, { method: 'DELETE', headers }, principal),
  };
}

/** A request of revision 2026-07-28 with its envelope and headers. */
export function stateless(
  method: string,
  params: Record<string, unknown> = {},
  {
    id = 1,
    capabilities = {},
    meta = {},
    headers = {},
    signal,
  }: { id?: number; capabilities?: object; meta?: object; headers?: Record<string, string>; signal?: AbortSignal } = {},
): RequestInit {
  const name = params['name'] ?? params['uri'];
  const _meta = {
    [envelope.protocolVersion]: statelessRevision,
    [envelope.clientInfo]: { name: 'raw', version: '1.0.0' },
    [envelope.clientCapabilities]: capabilities,
    ...meta,
  };
  return post(
    { jsonrpc: '2.0', id, method, params: { ...params, _meta } },
    {
      'mcp-protocol-version': statelessRevision,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
      ...headers,
    },
    signal,
  );
}

export interface StreamedEvent {
  id: string | undefined;
  retry: number | undefined;
  message: RpcAnswer | undefined;
}

/** Reads a stream event by event; `next` waits for one, and resolves with undefined at the end. */
export function readEvents(response: Response): {
  next(): Promise<StreamedEvent | undefined>;
  cancel(): Promise<void>;
} {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<StreamedEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        if (!frame.startsWith(':')) return toEvent(frame);
        continue;
      }
      const read = await reader?.read();
      if (!read || read.done) return undefined;
      text += read.value;
    }
  };
  return { next, cancel: async () => await reader?.cancel() };
}

function toEvent(frame: string): StreamedEvent {
  const fields = new Map(
    frame.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const data = fields.get('data');
  return {
    id: fields.get('id'),
    retry: fields.has('retry') ? Number(fields.get('retry')) : undefined,
    message: data ? (JSON.parse(data) as RpcAnswer) : undefined,
  };
}

/** All messages of an answer, whether it is a document or a stream that ends. */
export async function allMessages(response: Response): Promise<RpcAnswer[]> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return [(await response.json()) as RpcAnswer];
  const events = readEvents(response);
  const messages: RpcAnswer[] = [];
  for (let event = await events.next(); event; event = await events.next())
    if (event.message) messages.push(event.message);
  return messages;
}

export const lastMessage = async (response: Response): Promise<RpcAnswer> => {
  const last = (await allMessages(response)).at(-1);
  if (!last) throw new Error(`There was no message in an answer with status ${response.status}.`);
  return last;
};
