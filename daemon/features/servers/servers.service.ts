// Servers as a person knows them: what is stored, joined with what runs now. It decides what shall run; the supervisor makes it so.
import { type Problem, problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import { isFile } from '../../../shared/api/secrets.ts';
import type { ServerConfiguration, ServerConfigurationChange } from '../../../shared/api/server-configuration.ts';
import type { MCPServer, MCPServerDetail, NewServer } from '../../../shared/api/servers.ts';
import type { ServerState } from '../../../shared/domain/server-state.ts';
import type { Engine, ServerInProfile } from '../../engines/engine.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { ServerHealth, Supervisor } from '../../supervision/supervisor.ts';
import { createDockerRows, type DockerRows } from './docker-rows.ts';
import { createProfileMirror, type DockerServers, withoutDocker } from './docker-servers.ts';
import { type LaunchSecrets, refuseMisplaced, withSecrets } from './launch-secrets.ts';
import { beingRemoved, listByState, nameTaken, serverNotFound, toMCPServer } from './present-server.ts';
import { applyChange, defaultConfiguration, refuseForeign } from './server-configuration.ts';
import type { StoredServer } from './server-rows.ts';
import type { ServerFilter, ServerRepository } from './servers.repository.ts';
import { allowedFor } from './tool-choice.ts';

/** Who starts a server that nobody has just asked for. */
const byItself = 'daemon';

export interface NewStoredServer {
  id: string;
  title: string;
  description: string;
  source: MCPServer['source'];
  catalogEntry: string | null;
  configuration: ServerConfigurationChange;
  /** Of a server that Docker's profile has got. */
  inProfile?: ServerInProfile | undefined;
}

export interface ServerService {
  /** Of a scope that is given, only those. */
  list(filter: ServerFilter & { state?: ServerState | undefined; scope?: readonly string[] | null }): Page<MCPServer>;
  get(id: string): MCPServerDetail;
  exists(id: string): boolean;
  create(server: NewServer): Promise<MCPServer>;
  /** Stores a server whose files are in place. Errors: SERVER_002. */
  add(server: NewStoredServer): MCPServer;
  /** Errors: SERVER_001, SERVER_009, SERVER_010, REQUEST_001, and those of docker mcp. */
  update(
    id: string,
    change: {
      title?: string | undefined;
      description?: string | undefined;
      configuration?: ServerConfigurationChange | undefined;
    },
  ): Promise<MCPServerDetail>;
  remove(id: string): Promise<void>;
  /** `caller`: for the record of secrets that the server is given. */
  start(id: string, caller?: string): Promise<MCPServer>;
  stop(id: string): Promise<MCPServer>;
  restart(id: string, caller?: string): Promise<MCPServer>;
  configuration(id: string): ServerConfiguration;
  /** Starts everything that shall run, side by side; a failure is the server's own state and nobody else's. */
  restore(): Promise<void>;
  present(id: string): MCPServer | undefined;
  /** The servers of one Docker profile. */
  ofProfile(profile: string): MCPServer[];
  all(): StoredServer[];
  onHealth(id: string, health: ServerHealth): void;
  readonly docker: DockerRows;
}

export interface ServerServiceOptions {
  repository: ServerRepository;
  engines: { process: Engine; docker?: Engine | undefined };
  /** Default: no server is Docker's. */
  docker?: DockerServers | undefined;
  supervisor: Supervisor;
  clock: Clock;
  /** Waits until what a server offers is known, so that who started it can use it at once. */
  whenKnown: (id: string) => Promise<void>;
  secrets: LaunchSecrets;
  publish: (
    event: { type: 'server.changed'; server: MCPServer } | { type: 'server.removed'; serverId: string },
  ) => void;
}

export function createServerService(options: ServerServiceOptions): ServerService {
  const { repository, engines, supervisor, clock, whenKnown, secrets, publish } = options;
  const docker = options.docker ?? withoutDocker;
  /** Servers that are being removed: nothing else may be done to them. */
  const leaving = new Set<string>();
  let dockerProblem: Problem | null = null;
  const now = () => toTimestamp(clock.now());
  const mirror = createProfileMirror({ repository, docker, now });

  const stored = (id: string): StoredServer => {
    const server = repository.find(id);
    if (!server) throw serverNotFound(id);
    return server;
  };
  const configuration = (id: string): ServerConfiguration => {
    const found = repository.configuration(id);
    if (!found) throw serverNotFound(id);
    return found;
  };
  const updateOf = ({ catalogRef, nameInProfile, definition }: StoredServer): MCPServer['update'] => {
    if (catalogRef === null || nameInProfile === null || definition === null) return null;
    const offer = docker.offered(catalogRef, nameInProfile);
    return offer ? docker.findUpdate(definition, offer.definition) : null;
  };
  const present = (server: StoredServer): MCPServer =>
    toMCPServer(server, supervisor.health(server.id), {
      update: updateOf(server),
      engineProblem: server.engine === 'docker' ? dockerProblem : null,
    });
  const changed = (id: string): MCPServer => {
    const server = present(stored(id));
    publish({ type: 'server.changed', server });
    return server;
  };
  const refuseIfLeaving = (id: string) => {
    if (leaving.has(id)) throw beingRemoved(id);
  };
  const engineOf = ({ engine, id }: Pick<StoredServer, 'engine' | 'id'>): Engine => {
    const found = engines[engine];
    if (found) return found;
    throw problem('ENGINE_001', {
      detail: `"${id}" is a server of Docker, and Docker is not here.`,
      next: 'Install Docker and its MCP plugin.',
    });
  };
  const describe = ({ definition }: Pick<StoredServer, 'definition'>) => docker.describe(definition ?? {});
  /** The first start is its caller's, every later one the daemon's own. */
  const plan = (id: string, caller: string) => {
    let by = caller;
    return async () => {
      const given = configuration(id);
      const server = stored(id);
      const inProfile = mirror.inProfile(server);
      const launch = await engineOf(server).plan({ id, source: server.source, configuration: given, inProfile });
      // It was stopped while its files were looked for: nobody would take back what it is given now.
      if (given.secretReferences.some(isFile) && hasEnded(supervisor.health(id).state)) throw stoppedMeanwhile(id);
      const handedOver = secrets.handOver(id, given.secretReferences, by);
      by = byItself;
      return withSecrets(launch, handedOver);
    };
  };
  const checkReferences = (
    server: Pick<StoredServer, 'id' | 'engine' | 'source' | 'definition'>,
    change: ServerConfigurationChange | undefined,
  ) => {
    if (!change?.secretReferences) return;
    refuseMisplaced({ ...server, slots: describe(server).secretSlots }, change.secretReferences);
    secrets.check(server.id, change.secretReferences);
  };
  const launch = (id: string, caller = byItself) => {
    const { restart, session, limits } = configuration(id);
    const { startSeconds, messageBytes, concurrentCalls, waitingCalls } = limits;
    const policy = { restart, session, startSeconds, messageBytes, concurrentCalls, waitingCalls };
    return supervisor.start(id, plan(id, caller), policy);
  };
  const drop = async (id: string): Promise<void> => {
    repository.remove(id);
    supervisor.forget(id);
    publish({ type: 'server.removed', serverId: id });
  };
  const tellGateway = (profile: string): void => {
    const rows = repository.ofProfile(profile);
    docker.changed(
      profile,
      rows.flatMap(row => mirror.inProfile(row) ?? []),
    );
  };
  /** Settings and tools of a Docker server are Docker's: they are written there, and what it has then is copied. */
  const writeThrough = async (server: StoredServer, change: ServerConfigurationChange): Promise<void> => {
    const place = mirror.inProfile(server);
    if (!place) return;
    const { settings, disabledTools } = change;
    const choice = { allowed: server.allowedTools, known: mirror.knownTools(server) };
    const tools = disabledTools && allowedFor(choice, disabledTools, server.title);
    if (settings === undefined && tools === undefined) return;
    mirror.write(await docker.configure(place, { settings, tools }));
    tellGateway(place.profile);
  };
  const rows = createDockerRows({
    ...{ repository, mirror, supervisor, docker, leaving, changed, drop, tellGateway, launch },
    onProblem: next => {
      dockerProblem = next;
    },
  });

  const service: ServerService = {
    list({ state, scope, ...filter }) {
      const inState =
        state && repository.all().flatMap(server => (supervisor.health(server.id).state === state ? [server.id] : []));
      const ids = scope ? scope.filter(id => !inState || inState.includes(id)) : inState;
      if (filter.sort_by === 'state') return listByState(repository, supervisor, { ...filter, ids }, present);
      const page = repository.list({ ...filter, ids });
      return { ...page, items: page.items.map(present) };
    },
    get(id) {
      const server = stored(id);
      const { settingsSchema, secretSlots } = describe(server);
      return {
        ...present(server),
        configuration: configuration(id),
        instructions: supervisor.health(id).instructions ?? server.instructions,
        output: supervisor.output(id),
        settingsSchema,
        secretSlots,
        changesApply: server.profile === null ? null : docker.changesApply(server.profile),
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
    add({ id, title, description, source, catalogEntry, configuration: change, inProfile }) {
      if (repository.find(id)) throw nameTaken(id);
      const engine = inProfile ? 'docker' : 'process';
      checkReferences({ id, engine, source, definition: inProfile?.definition ?? null }, change);
      refuseForeign(engine, change);
      const at = now();
      if (inProfile) {
        const { settings, disabledTools, ...rest } = change;
        const row = mirror.write(inProfile, { id, catalogEntry });
        repository.saveConfiguration(applyChange(configuration(row.id), rest, at));
        return changed(row.id);
      }
      const facts = { serverVersion: null, protocolVersion: null, instructions: null };
      const notDocker = { profile: null, nameInProfile: null, catalogRef: null, definition: null, previous: null };
      const times = { createdAt: at, updatedAt: at };
      repository.insert(
        {
          ...{ id, title, description, engine, source, catalogEntry, enabled: false },
          ...{ ...notDocker, allowedTools: null, ...facts, ...times },
        },
        applyChange(defaultConfiguration(id, at), change, at),
      );
      return changed(id);
    },
    async update(id, { title, description, configuration: change }) {
      refuseIfLeaving(id);
      const server = stored(id);
      checkReferences(server, change);
      if (change) {
        refuseForeign(server.engine, change);
        if (server.engine === 'docker') await writeThrough(server, change);
        const { settings, disabledTools, ...rest } = change;
        const ours = server.engine === 'docker' ? rest : change;
        repository.saveConfiguration(applyChange(configuration(id), ours, now()));
      }
      repository.update(
        id,
        { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) },
        now(),
      );
      changed(id);
      return service.get(id);
    },
    async remove(id) {
      const server = stored(id);
      refuseIfLeaving(id);
      leaving.add(id);
      const inProfile = mirror.inProfile(server);
      try {
        repository.update(id, { enabled: false }, now());
        await supervisor.stop(id);
        // Docker has to let it go first, or the row would come back with the next reading.
        if (inProfile) await engineOf(server).remove({ id, inProfile });
        // The row goes first: a folder without a row is cleared away at the next start, a row without a folder is a broken server.
        await drop(id);
        if (!inProfile) await engineOf(server).remove({ id });
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
    ofProfile: profile => repository.ofProfile(profile).map(present),
    all: () => repository.all(),
    onHealth(id, health) {
      if (hasEnded(health.state)) secrets.takeBack(id);
      const server = repository.find(id);
      if (!server) return;
      if (health.state === 'running') {
        const { serverVersion, protocolVersion, instructions } = health;
        repository.saveFacts(id, { serverVersion, protocolVersion, instructions });
      }
      changed(id);
    },
    docker: rows,
  };
  return service;
}

const hasEnded = (state: ServerState): boolean => !['starting', 'running', 'stopping'].includes(state);

const stoppedMeanwhile = (id: string) =>
  problem('SERVER_003', { detail: `"${id}" was stopped while it was being started.`, next: 'Start it again.' });
