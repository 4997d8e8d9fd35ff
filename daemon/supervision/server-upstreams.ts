// A server as the gateway sees it: sessions come and go with its runs, and whoever holds an Upstream does not notice.

import type { ServerState } from '../../shared/domain/server-state.ts';
import { PassingMap } from '../platform/passing-map.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { createCallSlots } from './call-slots.ts';
import { createClientSessions } from './client-sessions.ts';
import type { Connection } from './connection.ts';
import { createLosses } from './losses.ts';
import type { LaunchPolicy } from './supervisor.ts';
import type {
  DownstreamClient,
  Upstream,
  UpstreamCall,
  UpstreamLoss,
  UpstreamOffer,
  WireNotification,
  WireObject,
  WireRequest,
} from './upstream.ts';
import { notBack, notRunning, tooManyCalls, toUpstreamError } from './upstream-problems.ts';
import type { ListKind, SessionAudience, UpstreamSession } from './upstream-session.ts';

export interface ServerUpstreamsOptions {
  id: string;
  state: () => ServerState;
  /** Another connection with the same server. Errors: those of a start. */
  connect(audience: SessionAudience, signal: AbortSignal): Promise<Connection>;
  redact: (text: string) => string;
  hide: <T>(value: T) => T;
  onListChanged(what: ListKind): void;
}

export interface ServerUpstreams {
  /** Of the session for all clients. */
  readonly audience: SessionAudience;
  readonly callsUnderWay: number;
  opened(session: UpstreamSession, policy: LaunchPolicy): void;
  /** The session for all has ended; `state` tells what comes. */
  ended(): void;
  /** The state has changed: nobody waits for what will not come. */
  settled(): void;
  of(client: DownstreamClient): Upstream | Promise<Upstream>;
  offer(): UpstreamOffer | undefined;
  losses(): UpstreamLoss[];
  left(client: DownstreamClient): void;
  /** Ends the sessions of clients. Never rejects. */
  close(): Promise<void>;
}

/** What all clients together may be asked for. */
const everything: WireObject = {
  sampling: { tools: {}, context: {} },
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

export const usualCallLimits = { concurrentCalls: 32, waitingCalls: 256 } as const;

/** Clients that are remembered as connected. */
const mostClients = 20_000;

/** How long somebody who has not called yet waits for a server that starts: seconds. */
const startPatience = 30;

const lists: ReadonlySet<string> = new Set([
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
]);

export function createServerUpstreams(options: ServerUpstreamsOptions): ServerUpstreams {
  const { id, state, hide, redact } = options;
  const clients = new PassingMap<string, DownstreamClient>();
  const losses = createLosses();
  let policy: LaunchPolicy | undefined;
  let current: UpstreamSession | undefined;
  let offered: UpstreamOffer | undefined;
  /** The session has ended, and it is not known yet what comes. */
  let fading = false;
  let coming = promised<UpstreamSession>();
  const limits = () => ({
    concurrentCalls: policy?.concurrentCalls ?? usualCallLimits.concurrentCalls,
    waitingCalls: policy?.waitingCalls ?? usualCallLimits.waitingCalls,
  });
  const slots = createCallSlots(limits);
  const audience: SessionAudience = {
    clients: () => clients.values(),
    capabilities: everything,
    losses,
    onListChanged: options.onListChanged,
  };
  const own = createClientSessions({
    serverId: id,
    connect: (client, signal) =>
      options.connect({ ...audience, clients: () => [client], capabilities: client.capabilities }, signal),
  });

  const isComing = (): boolean => fading || state() === 'starting' || state() === 'restarting';

  /** Errors: SERVER_003, or the signal's reason. */
  const session = async (signal: AbortSignal | undefined, seconds: number): Promise<UpstreamSession> => {
    if (current) return current;
    if (!isComing()) throw notRunning(id);
    const limit = AbortSignal.timeout(seconds * 1_000);
    return await untilAborted(coming.promise, signal ? AbortSignal.any([signal, limit]) : limit, () =>
      signal?.aborted ? signal.reason : notBack(id, seconds),
    );
  };

  const isOwn = (client: DownstreamClient): boolean => policy?.session === 'per-client' && client.transient !== true;

  const exchange = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const { client, signal, timeoutSeconds } = call;
    const at = current ?? (await session(signal, timeoutSeconds));
    const result = isOwn(client)
      ? await own.use(client, one => one.request(request, call))
      : await at.request(request, call);
    return lists.has(request.method) ? hide(result) : result;
  };

  const request = async (asked: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const place = slots.enter(call.signal);
    if (place === undefined) throw tooManyCalls(id, slots.waiting);
    if (place !== true) await place;
    try {
      return await exchange(asked, call);
    } catch (error) {
      const { signal, timeoutSeconds } = call;
      throw toUpstreamError(error, { serverId: id, timeoutSeconds, signal, redact, hide });
    } finally {
      slots.leave();
    }
  };

  const offerTo = (client: DownstreamClient): UpstreamOffer => {
    const mine = own.offer(client);
    return mine ? hide(mine) : (offered ?? unknownOffer);
  };
  const notify = (notification: WireNotification, client: DownstreamClient): void => {
    const to = isOwn(client) ? own.find(client) : current;
    to?.notify(notification, client);
  };

  return {
    audience,
    get callsUnderWay() {
      return slots.underWay;
    },
    opened(opened, given) {
      losses.clear();
      policy = given;
      current = opened;
      offered = hide(opened.offer);
      fading = false;
      coming.resolve(opened);
      void opened.closed.then(() => {
        if (current !== opened) return;
        current = undefined;
        coming = promised();
        fading = true;
      });
    },
    ended() {
      if (current) coming = promised();
      current = undefined;
      fading = false;
      void own.close();
    },
    settled() {
      if (current || isComing()) return;
      coming.reject(notRunning(id));
      coming = promised();
    },
    of(client) {
      if (!current && !isComing()) throw notRunning(id);
      if (!clients.has(client.id)) clients.set(client.id, client);
      if (clients.size > mostClients) clients.dropFirst();
      const view = new ServerView(client, { offerTo, request, notify });
      return offered ? view : session(undefined, startPatience).then(() => view);
    },
    offer: () => (current ? offered : undefined),
    losses: losses.all,
    left(client) {
      clients.delete(client.id);
      current?.left(client);
      own.left(client);
    },
    close: () => own.close(),
  };
}

interface View {
  offerTo(client: DownstreamClient): UpstreamOffer;
  request: Upstream['request'];
  notify: Upstream['notify'];
}

/** The server as one client sees it. A class, because each object with a getter of its own has a shape of its own, and there may be one for each request. */
class ServerView implements Upstream {
  readonly #client: DownstreamClient;
  readonly #view: View;
  readonly request: Upstream['request'];

  constructor(client: DownstreamClient, view: View) {
    this.#client = client;
    this.#view = view;
    this.request = view.request;
  }

  get offer(): UpstreamOffer {
    return this.#view.offerTo(this.#client);
  }

  notify(notification: WireNotification): void {
    this.#view.notify(notification, this.#client);
  }
}

const unknownOffer: UpstreamOffer = { protocolVersion: '', capabilities: {}, serverInfo: {}, instructions: undefined };

function promised<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => {});
  return made;
}
