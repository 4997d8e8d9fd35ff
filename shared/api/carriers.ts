// Carriers over HTTP: fetch for the page and headless callers, a Unix socket or named pipe for the extension and the CLI.
// The platform's functions are passed in, because shared/ has no I/O of its own; only what is used of them is typed.
import type { Carrier, CarrierRequest, CarrierResponse, FollowOptions } from './client.ts';
import { createFrameReader } from './event-stream.ts';
import { isProblemError, type ProblemError, problem } from './problem.ts';
import { apiPrefix, routes } from './routes.ts';

const unreachable = (cause: unknown): ProblemError =>
  problem('DAEMON_002', {
    detail: 'The daemon cannot be reached.',
    next: 'Start it with "quayside daemon", or reload the window.',
    cause,
  });

const headersFor = (body: unknown, token: string | undefined): Record<string, string> => ({
  accept: 'application/json',
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

const eventHeaders = (lastEventId: string | undefined, token: string | undefined): Record<string, string> => ({
  ...headersFor(undefined, token),
  accept: 'text/event-stream',
  ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
});

const eventsPath = `${apiPrefix}${routes.streamEvents.path}`;

const parseBody = (text: string): unknown => {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** An aborted call rejects with the caller's own reason, so that cancelling does not look like a failure. */
const rethrow = (error: unknown, signal: AbortSignal | undefined): never => {
  if (signal?.aborted) throw signal.reason;
  throw isProblemError(error) ? error : unreachable(error);
};

// --- fetch ---

interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  credentials?: 'same-origin';
  signal?: AbortSignal;
}
interface FetchReply {
  status: number;
  text(): Promise<string>;
  body: { getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> } } | null;
}
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchReply>;

export interface FetchCarrierOptions {
  fetch: FetchFunction;
  /** Without a slash at the end; empty for the page's own origin. */
  baseUrl: string;
  /** Sent as bearer. Without it the browser's session cookie speaks for the caller. */
  token?: string | undefined;
  /** More headers for each request, asked each time. */
  headers?: () => Record<string, string>;
}

/** Over fetch: for the page with its cookie, and for programs with a token. Errors: DAEMON_002; of events ACCESS_001 too. */
export function fetchCarrier({ fetch, baseUrl, token, headers = () => ({}) }: FetchCarrierOptions): Carrier {
  const request = (path: string, init: Omit<FetchInit, 'credentials'>) =>
    fetch(`${baseUrl}${path}`, { ...init, headers: { ...headers(), ...init.headers }, credentials: 'same-origin' });
  return {
    async send({ method, path, body, signal }) {
      try {
        const reply = await request(path, {
          method,
          headers: headersFor(body, token),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal ? { signal } : {}),
        });
        return { status: reply.status, body: parseBody(await reply.text()) };
      } catch (error) {
        return rethrow(error, signal);
      }
    },
    async follow({ onEvent, lastEventId, signal }) {
      try {
        const reply = await request(eventsPath, { method: 'GET', headers: eventHeaders(lastEventId, token), signal });
        if (reply.status !== 200 || !reply.body) throw refused(reply.status);
        const read = createFrameReader(onEvent);
        const decoder = new TextDecoder();
        const reader = reply.body.getReader();
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          read(decoder.decode(piece.value, { stream: true }));
        }
      } catch (error) {
        if (!signal.aborted) rethrow(error, signal);
      }
    },
  };
}

const refused = (status: number): ProblemError =>
  status === 401
    ? problem('ACCESS_001', { detail: 'The event stream was refused.', next: 'Sign in again.' })
    : problem('DAEMON_002', { detail: `The event stream was refused with status ${status}.` });

// --- Unix socket or named pipe ---

interface NodeResponse {
  statusCode?: number | undefined;
  setEncoding(encoding: 'utf8'): unknown;
  on(event: 'data', listener: (piece: string) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
interface NodeRequest {
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(body?: string): unknown;
  destroy(error?: Error): unknown;
}
interface NodeRequestOptions {
  socketPath: string;
  path: string;
  method: string;
  headers: Record<string, string>;
}
/** `http.request` of Node. */
export type NodeRequestFunction = (
  options: NodeRequestOptions,
  onResponse: (response: NodeResponse) => void,
) => NodeRequest;

export interface SocketCarrierOptions {
  request: NodeRequestFunction;
  /** Asked for each request: the daemon, and with it the socket and the token, may be replaced. */
  endpoint: () => Promise<{ socketPath: string; token: string }>;
}

/** Over the daemon’s socket or named pipe, with the token of its owner. Errors: as of fetchCarrier. */
export function socketCarrier({ request, endpoint }: SocketCarrierOptions): Carrier {
  const open = async (
    options: Omit<NodeRequestOptions, 'socketPath' | 'headers'> & {
      headersFor: (token: string) => Record<string, string>;
    },
    body: string | undefined,
    signal: AbortSignal | undefined,
    onResponse: (response: NodeResponse, done: () => void, fail: (error: unknown) => void) => void,
  ): Promise<void> => {
    const { socketPath, token } = await endpoint();
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const { method, path } = options;
      const headers = { host: 'localhost', ...options.headersFor(token) };
      const pending = request({ socketPath, path, method, headers }, response => onResponse(response, resolve, reject));
      signal?.addEventListener('abort', () => pending.destroy(new Error('aborted')), { once: true });
      pending.on('error', reject);
      pending.end(body);
    });
  };

  return {
    async send({ method, path, body, signal }: CarrierRequest) {
      let reply: CarrierResponse = { status: 0, body: undefined };
      const json = body === undefined ? undefined : JSON.stringify(body);
      try {
        await open(
          { method, path, headersFor: token => headersFor(body, token) },
          json,
          signal,
          (response, done, fail) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', piece => {
              text += piece;
            });
            response.on('error', fail);
            response.on('end', () => {
              reply = { status: response.statusCode ?? 0, body: parseBody(text) };
              done();
            });
            response.on('close', () => fail(new Error('The connection was closed before the answer was complete.')));
          },
        );
        return reply;
      } catch (error) {
        return rethrow(error, signal);
      }
    },
    async follow({ onEvent, lastEventId, signal }: FollowOptions) {
      const options = {
        method: 'GET',
        path: eventsPath,
        headersFor: (token: string) => eventHeaders(lastEventId, token),
      };
      try {
        await open(options, undefined, signal, (response, done, fail) => {
          if (response.statusCode !== 200) return fail(refused(response.statusCode ?? 0));
          response.setEncoding('utf8');
          response.on('data', createFrameReader(onEvent));
          response.on('error', fail);
          response.on('close', done);
        });
      } catch (error) {
        if (!signal.aborted) rethrow(error, signal);
      }
    },
  };
}
