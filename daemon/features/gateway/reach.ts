// How the gateway gets to servers: which of them a client sees, and what it must be told at the first contact.
import type { DownstreamClient, Upstream, UpstreamOffer, Upstreams } from '../../supervision/upstream.ts';
import type { Viewer } from './asking.ts';
import type { Place } from './places.ts';
import type { GatewayPorts } from './ports.ts';

export interface Reach {
  /** The session with a server for a client. Errors: SERVER_003. */
  upstream(serverId: string, client: DownstreamClient): Upstream | Promise<Upstream>;
  /** Servers that run and that somebody may see at an address, in the order in which they were added. */
  running(viewer: Viewer): string[];
  isRunning(serverId: string): boolean;
  /** What a server offers, or offered when it last ran. */
  offer(serverId: string): UpstreamOffer | undefined;
  /** Those that this client has used. */
  contacted(client: DownstreamClient): Upstream[];
  /** Done with each session that a client has with a server: with those that there are, and with each new one. */
  onContact(client: DownstreamClient, greet: (upstream: Upstream) => void): void;
  isPlace(place: Place): boolean;
  /** A server came, went, or belongs elsewhere now. */
  changed(): void;
  isAt(place: Place, serverId: string): boolean;
}

interface Traces {
  /** `at`: what was known of servers then. Until that changes nobody has to be asked for the session again. */
  contacted: Map<string, { upstream: Upstream; at: number }>;
  greet: ((upstream: Upstream) => void) | undefined;
}

export function createReach({ upstreams, servers }: { upstreams: Upstreams } & Pick<GatewayPorts, 'servers'>): Reach {
  const traces = new WeakMap<DownstreamClient, Traces>();
  let generation = 0;
  const lastOffers = new Map<string, UpstreamOffer>();
  // Asked for with every request, changed seldom.
  let installed: Map<string, string | null> | undefined;
  const known = () => {
    installed ??= new Map(servers.ids().map(id => [id, servers.profileOf(id)]));
    return installed;
  };

  const tracesOf = (client: DownstreamClient): Traces => {
    const known = traces.get(client);
    if (known) return known;
    const fresh: Traces = { contacted: new Map(), greet: undefined };
    traces.set(client, fresh);
    return fresh;
  };
  const met = (serverId: string, client: DownstreamClient, upstream: Upstream): Upstream => {
    const { contacted, greet } = tracesOf(client);
    const isNew = contacted.get(serverId)?.upstream !== upstream;
    contacted.set(serverId, { upstream, at: generation });
    if (isNew) greet?.(upstream);
    return upstream;
  };
  const offer = (serverId: string): UpstreamOffer | undefined => {
    const now = upstreams.offer(serverId);
    if (now) lastOffers.set(serverId, now);
    return now ?? lastOffers.get(serverId);
  };
  const isAt = (place: Place, serverId: string): boolean => {
    if (place.kind === 'server') return place.server === serverId;
    return place.kind === 'all' || known().get(serverId) === place.profile;
  };

  return {
    upstream(serverId, client) {
      // Of one request alone there is nothing to remember.
      if (client.transient) return upstreams.of(serverId, client);
      const known = traces.get(client)?.contacted.get(serverId);
      if (known?.at === generation) return known.upstream;
      const opened = upstreams.of(serverId, client);
      return opened instanceof Promise
        ? opened.then(upstream => met(serverId, client, upstream))
        : met(serverId, client, opened);
    },
    running: ({ place, maySee }) =>
      [...known().keys()].filter(id => isAt(place, id) && maySee(id) && upstreams.offer(id) !== undefined),
    isRunning: serverId => upstreams.offer(serverId) !== undefined,
    offer,
    contacted: client => [...(traces.get(client)?.contacted.values() ?? [])].map(({ upstream }) => upstream),
    onContact(client, greet) {
      const known = tracesOf(client);
      known.greet = greet;
      for (const { upstream } of known.contacted.values()) greet(upstream);
    },
    isPlace(place) {
      if (place.kind === 'all') return true;
      return place.kind === 'server' ? known().has(place.server) : [...known().values()].includes(place.profile);
    },
    changed() {
      generation += 1;
      installed = undefined;
    },
    isAt,
  };
}
