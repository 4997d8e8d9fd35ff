// JSON-RPC with one server: our own ids, answers to those who wait for them, and nothing that a hostile server could break.
// A message is looked at as far as it must be and handed on as it is.
import { PassingMap } from '../platform/passing-map.ts';
import { LostAnswer, OversizedAnswer } from './failed-answer.ts';
import { WireError, type WireNotification, type WireObject, type WireRequest } from './upstream.ts';
import { isObject, rpcCodes, type WireMessage, type WireTransport } from './wire-message.ts';

/** Why a request has no answer. */
export type PeerFailureKind = 'timeout' | 'oversized' | 'lost' | 'not-sent' | 'odd-answer';

export class PeerFailure extends Error {
  override readonly name = 'PeerFailure';
  readonly kind: PeerFailureKind;
  /** Of an answer that was too large. */
  readonly oversized: OversizedAnswer | undefined;

  constructor(kind: PeerFailureKind, message: string, options: { cause?: unknown; oversized?: OversizedAnswer } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.oversized = options.oversized;
  }
}

export interface RequestOptions<Context> {
  signal?: AbortSignal | undefined;
  timeoutSeconds: number;
  /** Given back with what the server sends on the stream of this request. */
  context?: Context | undefined;
  /** The params of a `notifications/progress` of this request, with our token. */
  onProgress?: ((params: WireObject) => void) | undefined;
}

export interface PeerHandlers<Context> {
  /** What it resolves with is the result; a WireError is the error, and any other a general one. `signal`: the server took it back. */
  onRequest(request: WireRequest, incoming: { signal: AbortSignal; context: Context | undefined }): Promise<WireObject>;
  onNotification(notification: WireNotification, context: Context | undefined): void;
  onClosed(): void;
}

/** What was not taken, since the beginning. */
export interface PeerCounts {
  /** Answers that nobody waits for: late, twice, or of ids that were never given. */
  strayAnswers: number;
  strayProgress: number;
  /** No request, no notification, no answer. */
  malformed: number;
  /** Requests of the server beyond what is answered at once, or with an id that is in use. */
  refusedRequests: number;
}

export interface WirePeer<Context> {
  readonly counts: Readonly<PeerCounts>;
  readonly waiting: number;
  start(): Promise<void>;
  /**
   * Resolves with the result as the server sent it. Errors: WireError as the server sent it, PeerFailure, or the signal's
   * reason. After an abort or at the time limit the server is told to stop.
   */
  request(request: WireRequest, options: RequestOptions<Context>): Promise<WireObject>;
  /** Resolves when it was handed over, or could not be. */
  notify(notification: WireNotification): Promise<void>;
  /** Ends the transport; what waits fails as lost. */
  close(): Promise<void>;
}

interface Waiting<Context> {
  resolve(result: WireObject): void;
  reject(error: unknown): void;
  context: Context | undefined;
  onProgress: ((params: WireObject) => void) | undefined;
}

/** Requests of the server that are answered at the same time. */
const mostIncoming = 256;

export function createWirePeer<Context>(transport: WireTransport, handlers: PeerHandlers<Context>): WirePeer<Context> {
  const waiting = new PassingMap<number, Waiting<Context>>();
  const incoming = new Map<number | string, AbortController>();
  const counts: PeerCounts = { strayAnswers: 0, strayProgress: 0, malformed: 0, refusedRequests: 0 };
  let lastId = 0;
  let closed = false;

  const sendQuietly = (message: WireMessage): void => {
    transport.send(message).catch(() => {});
  };

  const settle = ({ id, result, error }: WireMessage): void => {
    const one = typeof id === 'number' ? waiting.get(id) : undefined;
    if (!one) {
      counts.strayAnswers += 1;
    } else if (error === undefined && isObject(result)) {
      one.resolve(result);
    } else {
      one.reject(toFailure(error));
    }
  };

  const onProgress = (params: WireObject | undefined): void => {
    const token = params?.['progressToken'];
    const one = typeof token === 'number' ? waiting.get(token) : undefined;
    if (params && one?.onProgress) one.onProgress(params);
    else counts.strayProgress += 1;
  };

  const answer = async (id: number | string, request: WireRequest, context: Context | undefined): Promise<void> => {
    if (incoming.has(id) || incoming.size >= mostIncoming) {
      counts.refusedRequests += 1;
      if (!incoming.has(id)) sendQuietly(refusal(id));
      return;
    }
    const controller = new AbortController();
    incoming.set(id, controller);
    const reply = await handlers.onRequest(request, { signal: controller.signal, context }).then(
      (result): WireMessage => ({ jsonrpc: '2.0', id, result }),
      (error): WireMessage => ({ jsonrpc: '2.0', id, error: toRpcError(error) }),
    );
    incoming.delete(id);
    // What the server took back is not answered any more.
    if (!controller.signal.aborted && !closed) sendQuietly(reply);
  };

  const onNotification = (method: string, params: WireObject | undefined, context: Context | undefined): void => {
    if (method === 'notifications/progress') {
      onProgress(params);
    } else if (method === 'notifications/cancelled') {
      const id = params?.['requestId'];
      if (typeof id === 'string' || typeof id === 'number')
        incoming.get(id)?.abort(new Error('The server took it back.'));
    } else {
      handlers.onNotification(params ? { method, params } : { method }, context);
    }
  };

  const onMessage = (message: WireMessage, origin: number | undefined): void => {
    if (closed) return;
    const { id, method, params } = message;
    const context = origin === undefined ? undefined : waiting.get(origin)?.context;
    if (method === undefined) {
      settle(message);
    } else if (typeof method !== 'string' || (params !== undefined && !isObject(params))) {
      counts.malformed += 1;
      if (typeof id === 'string' || typeof id === 'number') sendQuietly(refusal(id, rpcCodes.invalidRequest));
    } else if (id === undefined) {
      onNotification(method, params, context);
    } else if (typeof id === 'string' || typeof id === 'number') {
      void answer(id, params ? { method, params } : { method }, context);
    } else {
      counts.malformed += 1;
    }
  };

  const onClose = (): void => {
    if (closed) return;
    closed = true;
    const lost = new PeerFailure('lost', 'The connection ended before the answer came.');
    for (const [, one] of waiting.all()) one.reject(lost);
    for (const controller of incoming.values()) controller.abort(lost);
    handlers.onClosed();
  };

  transport.onmessage = onMessage;
  transport.onclose = onClose;

  const cancel = (id: number, reason: string): void =>
    sendQuietly({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });

  return {
    counts,
    get waiting() {
      return waiting.size;
    },
    start: () => transport.start(),
    request({ method, params }, { signal, timeoutSeconds, context, onProgress: tell }) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (closed) return Promise.reject(new PeerFailure('lost', 'The connection has ended.'));
      lastId += 1;
      const id = lastId;
      return new Promise<WireObject>((resolve, reject) => {
        const end = (): void => {
          waiting.delete(id);
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        };
        const fail = (error: unknown): void => {
          end();
          reject(error);
        };
        const onAbort = (): void => {
          fail(signal?.reason);
          cancel(id, 'The caller does not want it any more.');
        };
        const timer = setTimeout(
          () => {
            fail(new PeerFailure('timeout', `There was no answer within ${timeoutSeconds} seconds.`));
            cancel(id, 'It took too long.');
          },
          Math.min(timeoutSeconds * 1_000, longestTimer),
        );
        signal?.addEventListener('abort', onAbort, { once: true });
        const settled = {
          resolve(result: WireObject): void {
            end();
            resolve(result);
          },
          reject: fail,
        };
        waiting.set(id, { ...settled, context, onProgress: tell });
        const sent = tell ? withToken(params, id) : params;
        transport
          .send(sent === undefined ? { jsonrpc: '2.0', id, method } : { jsonrpc: '2.0', id, method, params: sent })
          .catch(error => waiting.get(id)?.reject(new PeerFailure('not-sent', messageOf(error), { cause: error })));
      });
    },
    async notify({ method, params }) {
      if (closed) return;
      const message: WireMessage = { jsonrpc: '2.0', method };
      await transport.send(params === undefined ? message : { ...message, params }).catch(() => {});
    },
    async close() {
      await transport.close();
      onClose();
    },
  };
}

/** What a timer can hold. */
const longestTimer = 2_147_483_647;

function withToken(params: WireObject | undefined, progressToken: number): WireObject {
  const meta = params?.['_meta'];
  return { ...params, _meta: { ...(isObject(meta) ? meta : {}), progressToken } };
}

/** The reason why an answer is none, or is an error. */
function toFailure(error: unknown): WireError | PeerFailure {
  if (!isObject(error) || typeof error['code'] !== 'number' || typeof error['message'] !== 'string')
    return new PeerFailure('odd-answer', 'The server answered with neither a result nor an error.');
  const { code, message, data } = error;
  if (data instanceof OversizedAnswer)
    return new PeerFailure('oversized', 'The answer is too large.', { oversized: data });
  if (data instanceof LostAnswer) return new PeerFailure('lost', data.reason);
  return new WireError(code, message, data);
}

const refusal = (id: number | string, code: number = rpcCodes.internal): WireMessage => ({
  jsonrpc: '2.0',
  id,
  error: {
    code,
    message:
      code === rpcCodes.internal ? 'Too many requests of this server wait for an answer.' : 'The request is malformed.',
  },
});

const toRpcError = (error: unknown) =>
  error instanceof WireError
    ? { code: error.code, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) }
    : { code: rpcCodes.internal, message: 'The client could not answer.' };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
