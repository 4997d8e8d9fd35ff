// The composition root: the one place that creates everything and hands each part what it needs, and no more.
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Problem } from '../shared/api/problem.ts';
import { createApp } from './app.ts';
import { composeDocker, dockerForServers } from './compose-docker.ts';
import { composeGuards } from './compose-guards.ts';
import { composeTests } from './compose-tests.ts';
import { composeTools, withApprovedInstructions } from './compose-tools.ts';
import type { Bitwarden } from './engines/bitwarden-account.ts';
import { checkSettings } from './engines/docker/settings-check.ts';
import type { CreateDockerEngine } from './engines/docker-engine.ts';
import type { Engine } from './engines/engine.ts';
import { createNoBitwarden } from './engines/no-bitwarden.ts';
import { createNoDocker } from './engines/no-docker.ts';
import { resolveInputs } from './engines/process/inputs.ts';
import type { Address } from './features/access/access.routes.ts';
import { type AccessOptions, createAccess } from './features/access/create-access.ts';
import { createAuditAnchors } from './features/audit/anchors.ts';
import { createAuditRepository } from './features/audit/audit.repository.ts';
import { auditHandlers } from './features/audit/audit.routes.ts';
import { createBitwardenFeature } from './features/bitwarden/create-bitwarden.ts';
import { createCatalogs } from './features/catalog/create-catalogs.ts';
import { createContainerOwnerRepository } from './features/containers/containers.repository.ts';
import { createGateway } from './features/gateway/create-gateway.ts';
import { createGatewayDoor } from './features/gateway/gateway.door.ts';
import { createStoredSecretRepository } from './features/gateways/stored-secrets.repository.ts';
import { createOperationRepository } from './features/operations/operations.repository.ts';
import { operationHandlers } from './features/operations/operations.routes.ts';
import { createOperationService } from './features/operations/operations.service.ts';
import { createSecrets } from './features/secrets/create-secrets.ts';
import { argon2id } from './features/secrets/key-derivation.ts';
import { type MasterKeyPlaces, masterKeyPlaces } from './features/secrets/master-key.ts';
import { secretFilePlaces } from './features/secrets/secret-files.ts';
import { createServerTester } from './features/servers/server-tester.ts';
import { createServerRepository } from './features/servers/servers.repository.ts';
import { serverHandlers } from './features/servers/servers.routes.ts';
import { createServerService, type ServerService } from './features/servers/servers.service.ts';
import { type StatusSources, statusHandlers, toStatus } from './features/status/status.routes.ts';
import type { Tools } from './features/tools/create-tools.ts';
import type { Door, Front } from './http/door.ts';
import { createEventHub } from './http/event-hub.ts';
import { createEventStreams } from './http/event-response.ts';
import { findAssets } from './http/page.ts';
import { noRateLimits } from './http/rate-limit.ts';
import { type Clock, systemClock, toTimestamp } from './platform/clock.ts';
import type { DaemonConfig } from './platform/config.ts';
import { createIdleWatch } from './platform/idle.ts';
import type { Logger } from './platform/logger.ts';
import { createMemoryRelease, type Heap, systemAfter } from './platform/memory-release.ts';
import { version } from './platform/version.ts';
import { waitFor } from './platform/wait-for.ts';
import { openDatabase } from './storage/database.ts';
import type { ProcessSupervisor } from './supervision/create-supervisor.ts';
import type { SupervisorEvents } from './supervision/supervisor.ts';
import { createSupervisorRouter } from './supervision/supervisor-router.ts';

/** The outer world, so that tests can bring their own. */
export interface DaemonPorts {
  engine: Engine;
  /** Default: Docker is switched off. */
  docker?: CreateDockerEngine | undefined;
  /** Default: Bitwarden is switched off. */
  bitwarden?: Bitwarden | undefined;
  /** How long somebody waits whose account of Bitwarden is linked to nobody. Default: as long as bw takes. */
  unlinkedPauseMs?: number;
  createSupervisor(events: SupervisorEvents): ProcessSupervisor;
  logger: Logger;
  clock?: Clock;
  /** Where the vault's master key is looked for. Default: the generated file in the state folder alone. */
  masterKeys?: MasterKeyPlaces;
  /** What checking a password costs. Default: as much as is recommended. */
  passwordCosts?: AccessOptions['passwordCosts'];
  /** What is given back when nobody asks for anything. Default: the runtime's own way. */
  heap?: Heap;
}

export interface DaemonHooks {
  /** The daemon wants to end: it was asked to, or nobody uses it. */
  onStop(reason: string): void;
  /** The owner's token was replaced. */
  onTokenChanged(token: string): void;
}

export interface Daemon extends Front {
  readonly token: string;
  readonly startedAt: string;
  /** A text without any secret of the vault, and without the owner's token. Never throws. */
  redact(text: string): string;
  /** Tells the daemon where it is reached, once it is. */
  reachedAt(address: Address | null, warnings: Problem[]): void;
  /** Clears away what an earlier daemon left; to be done before anybody can ask for something new. */
  prepare(): Promise<void>;
  /** Starts the servers that shall run; resolves when all have been tried. */
  restore(): Promise<void>;
  /**
   * Ends in bounded time, and in this order: nobody new is taken in, requests under way get a moment, then streams, installs and
   * servers end, the doors close, and last the database.
   */
  close(reason: string, doors?: readonly Door[]): Promise<void>;
}

/** How long requests may still take when the daemon ends. */
const mostAnswerMs = 2_000;

/** Errors: those of openDatabase and of writing the state folder. */
export function compose(config: DaemonConfig, ports: DaemonPorts, hooks: DaemonHooks): Daemon {
  const { engine, logger, clock = systemClock } = ports;
  const startedAt = toTimestamp(clock.now());
  let address: Address | null = null;
  let warnings: Problem[] = [];
  let stopping = false;
  const logFailure = (error: unknown, what = 'background', requestId?: string) =>
    logger.error({ err: error, what, requestId });

  const database = openDatabase(join(config.home, 'quayside.db'));
  const events = createEventHub();
  const anchors = createAuditAnchors({
    file: join(config.home, 'audit-anchors.jsonl'),
    clock,
    settle: () => database.pragma('wal_checkpoint(passive)'),
    leastMs: 5_000,
    onFailure: logFailure,
  });
  const audit = createAuditRepository(database, clock, { anchors, onFailure: logFailure });
  // The supervisor tells of servers before the services that listen exist, but never before it was asked to start one.
  const late: { servers?: ServerService; tools?: Tools; isTemporary?: (serverId: string) => boolean } = {};
  const supervisorEvents: SupervisorEvents = {
    onHealth: (id, health) => {
      late.servers?.onHealth(id, health);
      gateway.serversChanged();
    },
    onOutput: (serverId, lines) => events.publish({ type: 'server.output', serverId, lines }),
    onToolsChanged: id => {
      late.tools?.refresh(id).catch(error => logFailure(error, `tools of ${id}`));
    },
    onListChanged: (id, what) => {
      // Of tools once the new ones are known: a client asks for them at once.
      const known = what === 'tools' ? late.tools?.refreshed(id) : undefined;
      if (known) void known.then(() => gateway.listChanged(id, what));
      else gateway.listChanged(id, what);
    },
  };
  const ownership = createContainerOwnerRepository(database, clock);
  const storedSecrets = createStoredSecretRepository(database);
  const docker = ports.docker?.({ ownership, storedSecrets }) ?? createNoDocker(() => new Date(clock.now()));
  const serverRepository = createServerRepository(database);
  const processes = ports.createSupervisor(supervisorEvents);
  const supervisor = createSupervisorRouter({
    processes,
    gateways: docker.createSupervisor(supervisorEvents),
    runsInGateway: id => serverRepository.engineOf(id) === 'docker',
  });

  const secrets = createSecrets({
    database,
    places: ports.masterKeys ?? masterKeyPlaces({}, join(config.home, 'master.key')),
    filePlaces: secretFilePlaces(config.home, process.env),
    clock,
    audit,
    publish: event => {
      events.publish(event);
      if (event.type === 'secret.removed') dockerFeatures.keepStored();
    },
    onFailure: logFailure,
    // Servers that were to run but had to wait for their secrets.
    onOpened: () => {
      for (const { id, enabled } of servers.all()) {
        if (!enabled || supervisor.health(id).problem?.code !== 'SECRET_003') continue;
        // Why it failed is its state; what the server said of it belongs into no log.
        servers.start(id).catch(() => {});
      }
    },
  });
  const bitwarden = createBitwardenFeature({
    database,
    bitwarden: ports.bitwarden ?? createNoBitwarden(),
    places: secretFilePlaces(config.home, process.env),
    sealed: secrets.sealed,
    secrets: secrets.synchronised,
    clock,
    audit,
    publish: events.publish,
    onFailure: logFailure,
    unlinkedPauseMs: ports.unlinkedPauseMs,
  });
  const access = createAccess({
    database,
    home: config.home,
    clock,
    audit,
    address: () => address,
    argon2id,
    passwordCosts: ports.passwordCosts,
    sealed: secrets.sealed,
    clientSecrets: secrets.clientSecrets,
    bitwarden,
    onTokenChanged: hooks.onTokenChanged,
    onChanged: () => events.publish({ type: 'access.changed' }),
    onFailure: logFailure,
  });
  const servers = createServerService({
    repository: serverRepository,
    engines: { process: engine, docker },
    docker: dockerForServers(
      docker,
      () => catalogs,
      error => logFailure(error, 'gateway'),
    ),
    supervisor,
    clock,
    secrets,
    whenKnown: async id => await late.tools?.refreshed(id),
    publish: event => {
      late.tools?.invalidate();
      gateway.serversChanged();
      events.publish(event);
      if (event.type === 'server.changed') dockerFeatures.serverChanged(event.server.profile);
      if (event.type === 'server.removed') dockerFeatures.keepStored();
    },
  });
  late.servers = servers;
  const redact = (text: string): string => secrets.hideValues(text).replaceAll(access.token, '•••');
  const guards = composeGuards({
    ...{ database, clock, audit, servers },
    publish: events.publish,
    facts: id => {
      if (!servers.exists(id)) return undefined;
      const { source, instructions } = servers.get(id);
      return { source, instructions };
    },
    isHidden: (id, tool) =>
      serverRepository.engineOf(id) === 'docker' && servers.configuration(id).disabledTools.includes(tool),
    hideValues: redact,
    onChanged: id => {
      late.tools?.invalidate();
      gateway.listChanged(id, 'tools');
    },
  });
  const { tools, calls, recorder, screen } = composeTools({
    ...{ database, home: config.home, clock, servers },
    session: id => supervisor.session(id),
    upstreams: supervisor.upstreams,
    guard: guards,
    // The other version in a comparison is nobody's to call.
    isQuarantined: (id, tool) => guards.isQuarantined(id, tool) || late.isTemporary?.(id) === true,
    seen: guards.seen,
    onRead: guards.read,
    alsoFinished: guards.finished,
    hideValues: secrets.hideValues,
    isVaultLocked: secrets.isLocked,
    catalogEntry: id => catalogs.entry(id),
    publish: events.publish,
    onChanged: serverId => gateway.listChanged(serverId, 'tools'),
    onFailure: logFailure,
  });
  late.tools = tools;

  const operationRepository = createOperationRepository(database);
  const catalogs = createCatalogs({
    database,
    engine,
    control: docker.catalogs,
    installed: servers.all,
    transfers: { runOperation: (what, work) => operations.runOperation(what, work) },
    clock,
    publish: event => {
      events.publish(event);
      // What a server may be updated to is in its catalog.
      servers.docker.announce();
    },
    onFailure: logFailure,
  });
  const operations = createOperationService({
    repository: operationRepository,
    engines: { process: engine, docker },
    clock,
    publish: events.publish,
    onFailure: logFailure,
    needs: {
      catalogEntry: catalogs.entry,
      applyInputs: resolveInputs,
      serverExists: servers.exists,
      addServer: servers.add,
      startServer: servers.start,
      stopServer: servers.stop,
      removeServer: servers.remove,
      docker: {
        ...servers.docker,
        chooseProfile: wanted => dockerFeatures.profiles.choose(wanted),
        checkSettings,
        checkSecrets: (title, slots, references, complete) =>
          servers.docker.checkSecrets(slots, title, references, complete),
        place: catalogs.place,
        of: id => ({
          ...servers.docker.of(id),
          references: servers.configuration(id).secretReferences,
          isRunning: supervisor.health(id).state === 'running',
        }),
      },
    },
  });
  const gateway = createGateway({
    upstreams: withApprovedInstructions(supervisor.upstreams, guards.instructions),
    tools: { exposed: tools.exposed },
    prompts: { names: tools.promptNames },
    servers: {
      // As they were added, so that a new one moves none of those that clients know.
      ids: () =>
        servers
          .all()
          .toSorted((a, b) => (a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? -1 : 1))
          .map(({ id }) => id),
      profileOf: id => servers.present(id)?.profile ?? null,
      callSeconds: tools.callSeconds,
    },
    guard: guards,
    recorder,
    screen,
    onLeft: guards.left,
    onRead: guards.read,
    audit,
    version,
    clock,
    onFailure: logFailure,
    onChanged: () => events.publish({ type: 'mcp.changed' }),
  });

  const tests = composeTests({
    database,
    calls: {
      ...{ upstreams: supervisor.upstreams, guard: guards, recorder, clock, version },
      ...{ onRead: guards.read, onLeft: guards.left },
    },
    servers,
    operations,
    history: calls.handlers,
    lifelines: access.lifelines,
    hideValues: secrets.hideValues,
    publish: events.publish,
    onFailure: logFailure,
  });

  late.isTemporary = tests.isTemporary;

  const streams = createEventStreams(events);
  const tester = createServerTester({ database, servers, supervisor, clock });
  const idle = createIdleWatch({
    seconds: config.idleExitSeconds,
    isBusy: () =>
      operations.running + tests.running > 0 || events.subscribers > 0 || tools.callsInFlight > 0 || gateway.busy > 0,
    onIdle: () => hooks.onStop('nobody uses it'),
  });

  const memory = createMemoryRelease({ heap: ports.heap, now: () => performance.now(), after: systemAfter });

  const statusSources: StatusSources = {
    version,
    startedAt,
    home: config.home,
    socket: config.socket,
    persistent: config.idleExitSeconds === null,
    url: () => address?.url ?? null,
    clients: () => events.subscribers,
    engines: async () => await Promise.all([engine.probe(), docker.probe()]),
    servers: () => servers.all().map(({ id }) => supervisor.health(id)),
    warnings: () => [...warnings, ...secrets.warnings()],
    isStopping: () => stopping,
    stop: reason => {
      stopping = true;
      // After the answer has gone out.
      setTimeout(() => hooks.onStop(reason), 50);
    },
  };
  const dockerFeatures = composeDocker({
    config,
    database,
    clock,
    events,
    docker,
    servers,
    catalogs,
    operations,
    secrets,
    redact,
    status: () => toStatus(statusSources),
    logFailure,
  });

  const front = {
    hostNames: config.hostNames ?? [],
    authenticator: access,
    lifelines: access.lifelines,
    now: clock.now,
    gateway,
    onFailure: logFailure,
    onRequest: () => {
      memory.noticed();
      return idle.enter();
    },
  };
  const app = createApp({
    ...front,
    rateLimits: config.rateLimits ?? noRateLimits,
    addRoutes: access.addRoutes,
    audit,
    version,
    assets: findAssets(),
    openEvents: streams.open,
    handlers: {
      ...statusHandlers(statusSources),
      ...dockerFeatures.handlers,
      ...serverHandlers(servers, tester, guards.instructions),
      ...tools.handlers,
      ...calls.handlers,
      ...guards.handlers,
      ...tests.handlers,
      ...gateway.handlers,
      ...catalogs.handlers,
      ...operationHandlers(operations),
      ...access.handlers,
      ...auditHandlers(audit, version),
      ...secrets.handlers,
      ...bitwarden.handlers,
    },
  });

  let restoring = Promise.resolve();
  const prepare = async (): Promise<void> => {
    const interrupted = operationRepository.interruptUnfinished(toTimestamp(clock.now()));
    if (interrupted > 0) logger.warn({ interrupted }, 'installs were interrupted by the end of the last daemon');
    const orphans = await processes.sweepOrphans();
    if (orphans > 0) logger.warn({ orphans }, 'ended processes that the last daemon left behind');
    await tests.prepare().catch(error => logFailure(error, 'tests'));
    const known = new Set(servers.all().map(({ id }) => id));
    await Promise.all(
      [engine, docker].map(each => each.tidy(known).catch(error => logFailure(error, `tidy ${each.kind}`))),
    );
  };
  const restore = async (): Promise<void> => {
    if (stopping) return;
    secrets.resume();
    await dockerFeatures.restore();
    // In the background: a Docker that is slow or away keeps nobody waiting.
    dockerFeatures.start();
    await servers.restore();
    memory.noticed();
  };

  return {
    app,
    takeAtOnce: createGatewayDoor(front),
    startedAt,
    redact,
    get token() {
      return access.token;
    },
    reachedAt(at, found) {
      address = at;
      warnings = found;
    },
    prepare,
    restore() {
      restoring = restore();
      return restoring;
    },
    async close(reason, doors = []) {
      stopping = true;
      idle.stop();
      memory.stop();
      events.publish({ type: 'daemon.stopping', reason });
      // Whoever follows knows of it before anybody is refused, and takes it for no crash.
      await nextTurn();
      for (const door of doors) door.refuse();
      guards.close();
      const isAnswered = () => idle.present === 0 && tools.callsInFlight === 0;
      await waitFor(() => isAnswered() || doors.every(door => door.isEmpty()), mostAnswerMs);
      streams.closeAll();
      await tests.close();
      await Promise.allSettled([operations.close(), gateway.close(), dockerFeatures.stopFollowing()]);
      await supervisor.close();
      await dockerFeatures.close();
      await restoring.catch(error => logFailure(error, 'restore'));
      // Calls of servers that have ended are answered by now; whoever asks for the database is let go of before it closes.
      await Promise.all(doors.map(door => door.close()));
      catalogs.close();
      await bitwarden.close();
      await secrets.close();
      tools.close();
      calls.close();
      audit.close();
      database.pragma('wal_checkpoint(truncate)');
      database.close();
    },
  };
}
