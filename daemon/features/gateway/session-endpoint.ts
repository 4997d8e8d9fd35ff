// Streamable HTTP with sessions: revision 2025-11-25 and those before it.

import { isProblemError, type ProblemError } from '../../../shared/api/problem.ts';
import { describePrincipal, maySee, ownerOf } from '../../http/principal.ts';
import { WireError, type WireObject } from '../../supervision/upstream.ts';
import { toWireError } from './asking.ts';
import { answerBatch } from './batch.ts';
import { describePlace } from './description.ts';
import { type Entry, toAsking, toViewer } from './entry.ts';
import { type Answer, type Asked, toJsonAnswer, withoutBody } from './exchange.ts';
import { isLogLevel } from './log-level.ts';
import { streamHeaders } from './outbound-stream.ts';
import { pathOf } from './places.ts';
import type { GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import type { AnswerRequest } from './requests.ts';
import { isSessionRevision, sessionRevisions, takesBatches } from './revisions.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import {
  isObject,
  isRequestId,
  type Message,
  type NotificationMessage,
  type RequestMessage,
  readId,
  readMessage,
  rpcCodes,
  toAnswer,
  toErrorText,
  toResultText,
} from './wire.ts';

export interface SessionEndpoint {
  /** `body`: parsed JSON. */
  post(request: Asked, body: unknown, entry: Entry): Promise<Answer>;
  get(request: Asked, entry: Entry): Answer;
  delete(request: Asked, entry: Entry): Answer;
}

/** Characters of a client's capabilities and info, icons included. */
const mostOfClient = 131_072;

export interface SessionEndpointParts {
  ports: GatewayPorts;
  reach: Reach;
  sessions: Sessions;
  answerRequest: AnswerRequest;
}

export function createSessionEndpoint({
  ports,
  reach,
  sessions,
  answerRequest,
}: SessionEndpointParts): SessionEndpoint {
  const begin = ({ id, params = {} }: RequestMessage, entry: Entry): Answer => {
    const { protocolVersion, capabilities, clientInfo } = params;
    if (typeof protocolVersion !== 'string' || !isObject(capabilities) || !isObject(clientInfo))
      return refusal(
        400,
        rpcCodes.invalidParams,
        'initialize needs a protocol version, capabilities and client info.',
        id,
      );
    if (!isSmall([capabilities, clientInfo]))
      return refusal(
        400,
        rpcCodes.invalidParams,
        `What the client says of itself is kept as long as its session: it may have ${mostOfClient / 1_024} KiB.`,
        id,
      );
    const revision = isSessionRevision(protocolVersion) ? protocolVersion : sessionRevisions[0];
    const session = sessions.begin({
      owner: ownerOf(entry.principal),
      callerId: entry.principal.id,
      principal: describePrincipal(entry.principal),
      place: entry.place,
      maySee: seenBy(entry),
      revision,
      info: clientInfo,
      capabilities,
    });
    const { instructions, ...description } = describePlace(toViewer(entry), reach, ports.version);
    const result = { protocolVersion: revision, ...description, ...(instructions ? { instructions } : {}) };
    return toJsonAnswer(toResultText(id, JSON.stringify(result)), 200, { 'mcp-session-id': session.id });
  };

  /** The session of a request, or the answer to one that has none. */
  const findSession = (request: Asked, entry: Entry, id: string | number | null = null): Session | Answer => {
    const sessionId = request.headers.get('mcp-session-id');
    if (!sessionId) return refusal(400, rpcCodes.refused, 'The header Mcp-Session-Id is missing.', id);
    const session = sessions.find(sessionId, ownerOf(entry.principal));
    if (!session || pathOf(session.place) !== pathOf(entry.place))
      return refusal(
        404,
        rpcCodes.noSession,
        'There is no such session: it has ended, or is not yours. Initialize again.',
        id,
      );
    const version = request.headers.get('mcp-protocol-version');
    if (version !== null && !isSessionRevision(version.trim()))
      return refusal(400, rpcCodes.refused, `Unsupported protocol version: ${version.slice(0, 40)}`, id);
    session.maySee = seenBy(entry);
    return session;
  };

  /** The text of the answer. Never rejects. */
  const answer = async (
    { id, method, params = {} }: RequestMessage,
    session: Session,
    asking: ReturnType<typeof toAsking>,
  ): Promise<string | Buffer<ArrayBuffer>> => {
    try {
      session.calls += 1;
      if (method === 'ping') return toResultText(id, '{}');
      if (method === 'logging/setLevel') setLevel(session, params);
      return toAnswer(id, await answerRequest(method, params, asking));
    } catch (error) {
      const { code, message, data } = asking.waiting.signal.aborted
        ? new WireError(rpcCodes.refused, 'The request was cancelled.')
        : toWireError(error, ports.onFailure);
      return toErrorText(id, code, message, data);
    }
  };

  const setLevel = (session: Session, { level }: WireObject) => {
    if (!isLogLevel(level)) throw new WireError(rpcCodes.invalidParams, 'There is no such log level.');
    session.logLevel = level;
    if (session.place.kind === 'server') return;
    // Servers are told when this client first uses them: asking all at once would begin sessions that nobody needs.
    reach.onContact(session.client, upstream => {
      if (!isObject(upstream.offer.capabilities['logging'])) return;
      const call = { client: session.client, signal: AbortSignal.timeout(5_000), timeoutSeconds: 5 };
      upstream.request({ method: 'logging/setLevel', params: { level } }, call).catch(() => {});
    });
  };

  const serve = async (message: RequestMessage, session: Session, entry: Entry): Promise<Answer> => {
    const begun = session.begin(message.id, entry);
    if (!begun) {
      const why = 'This id is in use by another request of the session, or too many requests are under way.';
      return refusal(400, rpcCodes.invalidRequest, why, message.id);
    }
    const { reply, waiting } = begun;
    const asking = toAsking(entry, waiting, { era: 'sessions', sessionId: session.handle });
    answer(message, session, asking)
      .then(text => (session.wasCancelled(message.id) ? reply.drop(text) : reply.finish(text)))
      .catch(ports.onFailure)
      .finally(() => session.done(message.id));
    return await reply.response;
  };

  const take = (message: NotificationMessage, session: Session) => {
    const { method, params } = message;
    if (method === 'notifications/initialized') return;
    if (method === 'notifications/cancelled') {
      const id = params?.['requestId'];
      if (isRequestId(id)) session.cancel(id);
      return;
    }
    for (const upstream of reach.contacted(session.client)) upstream.notify({ method, params }, session.client);
  };

  const takeOne = async (message: Message, session: Session, entry: Entry): Promise<Answer> => {
    if (message.kind === 'request') return await serve(message, session, entry);
    if (message.kind === 'response') session.answer(message);
    else take(message, session);
    return accepted();
  };

  return {
    async post(request, body, entry) {
      if (!acceptsBoth(request))
        return refusal(406, rpcCodes.refused, 'Accept must name application/json and text/event-stream.', readId(body));
      if (Array.isArray(body)) {
        const session = findSession(request, entry);
        if (isAnswer(session)) return session;
        if (!takesBatches(session.revision))
          return refusal(400, rpcCodes.invalidRequest, `Revision ${session.revision} has no batches.`);
        return await answerBatch(body, session, entry, { answer, take });
      }
      const message = readMessage(body);
      if (!message) return refusal(400, rpcCodes.invalidRequest, 'This is no message of JSON-RPC 2.0.', readId(body));
      try {
        if (message.kind === 'request' && message.method === 'initialize') return begin(message, entry);
      } catch (error) {
        if (!isProblemError(error)) throw error;
        return noRoom(error, readId(body) ?? 0);
      }
      const session = findSession(request, entry, message.kind === 'request' ? message.id : null);
      return isAnswer(session) ? session : await takeOne(message, session, entry);
    },
    get(request, entry) {
      if (!accepts(request, 'text/event-stream'))
        return refusal(406, rpcCodes.refused, 'Accept must name text/event-stream.');
      const session = findSession(request, entry);
      if (isAnswer(session)) return session;
      const lastEventId = request.headers.get('last-event-id');
      const body = lastEventId ? session.resume(lastEventId, entry.signal) : session.listen(entry.signal);
      if (body) return { status: 200, headers: { ...streamHeaders, 'mcp-session-id': session.id }, body };
      return lastEventId
        ? refusal(400, rpcCodes.refused, 'This stream is over, or too old to be taken up again.')
        : refusal(409, rpcCodes.refused, 'The session has as many streams as it may have.');
    },
    delete(request, entry) {
      const session = findSession(request, entry);
      if (isAnswer(session)) return session;
      sessions.end(session);
      return withoutBody(200);
    },
  };
}

const seenBy =
  ({ principal }: Entry): Session['maySee'] =>
  serverId =>
    maySee(principal, serverId);

const refusal = (status: number, code: number, message: string, id: string | number | null = null): Answer =>
  toJsonAnswer(toErrorText(id, code, message), status);

const isAnswer = (found: Session | Answer): found is Answer => 'body' in found;

const accepted = (): Answer => withoutBody(202);

const noRoom = ({ problem: { status, code, detail, next } }: ProblemError, id: string | number): Answer =>
  toJsonAnswer(toErrorText(id, rpcCodes.refused, `${detail} ${next ?? ''}`, { 'quayside/code': code }), status);

/** What is nested beyond what can be written is not small. */
function isSmall(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= mostOfClient;
  } catch {
    return false;
  }
}

export const accepts = (request: Asked, type: string): boolean => {
  const accept = request.headers.get('accept') ?? '';
  return accept.includes(type) || accept.includes('*/*');
};

export const acceptsBoth = (request: Asked): boolean =>
  accepts(request, 'application/json') && accepts(request, 'text/event-stream');
