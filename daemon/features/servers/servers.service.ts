// Servers as a person knows them: what is stored, joined with what runs now. It decides what shall run; the supervisor makes it so.
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import type {
  MCPServer,
  MCPServerDetail,
  NewServer,
  ServerConfiguration,
  ServerConfigurationChange,
} from '../../../shared/api/servers.ts';
import type { ServerState } from '../../../shared/domain/server-state.ts';
import type { Engine } from '../../engines/engine.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { ServerHealth, Supervisor } from '../../supervision/supervisor.ts';
import { type LaunchSecrets, refuseMisplaced, withSecrets } from './launch-secrets.ts';
import { applyChange, defaultConfiguration } from './server-configuration.ts';
import type { ServerFilter, ServerRepository, StoredServer } from './servers.repository.ts';

/** Who starts a server that nobody has just asked for. */
const byItself = 'daemon';

export interface NewStoredServer {
  id: string;
  title: string;
  description: string;
  source: MCPServer['source'];
  catalogEntry: string | null;
  configuration: ServerConfigurationChange;
}

export interface ServerService {
  list(filter: ServerFilter & { state?: ServerState | undefined }): Page<MCPServer>;
  get(id: string): MCPServerDetail;
  exists(id: string): boolean;
  create(server: NewServer): Promise<MCPServer>;
  /** Stores a server whose files are in place. Errors: SERVER_002. */
  add(server: NewStoredServer): MCPServer;
  update(
    id: string,
    change: {
      title?: string | undefined;
      description?: string | undefined;
      configuration?: ServerConfigurationChange | undefined;
    },
  ): MCPServerDetail;
  remove(id: string): Promise<void>;
  /** `caller`: for the record of secrets that the server is given. */
  start(id: string, caller?: string): Promise<MCPServer>;
  stop(id: string): Promise<MCPServer>;
  restart(id: string, caller?: string): Promise<MCPServer>;
  configuration(id: string): ServerConfiguration;
  /** Starts everything that shall run, side by side; a failure is the server's own state and nobody else's. */
  restore(): Promise<void>;
  present(id: string): MCPServer | undefined;
  all(): StoredServer[];
  onHealth(id: string, health: ServerHealth): void;
}

export interface ServerServiceOptions {
  repository: ServerRepository;
  engine: Engine;
  supervisor: Supervisor;
  clock: Clock;
  /** Waits until what a server offers is known, so that who started it can use it at once. */
  whenKnown: (id: string) => Promise<void>;
  secrets: LaunchSecrets;
  publish: (
    event: { type: 'server.changed'; server: MCPServer } | { type: 'server.removed'; serverId: string },
  ) => void;
}

export function createServerService({
  repository,
  engine,
  supervisor,
  clock,
  whenKnown,
  secrets,
  publish,
}: ServerServiceOptions): ServerService {
  /** Servers that are being removed: nothing else may be done to them. */
  const leaving = new Set<string>();
  const now = () => toTimestamp(clock.now());

  const stored = (id: string): StoredServer => {
    const server = repository.find(id);
    if (!server) throw notFound(id);
    return server;
  };
  const configuration = (id: string): ServerConfiguration => {
    const found = repository.configuration(id);
    if (!found) throw notFound(id);
    return found;
  };
  const present = (server: StoredServer): MCPServer => toMCPServer(server, supervisor.health(server.id));
  const changed = (id: string): MCPServer => {
    const server = present(stored(id));
    publish({ type: 'server.changed', server });
    return server;
  };
  const refuseIfLeaving = (id: string) => {
    if (leaving.has(id))
      throw problem('SERVER_009', { detail: `"${id}" is being removed.`, next: 'Wait until it is gone.' });
  };
  /** The first start is its caller's, every later one the daemon's own. */
  const plan = (id: string, caller: string) => {
    let by = caller;
    return async () => {
      const given = configuration(id);
      const launch = await engine.plan({ id, source: stored(id).source, configuration: given });
      const handedOver = secrets.handOver(id, given.secretReferences, by);
      by = byItself;
      return withSecrets(launch, handedOver);
    };
  };
  const checkReferences = (id: string, source: MCPServer['source'], change: ServerConfigurationChange | undefined) => {
    if (!change?.secretReferences) return;
    refuseMisplaced(source, change.secretReferences);
    secrets.check(id, change.secretReferences);
  };
  const launch = (id: string, caller = byItself) => {
    const { restart, limits } = configuration(id);
    const policy = { restart, startSeconds: limits.startSeconds, messageBytes: limits.messageBytes };
    return supervisor.start(id, plan(id, caller), policy);
  };

  const service: ServerService = {
    list({ state, ...filter }) {
      const ids =
        state && repository.all().flatMap(server => (supervisor.health(server.id).state === state ? [server.id] : []));
      if (filter.sort_by === 'state') return listByState(repository, supervisor, { ...filter, ids }, present);
      const page = repository.list({ ...filter, ids });
      return { ...page, items: page.items.map(present) };
    },
    get(id) {
      const server = stored(id);
      return {
        ...present(server),
        configuration: configuration(id),
        instructions: supervisor.health(id).instructions ?? server.instructions,
        output: supervisor.output(id),
      };
    },
    exists: id => repository.find(id) !== undefined,
    async create(server) {
      const source =
        server.type === 'command'
          ? { type: server.type, command: server.command }
          : { type: server.type, url: server.url };
      return service.add({
        id: server.id,
        title: server.title ?? server.id,
        description: server.description ?? '',
        source,
        catalogEntry: null,
        configuration: server.configuration ?? {},
      });
    },
    add({ id, title, description, source, catalogEntry, configuration: change }) {
      if (repository.find(id)) throw nameTaken(id);
      checkReferences(id, source, change);
      const at = now();
      const facts = { serverVersion: null, protocolVersion: null, instructions: null };
      const times = { createdAt: at, updatedAt: at };
      repository.insert(
        { id, title, description, engine: engine.kind, source, catalogEntry, enabled: false, ...facts, ...times },
        applyChange(defaultConfiguration(id, at), change, at),
      );
      return changed(id);
    },
    update(id, { title, description, configuration: change }) {
      refuseIfLeaving(id);
      checkReferences(id, stored(id).source, change);
      const at = now();
      if (change) repository.saveConfiguration(applyChange(configuration(id), change, at));
      repository.update(
        id,
        { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) },
        at,
      );
      changed(id);
      return service.get(id);
    },
    async remove(id) {
      stored(id);
      refuseIfLeaving(id);
      leaving.add(id);
      try {
        repository.update(id, { enabled: false }, now());
        await supervisor.stop(id);
        // The row goes first: a folder without a row is cleared away at the next start, a row without a folder is a broken server.
        repository.remove(id);
        supervisor.forget(id);
        publish({ type: 'server.removed', serverId: id });
        await engine.remove(id);
      } finally {
        leaving.delete(id);
      }
    },
    async start(id, caller) {
      stored(id);
      refuseIfLeaving(id);
      repository.update(id, { enabled: true }, now());
      await launch(id, caller);
      await whenKnown(id);
      return changed(id);
    },
    async stop(id) {
      stored(id);
      refuseIfLeaving(id);
      repository.update(id, { enabled: false }, now());
      await supervisor.stop(id);
      return changed(id);
    },
    async restart(id, caller) {
      stored(id);
      refuseIfLeaving(id);
      await supervisor.stop(id);
      return service.start(id, caller);
    },
    configuration,
    async restore() {
      const enabled = repository.all().filter(server => server.enabled);
      await Promise.allSettled(enabled.map(server => launch(server.id)));
    },
    present(id) {
      const server = repository.find(id);
      return server && present(server);
    },
    all: () => repository.all(),
    onHealth(id, health) {
      const server = repository.find(id);
      if (!server) return;
      if (health.state === 'running') {
        const { serverVersion, protocolVersion, instructions } = health;
        repository.saveFacts(id, { serverVersion, protocolVersion, instructions });
      }
      changed(id);
    },
  };
  return service;
}

/** The state is not in the database, so this order is made in memory. */
function listByState(
  repository: ServerRepository,
  supervisor: Supervisor,
  filter: ServerFilter,
  present: (server: StoredServer) => MCPServer,
): Page<MCPServer> {
  const all = repository.list({ ...filter, sort_by: 'id', sort_order: 'asc', page: 1, limit: 1_000_000 });
  const sign = filter.sort_order === 'desc' ? -1 : 1;
  const sorted = all.items.toSorted(
    (a, b) => sign * supervisor.health(a.id).state.localeCompare(supervisor.health(b.id).state),
  );
  const start = (filter.page - 1) * filter.limit;
  return {
    items: sorted.slice(start, start + filter.limit).map(present),
    total: all.total,
    page: filter.page,
    limit: filter.limit,
  };
}

const toMCPServer = (server: StoredServer, health: ServerHealth): MCPServer => ({
  id: server.id,
  title: server.title,
  description: server.description,
  engine: server.engine,
  source: server.source,
  catalogEntry: server.catalogEntry,
  enabled: server.enabled,
  state: health.state,
  problem: health.problem,
  nextTryAt: health.nextTryAt === null ? null : toTimestamp(health.nextTryAt),
  startedAt: health.startedAt === null ? null : toTimestamp(health.startedAt),
  restarts: health.restarts,
  pid: health.pid,
  serverVersion: health.serverVersion ?? server.serverVersion,
  protocolVersion: health.protocolVersion ?? server.protocolVersion,
  toolCount: server.toolCount,
  isolated: false,
  createdAt: server.createdAt,
  updatedAt: server.updatedAt,
});

const notFound = (id: string): ProblemError =>
  problem('SERVER_001', { detail: `No server is called "${id}".`, next: 'The list of servers shows the names.' });

const nameTaken = (id: string): ProblemError =>
  problem('SERVER_002', {
    detail: `A server is called "${id}" already.`,
    next: 'Choose another name, or remove that server first.',
  });
