// Lock and approvals on a database in memory, reached through their real routes by whoever a test wants to be.
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { composeGuards, type Guards } from '../../daemon/compose-guards.ts';
import { createAuditRepository } from '../../daemon/features/audit/audit.repository.ts';
import type { SeenFacts } from '../../daemon/features/locks/locks.service.ts';
import type { AppEnvironment } from '../../daemon/http/app-environment.ts';
import { bindRoutes } from '../../daemon/http/bind-routes.ts';
import type { Handlers } from '../../daemon/http/context.ts';
import { ownerPrincipal, type Principal } from '../../daemon/http/principal.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { WireTool } from '../../daemon/supervision/session.ts';
import type { ToolCall } from '../../daemon/supervision/tool-call.ts';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { ServerSource } from '../../shared/api/servers.ts';

export interface GuardsApp extends Disposable {
  guards: Guards;
  /** The API as the owner, or as somebody else. */
  api: ApiClient;
  apiOf(principal: Principal): ApiClient;
  events: DaemonEvent[];
  /** `server/tool` of what the engine hides because it is off. */
  hidden: Set<string>;
  /** Servers of which something changed in quarantine, in order. */
  changed: string[];
  /** `action resource outcome`, in order. */
  audit(): string[];
  /** Goes on without time passing. */
  clock: { time: number };
  /** The time of all that waits is over. */
  runTimers(): void;
  addServer(id: string): void;
  removeServer(id: string): void;
  /** Lets the next changes of what is locked fail, as on a full disk, until it is called with false. */
  failWrites(fail: boolean): void;
  /** Ends the guards and makes them anew on the same database. */
  restart(): void;
  /** A list of the server, with the source of an installed package. */
  list(id: string, tools: WireTool[], facts?: { version?: string; instructions?: string; url?: string }): void;
}

export const secret = 's3cret-in-the-vault';

export function createGuardsApp(): GuardsApp {
  const database = openDatabase(':memory:');
  const clock = { time: Date.parse('2026-03-01T10:00:00Z'), now: () => clock.time };
  const audit = createAuditRepository(database, clock);
  const events: DaemonEvent[] = [];
  const changed: string[] = [];
  const titles = new Map<string, string>();
  const facts = new Map<string, SeenFacts>();
  const hidden = new Set<string>();
  const timers = new Set<() => void>();
  const make = () =>
    composeGuards({
      ...{ database, clock, audit },
      publish: event => events.push(event),
      servers: { all: () => [...titles].map(([id, title]) => ({ id, title })) },
      facts: id => facts.get(id),
      isHidden: (id, tool) => hidden.has(`${id}/${tool}`),
      hideValues: text => text.replaceAll(secret, '•••'),
      onChanged: id => changed.push(id),
      after(_, act) {
        timers.add(act);
        return () => timers.delete(act);
      },
    });
  let guards = make();

  const apiOf = (principal: Principal): ApiClient => {
    const app = new Hono<AppEnvironment>();
    app.use(async (c, next) => {
      c.set('requestId', 'request');
      c.set('principal', principal);
      await next();
    });
    bindRoutes(app, {
      handlers: guards.handlers as unknown as Handlers,
      audit,
      now: clock.now,
      openEvents: () => new Response(),
      onFailure: error => {
        throw error;
      },
    });
    const fetch = async (path: string, init: RequestInit) => await app.request(path, init);
    return createApiClient(fetchCarrier({ fetch: fetch as never, baseUrl: '', token: 'x' }));
  };

  return {
    get guards() {
      return guards;
    },
    get api() {
      return apiOf(ownerPrincipal());
    },
    ...{ apiOf, events, hidden, changed, clock },
    audit: () =>
      audit
        .after(0, 1_000, {})
        .filter(({ action }) => action !== 'createServer')
        .map(({ action, resource, outcome }) => `${action} ${resource} ${outcome}`),
    runTimers() {
      for (const act of timers) act();
    },
    addServer(id) {
      titles.set(id, `The ${id}`);
      audit.record({
        ...{ principal: 'user ada (session)', action: 'createServer', resource: `id=${id} type=command` },
        ...{ outcome: 'allowed', code: null, requestId: null },
      });
      database
        .prepare(`insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
            values (?, ?, '', 'process', '{}', 0, '', '')`)
        .run(id, id);
    },
    removeServer(id) {
      titles.delete(id);
      database.prepare('delete from servers where id = ?').run(id);
    },
    failWrites(fail) {
      for (const [name, when] of [
        ['no_insert', 'insert on locked_tools'],
        ['no_update', 'update on locked_tools'],
      ])
        database.exec(
          fail
            ? `create trigger ${name} before ${when} begin select raise(abort, 'the disk is full'); end`
            : `drop trigger ${name}`,
        );
    },
    restart() {
      guards.close();
      guards = make();
    },
    list(id, tools, { version = '1.0.0', instructions, url } = {}) {
      const source: ServerSource = url
        ? { type: 'remote', url }
        : { type: 'npm', package: id, version, integrity: `sha512-${version}` };
      facts.set(id, { source, instructions });
      guards.seen(id, tools);
    },
    [Symbol.dispose]() {
      guards.close();
      database.close();
    },
  };
}

export const buildWireTool = (name: string, change: Partial<WireTool> = {}): WireTool => ({
  name,
  description: `What the tool ${name} does with a path, a text and a number of times.`,
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  ...change,
});

export const buildCall = (change: Partial<ToolCall> = {}): ToolCall => ({
  id: randomUUID(),
  serverId: 'files',
  tool: 'delete',
  arguments: { path: '/tmp/a', times: 1 },
  caller: { id: 'key-1', kind: 'agent', name: 'agent cursor (key)', sessionId: 'session-1', client: 'cursor 1.0' },
  via: 'mcp',
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...change,
});

export const buildPrincipal = (change: Partial<Principal> = {}): Principal => ({
  ...{ kind: 'user', id: 'ada', name: 'ada', roles: ['operator'], via: 'session' },
  ...{ secondFactor: { enrolled: false, at: null }, servers: null, expiresAt: null },
  ...change,
});
