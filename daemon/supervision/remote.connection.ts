// Makes an MCP session with a remote server over streamable HTTP.
import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { isProblemError, type ProblemError, problem } from '../../shared/api/problem.ts';
import {
  type Connection,
  type ConnectionContext,
  type ConnectionEnd,
  createClient,
  described,
  initialise,
  type PlanOf,
} from './connection.ts';
import { failedAnswer, LostAnswer, OversizedAnswer } from './failed-answer.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { endRequestsInTime } from './remote.requests.ts';

/** What a remote server needs of a context: it is no child. */
export type RemoteContext = Omit<ConnectionContext, 'child' | 'onPid'>;

/** Errors: SERVER_004, SERVER_005, SERVER_007, or the signal's reason. */
export async function connectRemote(plan: PlanOf<'http'>, context: RemoteContext): Promise<Connection> {
  const lost = Promise.withResolvers<ConnectionEnd>();
  const answered = new Set<number | string>();
  const { messageBytes } = context.policy;
  const fail = (id: number | string, data: OversizedAnswer | LostAnswer) => {
    if (!answered.has(id)) transport.onmessage?.(failedAnswer(id, data));
  };
  const transport = new StreamableHTTPClientTransport(new URL(plan.url), {
    requestInit: { headers: plan.headers },
    reconnectionScheduler: reconnectLater,
    // Redirects stay on the origin that the headers are meant for.
    redirectPolicy: 'same-origin',
    fetch: createGuardedFetch({
      messageBytes,
      onOversized: (id, bytes) => {
        context.output.add(
          `Quayside: An answer of ${bytes} bytes or more was not taken: at most ${messageBytes} are allowed.`,
        );
        if (id !== undefined) fail(id, new OversizedAnswer(bytes, messageBytes));
      },
      onUnanswered: id => fail(id, new LostAnswer('The connection ended before the answer came.')),
      onLost: reason => lost.resolve({ failed: true, reason }),
    }),
  });
  const client = createClient(context);
  const requests = endRequestsInTime(transport);
  try {
    await initialise(client, transport, context);
  } catch (error) {
    await client.close().catch(() => {});
    if (context.signal.aborted) throw context.signal.reason;
    throw isProblemError(error) ? error : notConnected(plan, error, context);
  }
  rememberAnswers(transport, id => {
    requests.answered(id);
    answered.add(id);
    if (answered.size > 1_000) for (const oldest of answered) if (answered.size > 500) answered.delete(oldest);
  });
  watchStream(transport, lost.resolve);
  return toConnection(client, transport, lost);
}

/** Tells of the answers that have come, so that none of them is declared lost, and their requests end. */
function rememberAnswers(transport: StreamableHTTPClientTransport, onAnswer: (id: number | string) => void): void {
  const deliver = transport.onmessage;
  transport.onmessage = message => {
    if (!('method' in message) && message.id !== undefined && message.id !== null) onAnswer(message.id);
    deliver?.(message);
  };
}

/** A server may say when to come back, but neither a thousand times a second nor never. */
const reconnection = { soonest: 1_000, latest: 60_000 } as const;

function reconnectLater(reconnect: () => void, delay: number): () => void {
  const wait = Math.max(reconnection.soonest, Math.min(delay, reconnection.latest));
  const timer = setTimeout(reconnect, wait);
  timer.unref();
  return () => clearTimeout(timer);
}

/** The transport tells of its lost event stream in words only. */
function watchStream(transport: StreamableHTTPClientTransport, onEnd: (end: ConnectionEnd) => void): void {
  const report = transport.onerror;
  transport.onerror = error => {
    report?.(error);
    if (error.message.startsWith('Maximum reconnection attempts')) {
      onEnd({ failed: true, reason: 'The connection was lost and could not be made again.' });
    }
  };
}

function toConnection(
  client: Client,
  transport: StreamableHTTPClientTransport,
  lost: PromiseWithResolvers<ConnectionEnd>,
): Connection {
  return {
    client,
    pid: null,
    ...described(client),
    ended: lost.promise,
    async close() {
      // A courtesy to the server, which may keep sessions: not worth waiting for.
      await Promise.race([
        transport.terminateSession().catch(() => {}),
        new Promise(done => setTimeout(done, 1_000).unref()),
      ]);
      await client.close().catch(() => {});
      lost.resolve({ failed: false, reason: 'The connection was closed.' });
    },
  };
}

const Failure = z.looseObject({
  code: z.unknown().optional(),
  message: z.string().catch(''),
  status: z.number().optional().catch(undefined),
  cause: z.unknown().optional(),
});

function notConnected({ url }: PlanOf<'http'>, error: unknown, { policy, redact }: RemoteContext): ProblemError {
  const { host } = new URL(url);
  const known =
    error instanceof Error
      ? {
          code: 'code' in error ? error.code : undefined,
          message: error.message,
          status: 'status' in error ? error.status : undefined,
          cause: error.cause,
        }
      : {};
  const { code, message, status, cause } = Failure.parse(known);
  if (status === 401 || status === 403) {
    return problem('SERVER_004', {
      detail: `${host} did not let us in (${status}).`,
      next: 'Set the header that it asks for, often "Authorization", in the configuration of this server.',
      cause: error,
    });
  }
  if (code === 'REQUEST_TIMEOUT') {
    return problem('SERVER_005', {
      detail: `${host} did not answer within ${policy.startSeconds} seconds.`,
      next: 'Check the address, or raise the start limit in the configuration of this server.',
      cause: error,
    });
  }
  const networkCode = networkCodeOf(cause) ?? networkCodeOf(error);
  if (networkCode !== undefined) {
    return problem('SERVER_004', {
      detail: `${host} cannot be reached (${networkCode}).`,
      next: 'Check the address and the network, then start it again.',
      cause: error,
    });
  }
  const said = (redact(message).split('\n', 1)[0] ?? '').slice(0, 300);
  return problem('SERVER_007', {
    detail: `What answers at ${host} does not speak MCP over streamable HTTP${status ? ` (status ${status})` : ''}: ${said}`,
    next: 'Check the address: it often ends in /mcp.',
    cause: error,
  });
}

/** The code of a network error; those of the client library are lower down in it or have another form. */
function networkCodeOf(error: unknown): string | undefined {
  const { code } = z
    .looseObject({ code: z.string().optional().catch(undefined) })
    .catch({})
    .parse(error instanceof Error ? { code: Reflect.get(error, 'code') } : {});
  return code !== undefined &&
    /^(?:E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w*CERT\w*|UNABLE_\w+|ERR_TLS\w*|ERR_SSL\w*)$/.test(code)
    ? code
    : undefined;
}
