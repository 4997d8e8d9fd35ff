// One MCP session with one server, for one client or for all: requests of clients to the server, and what the server sends to
// the clients that it is for.
import { type CallUnderWay, createCallsUnderWay } from './calls-under-way.ts';
import { type Agreed, clientInfo, type HandshakeOptions, shakeHands } from './handshake.ts';
import { createHeaderParameters } from './header-parameters.ts';
import { answerInput, needsInput } from './input-rounds.ts';
import { createListening, type Listening } from './listening.ts';
import { createLogLevels, isLogLevel } from './log-levels.ts';
import type { Losses } from './losses.ts';
import { createNotificationRouter, requestLevel } from './notification-router.ts';
import { createQuestions, isQuestion, offersAnswer } from './questions.ts';
import { metaKeys, passedMeta, statelessRevision } from './revisions.ts';
import { createSubscriptions, mostSubscriptions } from './subscriptions.ts';
import {
  type DownstreamClient,
  type UpstreamCall,
  type UpstreamOffer,
  WireError,
  type WireNotification,
  type WireObject,
  type WireRequest,
} from './upstream.ts';
import { isObject, rpcCodes, type WireMessage, type WireTransport } from './wire-message.ts';
import { tokenOf, withoutToken } from './wire-params.ts';
import { createWirePeer, type PeerCounts, type WirePeer } from './wire-peer.ts';

export type ListKind = 'tools' | 'resources' | 'prompts';

/** What a session has to do with the clients behind it. */
export interface SessionAudience {
  /** Who is connected. */
  clients(): Iterable<DownstreamClient>;
  /** What is offered to the server in a session. */
  capabilities: WireObject;
  losses: Losses;
  onListChanged(what: ListKind): void;
}

/** Without clients: nothing is offered to the server. */
export const nobody = (losses: Losses, onListChanged: SessionAudience['onListChanged']): SessionAudience => ({
  clients: () => [],
  capabilities: {},
  losses,
  onListChanged,
});

export interface OwnRequestOptions {
  signal?: AbortSignal | undefined;
  timeoutSeconds: number;
}

export interface UpstreamSession {
  readonly offer: UpstreamOffer;
  readonly isStateless: boolean;
  readonly counts: Readonly<PeerCounts>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  /** Errors: WireError, PeerFailure, or the signal's reason. */
  request(request: WireRequest, call: UpstreamCall): Promise<WireObject>;
  /** A request of our own. Errors: as above. */
  own(request: WireRequest, options: OwnRequestOptions): Promise<WireObject>;
  notify(notification: WireNotification, client: DownstreamClient): void;
  left(client: DownstreamClient): void;
  close(): Promise<void>;
}

export interface UpstreamSessionOptions extends Omit<HandshakeOptions, 'capabilities' | 'onAgreed'> {
  audience: SessionAudience;
  onAgreed?: HandshakeOptions['onAgreed'] | undefined;
}

/** Of a transport that can send headers: what those of a message are. */
interface WithHeaders extends WireTransport {
  headersOf?: ((message: WireMessage) => Record<string, string>) | undefined;
}

/** Errors: those of the handshake. The transport is closed after a failure. */
export async function openUpstreamSession(
  transport: WithHeaders,
  options: UpstreamSessionOptions,
): Promise<UpstreamSession> {
  const { audience, version } = options;
  const closed = Promise.withResolvers<void>();
  const calls = createCallsUnderWay();
  const levels = createLogLevels<DownstreamClient>();
  const subscriptions = createSubscriptions();
  const questions = createQuestions({ calls, clients: audience.clients, losses: audience.losses });
  let listening: Listening | undefined;

  const onNotification = createNotificationRouter({
    ...{ calls, levels, subscriptions, questions, audience },
    onAcknowledged: params => listening?.acknowledged(params),
  });

  const peer: WirePeer<CallUnderWay> = createWirePeer<CallUnderWay>(transport, {
    async onRequest(request, { signal, context }) {
      if (request.method === 'ping') return {};
      if (isQuestion(request.method)) return await questions.ask(request, signal, context);
      throw new WireError(rpcCodes.methodNotFound, 'Method not found');
    },
    onNotification,
    onClosed: () => closed.resolve(),
  });

  let agreed: Agreed;
  try {
    await peer.start();
    agreed = await shakeHands(peer, {
      ...options,
      capabilities: audience.capabilities,
      onAgreed: what => options.onAgreed?.(what),
    });
  } catch (error) {
    await peer.close().catch(() => {});
    throw error;
  }
  const { offer, isStateless } = agreed;

  const envelope = (client: DownstreamClient | undefined, logLevel: unknown): WireObject => ({
    [metaKeys.protocolVersion]: statelessRevision,
    [metaKeys.clientInfo]: clientInfo(version),
    [metaKeys.clientCapabilities]: client?.capabilities ?? {},
    ...(logLevel === undefined ? {} : { [metaKeys.logLevel]: logLevel }),
  });
  const enveloped = (params: WireObject | undefined, meta: WireObject): WireObject => ({
    ...params,
    _meta: { ...(isObject(params?.['_meta']) ? passedMeta(params['_meta']) : undefined), ...meta },
  });
  const own = async ({ method, params }: WireRequest, given: OwnRequestOptions): Promise<WireObject> => {
    const result = await peer.request(
      isStateless ? { method, params: enveloped(params, envelope(undefined, undefined)) } : { method, params },
      given,
    );
    // Clients are shown lists that were read before: this may be the only one that the server is asked for.
    if (method === 'tools/list') headerParameters?.learn(result);
    return result;
  };
  const headerParameters = isStateless && 'headersOf' in transport ? createHeaderParameters() : undefined;
  if (headerParameters) transport.headersOf = headerParameters.headersOf;
  listening = isStateless
    ? createListening({ offer, listen: (request, given) => own(request, given), uris: subscriptions.uris })
    : undefined;

  const toServer = ({ method, params }: WireRequest, { client, takesInputRequired }: UpstreamCall): WireRequest => {
    const meta = params?.['_meta'];
    if (isStateless) {
      const logLevel = takesInputRequired && isObject(meta) ? meta[metaKeys.logLevel] : levels.of(client);
      return { method, params: enveloped(params, envelope(client, logLevel)) };
    }
    if (!params || !isObject(meta)) return { method, params };
    const passed = passedMeta(meta);
    if (passed === meta) return { method, params };
    const { _meta, ...rest } = params;
    return { method, params: passed ? { ...rest, _meta: passed } : rest };
  };

  const send = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const one = calls.begin(call);
    const until = performance.now() + call.timeoutSeconds * 1_000;
    const token = tokenOf(request);
    const { onNotification: tell, signal } = call;
    const onProgress =
      token === undefined || !tell
        ? undefined
        : (params: WireObject) =>
            tell({ method: 'notifications/progress', params: { ...params, progressToken: token } });
    const exchange = (params: WireObject | undefined): Promise<WireObject> =>
      peer.request(toServer({ method: request.method, params }, call), {
        signal,
        timeoutSeconds: Math.max(0.001, (until - performance.now()) / 1_000),
        context: one,
        onProgress,
      });
    try {
      const params = withoutToken(request.params, token);
      const result = await exchange(params).catch(async error => {
        if (!headerParameters || !isHeaderMismatch(error)) throw error;
        // What the tool wants in its headers stands in the list, which nobody has asked for since it changed.
        await own({ method: 'tools/list' }, call);
        return await exchange(params);
      });
      if (headerParameters && request.method === 'tools/list') headerParameters.learn(result);
      if (!isStateless || call.takesInputRequired || !needsInput(result)) return result;
      return await answerInput(result, params, {
        send: exchange,
        ask: question => {
          if (!offersAnswer(call.client, question)) audience.losses.count(question.method, 'client-does-not-offer');
          return call.client.ask(question, { signal, within: call });
        },
      });
    } finally {
      calls.end(one);
    }
  };

  /** Most verbose of all is what the server is told. */
  const setLevel = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const level = request.params?.['level'];
    if (!isLogLevel(level)) throw new WireError(rpcCodes.invalidParams, 'There is no such log level.');
    if (!offer.capabilities['logging']) throw new WireError(rpcCodes.methodNotFound, 'Method not found');
    const told = levels.set(call.client, level);
    if (isStateless || told === undefined) return {};
    return await send({ method: request.method, params: { ...request.params, level: told } }, call);
  };

  const subscribe = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const uri = request.params?.['uri'];
    if (typeof uri !== 'string') throw new WireError(rpcCodes.invalidParams, 'The address of a resource is missing.');
    if (subscriptions.uris().length >= mostSubscriptions)
      throw new WireError(rpcCodes.internal, 'Too many resources of this server are watched.');
    if (!subscriptions.add(call.client, uri)) return {};
    try {
      if (!listening) return await send(request, call);
      await listening.renew(call);
      return {};
    } catch (error) {
      subscriptions.remove(call.client, uri);
      throw error;
    }
  };

  const unsubscribe = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const uri = request.params?.['uri'];
    if (typeof uri !== 'string' || !subscriptions.remove(call.client, uri)) return {};
    if (!listening) return await send(request, call);
    await listening.renew(call);
    return {};
  };

  /** A request that wants log messages. A server with sessions knows of levels for a whole session only. */
  const wantLevel = (call: UpstreamCall, request: WireRequest): void => {
    const meta = request.params?.['_meta'];
    const level = isObject(meta) ? meta[metaKeys.logLevel] : undefined;
    if (!isLogLevel(level) || !offer.capabilities['logging']) return;
    requestLevel(call, level);
    if (isStateless) return;
    const told = levels.set(call.client, level);
    if (told !== undefined) own({ method: 'logging/setLevel', params: { level: told } }, call).catch(() => {});
  };

  const request = (asked: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    switch (asked.method) {
      case 'logging/setLevel':
        return setLevel(asked, call);
      case 'resources/subscribe':
        return subscribe(asked, call);
      case 'resources/unsubscribe':
        return unsubscribe(asked, call);
      case 'ping':
        return isStateless ? Promise.resolve({}) : send(asked, call);
      default:
        if (call.takesInputRequired) wantLevel(call, asked);
        return send(asked, call);
    }
  };

  return {
    offer,
    isStateless,
    counts: peer.counts,
    closed: closed.promise,
    request,
    own,
    notify(notification) {
      // Without sessions each request says what its client has.
      if (
        notification.method === 'notifications/roots/list_changed' &&
        (isStateless || !audience.capabilities['roots'])
      )
        return;
      void peer.notify(
        isStateless
          ? { ...notification, params: enveloped(notification.params, envelope(undefined, undefined)) }
          : notification,
      );
    },
    left(client) {
      levels.left(client);
      questions.left(client);
      const unwanted = subscriptions.left(client);
      const given = { timeoutSeconds: 30 };
      if (unwanted.length > 0 && listening) listening.renew(given).catch(() => {});
      else for (const uri of unwanted) own({ method: 'resources/unsubscribe', params: { uri } }, given).catch(() => {});
    },
    async close() {
      listening?.close();
      await peer.close();
    },
  };
}

/** SEP-2243: a header is missing, or says something else than the body. Nothing was run. */
const isHeaderMismatch = (error: unknown): boolean => error instanceof WireError && error.code === -32_020;
