// The tools and the call history wired to one another as the daemon does it, over servers by hand and a database in memory.
import { join } from 'node:path';
import { type Calls, createCalls } from '../../daemon/features/calls/create-calls.ts';
import { createTools, type Tools, type ToolsOptions } from '../../daemon/features/tools/create-tools.ts';
import { ownerPrincipal, type Principal } from '../../daemon/http/principal.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { WireTool } from '../../daemon/supervision/session.ts';
import type { ToolCall } from '../../daemon/supervision/tool-call.ts';
import type { ApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { problem } from '../../shared/api/problem.ts';
import { createFakeUpstreams, type FakeServer, type FakeUpstreams } from './fake-upstreams.ts';
import { createHandlersApp, type HandlersApp } from './handlers-app.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

export interface ToolsAndCalls extends AsyncDisposable {
  api: ApiClient;
  app: HandlersApp;
  database: ReturnType<typeof openDatabase>;
  tools: Tools;
  calls: Calls;
  upstreams: FakeUpstreams;
  events: DaemonEvent[];
  /** What the guard was asked; it lets everything through unless `deny` is set. */
  admitted: ToolCall[];
  /** Of resources and prompts: by whom, of which server. */
  reads: string[];
  deny: { with: (() => Error) | undefined };
  quarantined: Set<string>;
  /** Values of the vault. */
  secrets: string[];
  vault: { isLocked: boolean };
  /** Time by hand, in epoch milliseconds. */
  time: { now: number };
  asks(principal: Principal): void;
  /** Adds a server that offers these tools, and starts it. */
  install(id: string, tools: WireTool[], server?: Partial<FakeServer>): Promise<void>;
  /** What a server tells from now on. */
  offers(id: string, tools: WireTool[]): void;
}

export const wireTool = (name: string, more: Partial<WireTool> = {}): WireTool => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object' },
  ...more,
});

export const userPrincipal = (change: Partial<Principal> = {}): Principal => ({
  ...ownerPrincipal(),
  kind: 'user',
  id: 'ada',
  name: 'ada',
  roles: ['operator'],
  via: 'session',
  ...change,
});

const firstTime = Date.parse('2026-06-01T12:00:00.000Z');

export async function createToolsAndCalls(options: Partial<ToolsOptions> = {}): Promise<ToolsAndCalls> {
  const folder = await createTemporaryFolder('calls');
  const database = openDatabase(':memory:');
  const upstreams = createFakeUpstreams();
  const events: DaemonEvent[] = [];
  const time = { now: firstTime };
  const clock = { now: () => time.now };
  const offered = new Map<string, WireTool[]>();
  const disabled = new Map<string, string[]>();
  const admitted: ToolCall[] = [];
  const reads: string[] = [];
  const deny: ToolsAndCalls['deny'] = { with: undefined };
  const quarantined = new Set<string>();
  const secrets: string[] = [];
  const vault = { isLocked: false };
  let principal = ownerPrincipal();

  const requireServer = (id: string) => {
    if (!offered.has(id)) throw problem('SERVER_001', { detail: `There is no server called "${id}".` });
  };
  const hideValues = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text);
  const onFailure = (error: unknown, what: string) => {
    throw new Error(what, { cause: error });
  };
  const calls = createCalls({
    ...{ database, clock, hideValues, onFailure, requireServer },
    keyFile: join(folder.path, 'history.key'),
    isVaultLocked: () => vault.isLocked,
    publish: event => events.push(event),
    exposedTools: () => tools.exposedWithTokens(),
    makeCall: async call => (await tools.call({ ...call, via: 'api' })).call,
  });
  const tools = createTools({
    ...{ database, clock, upstreams, hideValues, onFailure },
    servers: {
      configuration(id) {
        requireServer(id);
        return { disabledTools: disabled.get(id) ?? [], limits: { callSeconds: 5 } };
      },
      setDisabledTools: async (id, names) => void disabled.set(id, names),
      definedTools: () => [],
      hidesDisabled: () => false,
    },
    session: id => ({ listTools: async () => offered.get(id) ?? [] }) as never,
    guard: {
      admit(call) {
        admitted.push(call);
        const error = deny.with?.();
        if (error) throw error;
        return undefined;
      },
    },
    recorder: calls.recorder,
    screen: calls.screen,
    isQuarantined: (id, tool) => quarantined.has(`${id}/${tool}`),
    seen: () => {},
    onRead: (serverId, { id, sessionId }) => void reads.push(`${serverId} ${id} ${sessionId}`),
    publish: event => events.push(event),
    onChanged: () => {},
    onLeftOut: () => {},
    catalogTools: async () => ({ serverId: 'new', tools: [] }),
    expectedTools: async () => [],
    profiles: () => [],
    ...options,
  });
  const insert = database.prepare(`
    insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
    values (?, 'x', '', 'process', '{}', 0, '', '')`);
  const app = createHandlersApp({ ...tools.handlers, ...calls.handlers }, () => principal);

  return {
    ...{
      app,
      api: app.api,
      database,
      tools,
      calls,
      upstreams,
      events,
      admitted,
      reads,
      deny,
      quarantined,
      secrets,
      vault,
      time,
    },
    asks(next) {
      principal = next;
    },
    offers: (id, list) => void offered.set(id, list),
    async install(id, list, server = {}) {
      insert.run(id);
      offered.set(id, list);
      const echo = (params: Record<string, unknown>) => ({
        content: [{ type: 'text', text: `${String(params['name'])} ${JSON.stringify(params['arguments'])}` }],
      });
      upstreams.start(id, { ...server, answers: { 'tools/call': echo, ...server.answers } });
      tools.invalidate();
      await tools.refresh(id);
    },
    async [Symbol.asyncDispose]() {
      tools.close();
      calls.close();
      database.close();
      await folder.remove();
    },
  };
}
