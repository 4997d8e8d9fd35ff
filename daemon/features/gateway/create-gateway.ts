// The MCP endpoint: one address in front of all servers, one for each Docker profile, and one for each server alone.

import { problem } from '../../../shared/api/problem.ts';
import type { Entry } from './entry.ts';
import { type Answer, type Asked, toJsonAnswer } from './exchange.ts';
import { type GatewayHandlers, gatewayHandlers } from './gateway.handlers.ts';
import { createHeldRequests } from './held-requests.ts';
import { createListChanges } from './list-changes.ts';
import { pathOf } from './places.ts';
import type { GatewayPorts } from './ports.ts';
import { createReach } from './reach.ts';
import { createRequests } from './requests.ts';
import { createServerLists } from './server-lists.ts';
import { createSessionEndpoint } from './session-endpoint.ts';
import { createSessions, type SessionLimits } from './sessions.ts';
import { createStatelessEndpoint } from './stateless-endpoint.ts';
import { isStateless } from './stateless-envelope.ts';
import { createSubscriptions, type ListKind } from './subscriptions.ts';
import { createTogether } from './together.ts';
import { createToolCalls } from './tool-calls.ts';
import { createToolTable } from './tool-table.ts';
import { readId, readMessage, rpcCodes, toErrorText } from './wire.ts';

export type { Entry } from './entry.ts';

export interface Gateway {
  /** Serves one request that was let in already. Errors: MCP_002 if there is nothing at the address. */
  fetch(request: Asked, entry: Entry): Promise<Answer>;
  /**
   * A server's list is another one now, or the server came or went: clients are told. Of tools, to be called once
   * `exposed()` has the new ones. undefined: all lists of all servers may have changed.
   */
  listChanged(serverId?: string, what?: ListKind): void;
  /** A server was added, started, stopped, changed or removed: what is known of servers is asked for anew. */
  serversChanged(): void;
  /** Sessions with a stream or a request, and streams of clients without a session. */
  readonly busy: number;
  /** Ends sessions that were left. Done by itself every minute. */
  sweep(): void;
  handlers: GatewayHandlers;
  close(): Promise<void>;
}

export interface GatewayLimits extends SessionLimits {
  /** As patienceMs, without a session: such a stream cannot be taken up again, it only keeps the connection alive. */
  statelessPatienceMs: number;
}

const usualLimits: GatewayLimits = {
  most: 1_000,
  mostPerOwner: 250,
  idleMs: 1_800_000,
  graceMs: 60_000,
  retryMs: 1_000,
  patienceMs: 80,
  statelessPatienceMs: 5_000,
};

const sweepMs = 60_000;
const keepAliveMs = 15_000;
/** Sessions may come by the hundred: pages are told of them together. */
const announceMs = 200;

export function createGateway(ports: GatewayPorts, limits: Partial<GatewayLimits> = {}): Gateway {
  const { servers } = ports;
  const all = { ...usualLimits, ...limits };
  const reach = createReach(ports);
  let announcing: NodeJS.Timeout | undefined;
  const announce = () => {
    announcing = undefined;
    ports.onChanged();
  };
  const sessions = createSessions(all, {
    ...ports,
    onChanged: () => {
      announcing ??= setTimeout(announce, announceMs).unref();
    },
  });
  const table = createToolTable(ports, reach);
  const lists = createServerLists(reach, ports);
  const answerRequest = createRequests({
    ports,
    reach,
    table,
    calls: createToolCalls(ports, reach),
    together: createTogether(reach, lists, ports),
  });
  const held = createHeldRequests();
  const subscriptions = createSubscriptions();
  const withSessions = createSessionEndpoint({ ports, reach, sessions, answerRequest });
  const patienceMs = all.statelessPatienceMs;
  const stateless = createStatelessEndpoint({ ports, reach, table, held, subscriptions, answerRequest, patienceMs });

  const timers = [
    setInterval(() => sessions.sweep(), sweepMs),
    setInterval(() => {
      for (const session of sessions.all()) session.keepAlive();
      subscriptions.keepAlive();
    }, keepAliveMs),
  ];
  for (const timer of timers) timer.unref();

  const changes = createListChanges({
    sessions: sessions.all,
    subscriptions,
    reach,
    profileOf: servers.profileOf,
  });

  const fetch = async (request: Asked, entry: Entry): Promise<Answer> => {
    if (!reach.isPlace(entry.place)) throw noPlace(pathOf(entry.place));
    if (request.method === 'GET') return withSessions.get(request, entry);
    if (request.method === 'DELETE') return withSessions.delete(request, entry);
    if (request.method !== 'POST') return notAllowed();
    if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? ''))
      return toJsonAnswer(toErrorText(null, rpcCodes.refused, 'The body must be application/json.'), 415);
    let body: unknown;
    try {
      body = JSON.parse(await request.text());
    } catch {
      return toJsonAnswer(toErrorText(null, rpcCodes.parse, 'The body is not valid JSON.'), 400);
    }
    const message = Array.isArray(body) ? undefined : readMessage(body);
    if (!isStateless(request, message)) return await withSessions.post(request, body, entry);
    return message
      ? await stateless.post(request, message, entry)
      : toJsonAnswer(toErrorText(readId(body), rpcCodes.invalidRequest, 'This is no message of JSON-RPC 2.0.'), 400);
  };

  return {
    fetch,
    listChanged(serverId, what) {
      if (what === undefined || what === 'tools') table.changed();
      const ids = serverId === undefined ? servers.ids() : [serverId];
      for (const id of ids) {
        if (what !== 'tools') lists.changed(id);
        changes.note(id, what);
      }
    },
    serversChanged() {
      reach.changed();
      table.changed();
    },
    get busy() {
      return sessions.busy + subscriptions.size;
    },
    sweep: sessions.sweep,
    handlers: gatewayHandlers(sessions, reach, ports, lists),
    async close() {
      for (const timer of timers) clearInterval(timer);
      changes.close();
      held.close();
      subscriptions.close();
      sessions.close();
      clearTimeout(announcing);
    },
  };
}

const notAllowed = (): Answer =>
  toJsonAnswer(toErrorText(null, rpcCodes.refused, 'Method not allowed.'), 405, { allow: 'GET, POST, DELETE' });

const noPlace = (path: string) =>
  problem('MCP_002', {
    detail: `No server or Docker profile belongs to ${path}.`,
    next: 'Use /mcp for all servers, or see the names: quayside servers.',
  });
