// One request of an API caller to a server: through that caller's client, watched if it is wanted, errors in our words.
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import { type OnRead, sendHeard } from '../../supervision/contents.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { type Upstreams, WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import type { ApiClients } from './api-clients.ts';
import type { CallWatches, Watch } from './call-watch.ts';
import { questionSeconds } from './questions.ts';

export interface Sending {
  serverId: string;
  caller: Pick<Caller, 'kind' | 'id' | 'sessionId'>;
  signal: AbortSignal;
  timeoutSeconds: number | undefined;
  /** Made by who watches; undefined: nobody does. */
  watchId: string | undefined;
}

export interface ServerRequests {
  /** Errors: SERVER_001. Throws SERVER_003 if it is not running. */
  requireRunning(serverId: string): void;
  /** The result as the server sent it, screened where somebody wants that. Errors: WireError of the server; those of Upstream.request; the signal's reason. */
  send(request: WireRequest, sending: Sending): Promise<WireObject>;
}

export interface ServerRequestsOptions {
  upstreams: Upstreams;
  clients: ApiClients;
  watches: CallWatches;
  /** The server's time limit. Errors: SERVER_001. */
  callSeconds(serverId: string): number;
  /** A result on its way to a client. */
  screen(serverId: string, tool: string | undefined, result: WireObject): WireObject;
  onRead: OnRead;
}

export function createServerRequests({
  upstreams,
  clients,
  watches,
  callSeconds,
  screen,
  onRead,
}: ServerRequestsOptions): ServerRequests {
  const forward = async (request: WireRequest, sending: Sending, watch: Watch | undefined): Promise<WireObject> => {
    const { serverId, caller, signal } = sending;
    // Who answers a question needs more time than a tool does.
    const usual = watch ? Math.max(callSeconds(serverId), questionSeconds * 2) : callSeconds(serverId);
    return await clients.use(caller, watch !== undefined, async client => {
      const upstream = await upstreams.of(serverId, client);
      const onNotification = watch ? { onNotification: watch.onNotification } : {};
      const call = { client, signal, timeoutSeconds: sending.timeoutSeconds ?? usual, ...onNotification };
      watch?.isOf(call);
      return await upstream.request(watch ? withProgress(request, watch.call.callId) : request, call);
    });
  };
  return {
    requireRunning(serverId) {
      callSeconds(serverId);
      if (upstreams.offer(serverId)) return;
      throw problem('SERVER_003', { detail: `"${serverId}" is not running.`, next: 'Start it first.' });
    },
    async send(request, sending) {
      const { serverId, caller, watchId } = sending;
      const watch =
        watchId === undefined
          ? undefined
          : watches.begin({ callId: watchId, serverId, by: `${caller.kind}:${caller.id}` });
      try {
        const name = request.method === 'tools/call' ? request.params?.['name'] : undefined;
        const result = await sendHeard(
          request.method,
          () => forward(request, sending, watch),
          () => onRead(serverId, caller),
        );
        return screen(serverId, typeof name === 'string' ? name : undefined, result);
      } finally {
        watch?.end();
      }
    },
  };
}

const withProgress = ({ method, params }: WireRequest, callId: string): WireRequest => ({
  method,
  params: { ...params, _meta: { progressToken: callId } },
});

/** The problem for whatever a request rejected with. `what`: `The tool "echo"`. */
export function toRequestProblem(
  error: unknown,
  what: string,
  signal: AbortSignal,
  hideValues: (text: string) => string,
): unknown {
  if (isProblemError(error)) return error;
  if (signal.aborted) return cancelled(what);
  return error instanceof WireError ? refused(error, what, hideValues) : error;
}

const refused = (error: WireError, what: string, hideValues: (text: string) => string): ProblemError =>
  problem('TOOL_004', {
    detail: `${what}: the server answered with an error: ${hideValues(error.message).split('\n')[0]?.slice(0, 500) ?? ''} (${error.code})`,
    next: 'Check what was asked for, and look at the output of the server.',
    cause: error,
  });

const cancelled = (what: string): ProblemError =>
  problem('TOOL_006', {
    detail: `${what}: it was cancelled, and the server was told to stop.`,
    next: 'Ask again when you need it.',
  });

/** Errors: TOOL_004. */
export const unexpected = (what: string, why: string): ProblemError =>
  problem('TOOL_004', {
    detail: `${what}: the answer is not as the protocol wants it: ${why}.`,
    next: 'Tell who makes the server, or use another version of it.',
  });

/** Bytes of the result as JSON. Errors: TOOL_007 for one that is nested beyond what can be written. */
export function sizeOf(what: string, result: WireObject): number {
  try {
    return Buffer.byteLength(JSON.stringify(result));
  } catch (error) {
    throw problem('TOOL_007', {
      detail: `${what}: the answer is nested too deeply to be passed on.`,
      next: 'Ask for less at once.',
      cause: error,
    });
  }
}
