// Revision 2026-07-28: each request stands alone and brings its envelope along.

import { relayHeader } from '../../../shared/api/mcp.ts';
import { ownerOf } from '../../http/principal.ts';
import type { DownstreamClient, WireObject } from '../../supervision/upstream.ts';
import { noMethod, toWireError } from './asking.ts';
import { missingCapability, refuseQuestion } from './asks.ts';
import type { Waiting } from './client-call.ts';
import { describePlace } from './description.ts';
import { type Entry, toAsking, toViewer } from './entry.ts';
import { type Answer, type Asked, toJsonAnswer, withoutBody } from './exchange.ts';
import type { HeldRequests, Round } from './held-requests.ts';
import type { Leaving } from './leaving.ts';
import { isWanted } from './log-level.ts';
import { argumentsOf, findParamHeaders, findWrongHeader } from './param-headers.ts';
import { pathOf } from './places.ts';
import type { GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import { createReply } from './reply.ts';
import type { AnswerRequest } from './requests.ts';
import { toText } from './result-text.ts';
import { envelope, statelessRevision } from './revisions.ts';
import { acceptsBoth } from './session-endpoint.ts';
import { type Envelope, isRejection, openEnvelope, type Rejection, withoutEnvelope } from './stateless-envelope.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { ToolTable } from './tool-table.ts';
import {
  type Message,
  type RequestId,
  type RequestMessage,
  rpcCodes,
  toAnswer,
  toErrorText,
  toNotificationText,
  toResultText,
} from './wire.ts';

export interface StatelessEndpoint {
  post(request: Asked, message: Message, entry: Entry): Promise<Answer>;
}

export interface StatelessParts {
  ports: GatewayPorts;
  reach: Reach;
  table: ToolTable;
  held: HeldRequests;
  subscriptions: Subscriptions;
  answerRequest: AnswerRequest;
  patienceMs: number;
}

/** Methods that this revision has taken away. */
const gone: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
/** Only these may be answered with a question. */
const mayAsk: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** What a client has to subscribe to is not told on the stream of another request. */
const subscribed = /\/(?:list_changed|resources\/updated)$/;

export function createStatelessEndpoint(parts: StatelessParts): StatelessEndpoint {
  const { ports, reach, held, subscriptions, answerRequest, patienceMs } = parts;
  let last = 0;

  const discover = (id: RequestId, entry: Entry): Answer => {
    const { serverInfo, capabilities, instructions } = describePlace(toViewer(entry), reach, ports.version);
    const result = {
      supportedVersions: [statelessRevision],
      capabilities,
      ...(instructions ? { instructions } : {}),
      _meta: { [envelope.serverInfo]: serverInfo },
    };
    return toJsonAnswer(toResultText(id, toText('server/discover', result, 'stateless')));
  };

  const serve = (message: RequestMessage, entry: Entry, opened: Envelope): Promise<Answer> => {
    const { id, method } = message;
    const params = withoutEnvelope(message.params ?? {});
    const controller = new AbortController();
    const abandon = () => controller.abort(new Error('The client has gone.'));
    const { reply, round } = createRound(id, entry.signal);
    const key = { owner: ownerOf(entry.principal), place: pathOf(entry.place), method, params };
    if (held.isOurs(params['requestState'])) {
      try {
        held.resume(params['requestState'], key, params['inputResponses'], round);
      } catch (error) {
        round.fail(error);
      }
      return reply.response;
    }
    const request = held.begin(key, round, abandon);
    const client = createClient(opened, mayAsk.has(method) ? request.ask : undefined);
    const waiting: Waiting = {
      client,
      signal: controller.signal,
      takesInputRequired: mayAsk.has(method),
      note(notification) {
        if (request.isHeld() || subscribed.test(notification.method)) return;
        if (notification.method === 'notifications/message' && opened.logLevel === undefined) return;
        if (isWanted(notification, opened.logLevel))
          reply.send(toNotificationText(notification.method, notification.params));
      },
      send: () => {},
    };
    const asking = toAsking(entry, waiting, { era: 'stateless', sessionId: null });
    answerRequest(method, params, asking)
      .then(request.finish, request.fail)
      .catch(ports.onFailure)
      .finally(() => ports.upstreams.left(client));
    return reply.response;
  };

  const createClient = (
    { info, capabilities }: Envelope,
    ask:
      | ((request: { method: string; params?: WireObject | undefined }, signal: AbortSignal) => Promise<WireObject>)
      | undefined,
  ): DownstreamClient => {
    last += 1;
    return {
      id: `request-${last}`,
      transient: true,
      info,
      capabilities,
      ask(request, { signal }) {
        const missing = missingCapability(request, capabilities);
        if (missing) return Promise.reject(refuseQuestion(request.method, missing));
        return ask ? ask(request, signal) : Promise.reject(noMethod(request.method));
      },
      tell: () => {},
    };
  };

  /** One try of the client: the POST that it waits for. */
  const createRound = (id: RequestId, signal: Leaving) => {
    let onLeft = () => {};
    const reply = createReply({
      stream: { id: 'request', onLost: () => onLeft(), onDone: () => {} },
      headers: {},
      patienceMs,
      signal,
      onGone: () => onLeft(),
      onStream: () => {},
    });
    const round: Round = {
      onLeft: listener => {
        onLeft = listener;
      },
      finish: result => reply.finish(toAnswer(id, result)),
      fail(error) {
        const { code, message, data } = toWireError(error, ports.onFailure);
        const told = code === rpcCodes.noResource ? rpcCodes.invalidParams : code;
        reply.finish(toErrorText(id, told, message, data), statusOf(code));
      },
    };
    return { reply, round };
  };

  const listen = (message: RequestMessage, entry: Entry, { info, capabilities }: Envelope): Promise<Answer> => {
    const viewer = toViewer(entry);
    return subscriptions.open({
      id: message.id,
      params: message.params ?? {},
      owner: ownerOf(entry.principal),
      viewer,
      description: describePlace(viewer, reach, ports.version),
      info,
      capabilities,
      signal: entry.signal,
      subscribe(uri, client) {
        const waiting: Waiting = {
          client,
          signal: AbortSignal.timeout(10_000),
          takesInputRequired: false,
          note: () => {},
          send: () => {},
        };
        const asking = toAsking(entry, waiting, { era: 'stateless', sessionId: null });
        return answerRequest('resources/subscribe', { uri }, asking);
      },
      onEnd: client => ports.upstreams.left(client),
    });
  };

  const checkParamHeaders = (
    request: Asked,
    { method, params }: RequestMessage,
    entry: Entry,
  ): Rejection | undefined => {
    const name = params?.['name'];
    if (method !== 'tools/call' || typeof name !== 'string' || request.headers.has(relayHeader)) return undefined;
    const tool = parts.table.find(toViewer(entry), name);
    const wanted = tool ? findParamHeaders(tool.definition.inputSchema) : [];
    const wrong = findWrongHeader(wanted, argumentsOf(params), request.headers);
    if (!wrong) return undefined;
    const message = `The headers and the arguments of the call disagree: ${wrong.header}.`;
    return { status: 400, code: rpcCodes.headerMismatch, message, data: { mismatch: wrong } };
  };

  return {
    async post(request, message, entry) {
      if (message.kind === 'notification') return withoutBody(202);
      if (message.kind === 'response')
        return toJsonAnswer(toErrorText(null, rpcCodes.invalidRequest, 'Nobody waits for an answer.'), 400);
      if (!acceptsBoth(request)) {
        const why = 'Accept must name application/json and text/event-stream.';
        return toJsonAnswer(toErrorText(message.id, rpcCodes.refused, why), 406);
      }
      const opened = openEnvelope(request, message);
      if (isRejection(opened)) return reject(message.id, opened);
      if (gone.has(message.method)) return reject(message.id, unknownMethod(message.method));
      if (message.method === 'server/discover') return discover(message.id, entry);
      if (message.method === 'subscriptions/listen') return await listen(message, entry, opened);
      const wrong = checkParamHeaders(request, message, entry);
      return wrong ? reject(message.id, wrong) : await serve(message, entry, opened);
    },
  };
}

const reject = (id: RequestId, { status, code, message, data }: Rejection): Answer =>
  toJsonAnswer(toErrorText(id, code, message, data), status);

const unknownMethod = (method: string): Rejection => {
  const { code, message } = noMethod(method);
  return { status: 404, code, message };
};

/** Errors of a server are answers like others, but for those that the revision gives a status of HTTP. */
const statusOf = (code: number): number => {
  if (code === rpcCodes.methodNotFound) return 404;
  return code === rpcCodes.missingCapability ? 400 : 200;
};
