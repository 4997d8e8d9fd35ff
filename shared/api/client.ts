// The one typed client. It knows the routes and nothing of the wire: a carrier takes a request there and back.

import type { NumberedEvent } from './events.ts';
import { isProblemError, Problem, ProblemError, problem } from './problem.ts';
import type { Route, RouteInput, RouteOutput } from './route.ts';
import { apiPrefix, type OperationId, operationIds, type Routes, routes } from './routes.ts';

export interface CarrierRequest {
  operationId: OperationId;
  method: Uppercase<Route['method']>;
  /** With the prefix and the query. */
  path: string;
  body: unknown;
  signal: AbortSignal | undefined;
}
export interface CarrierResponse {
  status: number;
  body: unknown;
}
export interface FollowOptions {
  onEvent: (event: NumberedEvent) => void;
  /** Resume after this event. */
  lastEventId?: string | undefined;
  signal: AbortSignal;
}

/** Takes requests to the daemon. Rejects with a ProblemError when the daemon cannot be reached. */
export interface Carrier {
  send(request: CarrierRequest): Promise<CarrierResponse>;
  /** Follows one stream until it ends (resolves), fails (rejects) or is aborted (resolves). It does not reconnect. */
  follow(options: FollowOptions): Promise<void>;
}

interface CallOptions {
  signal?: AbortSignal | undefined;
}

type Call<R extends Route> =
  Record<string, never> extends RouteInput<R>
    ? (input?: RouteInput<R>, options?: CallOptions) => Promise<RouteOutput<R>>
    : (input: RouteInput<R>, options?: CallOptions) => Promise<RouteOutput<R>>;

export type ApiClient = { readonly [K in Exclude<OperationId, 'streamEvents'>]: Call<Routes[K]> } & {
  /** Follows the event stream until the signal aborts: reconnects with backoff and resumes where it was. */
  followEvents(options: FollowEventsOptions): Promise<void>;
};

export interface FollowEventsOptions {
  onEvent: (event: NumberedEvent['event']) => void;
  /** Called when the stream is lost or back. */
  onConnection?: (connected: boolean) => void;
  signal: AbortSignal;
}

interface LooseInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** The path with its parameters filled in, each encoded, and the query without what is undefined. */
export function toPath(route: Route, { params = {}, query = {} }: LooseInput): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  return `${apiPrefix}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/** Errors: always a ProblemError, the daemon's own or DAEMON_001 for an answer that is not of the contract. */
export function createApiClient(carrier: Carrier): ApiClient {
  const call = async (
    operationId: OperationId,
    input: LooseInput = {},
    options: CallOptions = {},
  ): Promise<unknown> => {
    const route: Route = routes[operationId];
    const response = await carrier.send({
      operationId,
      method: route.method.toUpperCase() as Uppercase<Route['method']>,
      path: toPath(route, input),
      body: route.body ? (input.body ?? {}) : undefined,
      signal: options.signal,
    });
    if (response.status >= 400) throw toProblemError(response);
    const parsed = route.response.safeParse(response.body);
    if (parsed.success) return parsed.data;
    throw problem('DAEMON_001', {
      detail: `The answer to ${operationId} is not what the API promises.`,
      next: 'The daemon and this client may be of different versions: restart the daemon.',
      cause: parsed.error,
    });
  };
  const calls = Object.fromEntries(
    operationIds.map(id => [id, (input?: LooseInput, options?: CallOptions) => call(id, input, options)]),
  );
  return { ...calls, followEvents: options => followEvents(carrier, options) } as ApiClient;
}

function toProblemError({ status, body }: CarrierResponse): ProblemError {
  const parsed = Problem.safeParse(body);
  if (parsed.success) return new ProblemError(parsed.data);
  return problem('DAEMON_001', { detail: `The daemon answered with status ${status} and no explanation.` });
}

const firstPause = 250;
const longestPause = 10_000;

async function followEvents(carrier: Carrier, { onEvent, onConnection, signal }: FollowEventsOptions): Promise<void> {
  let lastEventId: string | undefined;
  let pause = firstPause;
  let connected = false;
  const report = (now: boolean) => {
    if (now !== connected) onConnection?.(now);
    connected = now;
  };
  while (!signal.aborted) {
    try {
      await carrier.follow({
        lastEventId,
        signal,
        onEvent: ({ id, event }) => {
          lastEventId = id;
          pause = firstPause;
          report(true);
          onEvent(event);
        },
      });
    } catch (error) {
      if (isProblemError(error) && error.problem.status === 401) throw error;
    }
    report(false);
    if (signal.aborted) return;
    await wait(pause, signal);
    pause = Math.min(pause * 2, longestPause);
  }
}

const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
