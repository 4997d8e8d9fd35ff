// Servers behind the gateway, without processes: what each of them does is written where it is tested.

import {
  type DownstreamClient,
  type Upstream,
  type UpstreamCall,
  type UpstreamLoss,
  type UpstreamOffer,
  type Upstreams,
  WireError,
  type WireNotification,
  type WireObject,
  type WireRequest,
} from '../../daemon/supervision/upstream.ts';
import { problem } from '../../shared/api/problem.ts';

type Answer = (params: WireObject, call: UpstreamCall) => WireObject | Promise<WireObject>;

export interface FakeServer {
  offer?: Partial<UpstreamOffer>;
  /** By method; a tool's also as `tools/call NAME`. */
  answers: Record<string, Answer>;
}

export interface FakeUpstreams extends Upstreams {
  start(id: string, server: FakeServer): void;
  /** Requests under way fail as they do when a server ends. */
  stop(id: string): void;
  /** What reached a server, in order. */
  readonly requests: { serverId: string; request: WireRequest; client: DownstreamClient }[];
  readonly notifications: { serverId: string; notification: WireNotification }[];
  /** Clients that have left. */
  readonly gone: DownstreamClient[];
  /** Requests that wait for an answer. */
  readonly underWay: number;
  lose(serverId: string, loss: UpstreamLoss): void;
}

export function createFakeUpstreams(): FakeUpstreams {
  const running = new Map<string, { upstream: Upstream; end: AbortController }>();
  const requests: FakeUpstreams['requests'] = [];
  const notifications: FakeUpstreams['notifications'] = [];
  const gone: DownstreamClient[] = [];
  const losses = new Map<string, UpstreamLoss[]>();
  let underWay = 0;

  const toUpstream = (serverId: string, { offer, answers }: FakeServer, ended: AbortSignal): Upstream => ({
    offer: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: serverId, version: '1.0.0' },
      instructions: undefined,
      ...offer,
    },
    async request(request, call) {
      requests.push({ serverId, request, client: call.client });
      const name = request.params?.['name'];
      const answer = answers[`${request.method} ${String(name)}`] ?? answers[request.method];
      if (!answer) throw new WireError(-32_601, `Method not found: ${request.method}`);
      underWay += 1;
      try {
        return await Promise.race([answer(request.params ?? {}, call), rejection(call, ended)]);
      } finally {
        underWay -= 1;
      }
    },
    notify: notification => void notifications.push({ serverId, notification }),
  });

  return {
    requests,
    notifications,
    gone,
    get underWay() {
      return underWay;
    },
    start(id, server) {
      const end = new AbortController();
      running.set(id, { upstream: toUpstream(id, server, end.signal), end });
    },
    stop(id) {
      const one = running.get(id);
      running.delete(id);
      one?.end.abort(problem('TOOL_010', { detail: `${id} ended.`, next: 'Try again.' }));
    },
    of(serverId) {
      const one = running.get(serverId);
      if (!one) throw problem('SERVER_003', { detail: `${serverId} is not running.`, next: 'Start it.' });
      return one.upstream;
    },
    offer: serverId => running.get(serverId)?.upstream.offer,
    losses: serverId => losses.get(serverId) ?? [],
    lose: (serverId, loss) => void losses.set(serverId, [...(losses.get(serverId) ?? []), loss]),
    left: client => void gone.push(client),
  };
}

/** Rejects when the call is given up, when its time is over, or when the server ends. */
function rejection({ signal, timeoutSeconds }: UpstreamCall, ended: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const late = () => reject(problem('TOOL_003', { detail: 'There was no answer in time.' }));
    const timer = setTimeout(late, timeoutSeconds * 1_000);
    timer.unref();
    for (const each of [signal, ended]) {
      if (each.aborted) reject(each.reason);
      each.addEventListener('abort', () => reject(each.reason), { once: true });
    }
  });
}
