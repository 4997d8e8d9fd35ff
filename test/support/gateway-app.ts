// The MCP endpoint with its real addresses, in front of servers that are written in the test.
import { Hono } from 'hono';
import { createGateway, type Gateway, type GatewayLimits } from '../../daemon/features/gateway/create-gateway.ts';
import { serveGateway } from '../../daemon/features/gateway/gateway.routes.ts';
import type { ExposedTool, GatewayPorts } from '../../daemon/features/gateway/ports.ts';
import { createPromptNames } from '../../daemon/features/tools/prompt-names.ts';
import { clearLongNames } from '../../daemon/features/tools/tool-names.ts';
import type { AppEnvironment } from '../../daemon/http/app-environment.ts';
import { createLifelines, type Lifelines } from '../../daemon/http/lifelines.ts';
import { ownerPrincipal, type Principal } from '../../daemon/http/principal.ts';
import type { WireTool } from '../../daemon/supervision/session.ts';
import type { CallGuard, FinishedCall } from '../../daemon/supervision/tool-call.ts';
import type { Upstreams } from '../../daemon/supervision/upstream.ts';
import { createFakeUpstreams, type FakeServer, type FakeUpstreams } from './fake-upstreams.ts';

export interface GatewayApp extends AsyncDisposable {
  gateway: Gateway;
  upstreams: FakeUpstreams;
  lifelines: Lifelines;
  /** Starts a server; its tools are exposed under `name` and, where two share it, under `server__name`. */
  run(id: string, server: FakeServer, tools?: readonly WireTool[]): void;
  stop(id: string): void;
  /** Sends a request as somebody; the owner by default. */
  request(path: string, init?: RequestInit, principal?: Principal): Promise<Response>;
  finished: FinishedCall[];
  /** Of resources and prompts: by whom, of which server. */
  reads: string[];
  audit: { resource: string | null; outcome: string; code: string | null }[];
  failures: unknown[];
  clock: { time: number };
  guard: CallGuard;
  /** Which Docker profile a server belongs to; to be told to the gateway. */
  profiles: Map<string, string>;
}

export const keyOf = (id: string, servers: readonly string[] | null = null): Principal => ({
  ...ownerPrincipal(),
  kind: 'agent',
  id,
  name: id,
  via: 'key',
  servers,
});

export const tool = (name: string, more: Partial<WireTool> = {}): WireTool => ({
  name,
  inputSchema: { type: 'object' },
  ...more,
});

/** `real`: servers that run elsewhere; they are installed here by their names. */
export function createGatewayApp(
  limits: Partial<GatewayLimits> = {},
  real: { upstreams: Upstreams; tools: Record<string, readonly WireTool[]> } | undefined = undefined,
): GatewayApp {
  const upstreams = createFakeUpstreams();
  const installed = new Map<string, readonly WireTool[]>(Object.entries(real?.tools ?? {}));
  const clock = { time: Date.parse('2026-01-02T03:04:05Z') };
  const parts: Omit<GatewayApp, 'gateway' | 'run' | 'stop' | 'request' | typeof Symbol.asyncDispose> = {
    upstreams,
    lifelines: createLifelines({ now: () => clock.time }),
    finished: [],
    reads: [],
    audit: [],
    failures: [],
    clock,
    guard: { admit: () => undefined },
    profiles: new Map(),
  };
  const promptNames = createPromptNames({ names: () => new Map(), saveNames: () => {} });
  let exposed: ExposedTool[] = [];
  const expose = () => {
    const all = [...installed].flatMap(([serverId, tools]) => tools.map(definition => ({ serverId, definition })));
    const longNames = clearLongNames(all.map(({ serverId, definition }) => ({ serverId, tool: definition.name })));
    const count = Map.groupBy(all, ({ definition }) => definition.name);
    exposed = all.map(({ serverId, definition }) => ({
      serverId,
      tool: definition.name,
      name: count.get(definition.name)?.length === 1 ? definition.name : `${serverId}__${definition.name}`,
      longName: longNames.get(`${serverId} ${definition.name}`) ?? null,
      nameAlone: definition.name,
      definition,
    }));
  };
  const ports: GatewayPorts = {
    upstreams: real?.upstreams ?? upstreams,
    tools: { exposed: () => exposed },
    prompts: { names: promptNames.of },
    servers: {
      ids: () => [...installed.keys()],
      profileOf: id => parts.profiles.get(id) ?? null,
      callSeconds: () => 5,
    },
    guard: {
      admit: call => parts.guard.admit(call),
      get rounds() {
        return parts.guard.rounds;
      },
    },
    recorder: { finished: call => void parts.finished.push(call) },
    onRead: (serverId, { id, sessionId }) => void parts.reads.push(`${serverId} ${id} ${sessionId}`),
    audit: { record: ({ resource, outcome, code }) => void parts.audit.push({ resource, outcome, code }) },
    version: '9.9.9',
    clock: { now: () => clock.time },
    onFailure: error => void parts.failures.push(error),
    onChanged: () => {},
  };
  expose();
  const gateway = createGateway(ports, limits);
  const app = new Hono<AppEnvironment>();
  let principal: Principal = ownerPrincipal();
  app.use(async (c, next) => {
    c.set('requestId', 'request');
    c.set('principal', principal);
    await next();
  });
  serveGateway(app, { gateway, lifelines: parts.lifelines, refuse: () => undefined });

  return Object.assign(parts, {
    gateway,
    run(id: string, server: FakeServer, tools: readonly WireTool[] = []) {
      installed.set(id, tools);
      upstreams.start(id, server);
      expose();
      gateway.serversChanged();
      gateway.listChanged(id);
    },
    stop(id: string) {
      upstreams.stop(id);
      gateway.serversChanged();
      gateway.listChanged(id);
    },
    async request(path: string, init: RequestInit = {}, as: Principal = ownerPrincipal()) {
      principal = as;
      return await app.request(path, init);
    },
    [Symbol.asyncDispose]: () => gateway.close(),
  });
}
