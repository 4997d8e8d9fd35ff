// Makes an MCP session with a remote server over streamable HTTP.
import * as z from 'zod';
import { isProblemError, type ProblemError, problem } from '../../shared/api/problem.ts';
import {
  type Connection,
  type ConnectionContext,
  type ConnectionEnd,
  described,
  isTimeout,
  type PlanOf,
  wordsOf,
} from './connection.ts';
import { createHttpTransport } from './http.transport.ts';
import { openUpstreamSession } from './upstream-session.ts';
import { PeerFailure } from './wire-peer.ts';

/** What a remote server needs of a context: it is no child. */
export type RemoteContext = Omit<ConnectionContext, 'child' | 'onPid'>;

/** Milliseconds in which a server is to say which revision it speaks, before it is asked the old way as well. */
const probePatience = 5_000;

/** Errors: SERVER_004, SERVER_005, SERVER_007, or the signal's reason. */
export async function connectRemote(plan: PlanOf<'http'>, context: RemoteContext): Promise<Connection> {
  const lost = Promise.withResolvers<ConnectionEnd>();
  const { policy, output, audience } = context;
  const transport = createHttpTransport({
    url: plan.url,
    headers: plan.headers,
    messageBytes: policy.messageBytes,
    onOversized(bytes) {
      audience.losses.count('message', 'too-large');
      output.add(
        `Quayside: An answer of ${bytes} bytes or more was not taken: at most ${policy.messageBytes} are allowed.`,
      );
    },
    onLost: reason => lost.resolve({ failed: true, reason }),
  });
  try {
    const session = await openUpstreamSession(transport, {
      audience,
      version: context.version,
      startSeconds: policy.startSeconds,
      signal: context.signal,
      sessionsOnly: context.sessionsOnly,
      probePatience,
      onAgreed: transport.open,
    });
    return {
      session,
      pid: null,
      ...described(session),
      ended: lost.promise,
      async close() {
        await session.close();
        lost.resolve({ failed: false, reason: 'The connection was closed.' });
      },
    };
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    throw isProblemError(error) ? error : notConnected(plan, error, context);
  }
}

const Failure = z.looseObject({
  status: z.number().optional().catch(undefined),
  cause: z.unknown().optional(),
});

function notConnected({ url }: PlanOf<'http'>, error: unknown, { policy, redact }: RemoteContext): ProblemError {
  const { host } = new URL(url);
  const origin = error instanceof PeerFailure && error.cause instanceof Error ? error.cause : error;
  const { status, cause } = Failure.parse(
    origin instanceof Error ? { status: 'status' in origin ? origin.status : undefined, cause: origin.cause } : {},
  );
  if (status === 401 || status === 403) {
    return problem('SERVER_004', {
      detail: `${host} did not let us in (${status}).`,
      next: 'Set the header that it asks for, often "Authorization", in the configuration of this server.',
      cause: error,
    });
  }
  if (isTimeout(error)) {
    return problem('SERVER_005', {
      detail: `${host} did not answer within ${policy.startSeconds} seconds.`,
      next: 'Check the address, or raise the start limit in the configuration of this server.',
      cause: error,
    });
  }
  const networkCode = networkCodeOf(cause) ?? networkCodeOf(origin);
  if (networkCode !== undefined) {
    return problem('SERVER_004', {
      detail: `${host} cannot be reached (${networkCode}).`,
      next: 'Check the address and the network, then start it again.',
      cause: error,
    });
  }
  const said = (redact(wordsOf(error)).split('\n', 1)[0] ?? '').slice(0, 300);
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
