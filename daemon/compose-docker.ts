// What Docker adds to the daemon: its features, wired to its engine and to those that every engine has.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { DaemonStatus } from '../shared/api/daemon.ts';
import { findUpdate } from './engines/docker/definition.ts';
import { createInventory } from './engines/docker/inventory.ts';
import { volumesOfServers } from './engines/docker/named-volumes.ts';
import { describeDefinition } from './engines/docker/server-facts.ts';
import type { DockerEngine } from './engines/docker-engine.ts';
import type { Catalogs } from './features/catalog/create-catalogs.ts';
import { createClientBackups } from './features/clients/client-backups.repository.ts';
import { clientHandlers } from './features/clients/clients.routes.ts';
import { createClientService } from './features/clients/clients.service.ts';
import { containerHandlers } from './features/containers/containers.routes.ts';
import { createContainerService } from './features/containers/containers.service.ts';
import { createDockerFeature } from './features/docker/docker.routes.ts';
import { doctorHandlers } from './features/doctor/doctor.routes.ts';
import { createDoctor } from './features/doctor/doctor.service.ts';
import type { DoctorServer } from './features/doctor/doctor-needs.ts';
import { createGatewayRepository } from './features/gateways/gateways.repository.ts';
import { gatewayHandlers } from './features/gateways/gateways.routes.ts';
import { createGatewayService } from './features/gateways/gateways.service.ts';
import type { OperationService } from './features/operations/operations.service.ts';
import { createProfileRepository } from './features/profiles/profiles.repository.ts';
import { profileHandlers } from './features/profiles/profiles.routes.ts';
import { createProfileService, type ProfileService } from './features/profiles/profiles.service.ts';
import type { Secrets } from './features/secrets/create-secrets.ts';
import type { DockerServers } from './features/servers/docker-servers.ts';
import type { ServerService } from './features/servers/servers.service.ts';
import type { EventHub } from './http/event-hub.ts';
import type { Clock } from './platform/clock.ts';
import type { DaemonConfig } from './platform/config.ts';
import { readLastLines } from './platform/log-tail.ts';

/** What servers are told of Docker; the catalogs are made later than they are. */
export const dockerForServers = (
  docker: DockerEngine,
  catalogs: () => Pick<Catalogs, 'definition'>,
  onFailure: (error: unknown) => void,
): DockerServers => ({
  configure: (server, change) => docker.profiles.configure(server, change),
  describe: describeDefinition,
  findUpdate,
  offered: (catalogRef, name) => catalogs().definition(catalogRef, name),
  changesApply: profile => docker.gateways.status(profile).editsApply,
  changed: (profile, servers) => void docker.gateways.profileChanged(profile, servers).catch(onFailure),
});

export interface DockerParts {
  config: DaemonConfig;
  database: Database;
  clock: Clock;
  events: EventHub;
  docker: DockerEngine;
  servers: ServerService;
  catalogs: Catalogs;
  operations: OperationService;
  secrets: Secrets;
  /** Takes the vault's values and the owner's token out of a text. */
  redact: (text: string) => string;
  status: () => Promise<DaemonStatus>;
  logFailure: (error: unknown, what?: string) => void;
}

export interface ComposedDocker {
  handlers: ReturnType<typeof toHandlers>;
  profiles: ProfileService;
  /** A server has changed: its profile is shown again. */
  serverChanged(profile: string | null): void;
  /** A reference to a secret may be gone: so is then what was put into Docker's own store for it. */
  keepStored(): void;
  /** Remembers what was chosen in earlier lives; before anything is started. */
  restore(): Promise<void>;
  /** Begins to look at Docker, in the background. */
  start(): void;
  /** Nothing is read any more. Before the servers are stopped. */
  stopFollowing(): Promise<void>;
  /** After the servers have stopped. */
  close(): Promise<void>;
}

export function composeDocker(parts: DockerParts): ComposedDocker {
  const { database, clock, events, docker, servers, catalogs, operations, logFailure } = parts;
  const { publish } = events;
  const inProfile = (profile: string) => servers.ofProfile(profile);
  let isClosed = false;
  /** Profiles of which a server has changed. Many servers change at once, and each showing reads all of its profile. */
  const toShow = new Set<string>();
  const showSoon = (profile: string): void => {
    if (toShow.size === 0) {
      setImmediate(() => {
        const due = [...toShow];
        toShow.clear();
        if (!isClosed) for (const each of due) profiles.touch(each);
      });
    }
    toShow.add(profile);
  };
  const filled = (id: string): ReadonlySet<string> => {
    if (!servers.exists(id)) return new Set();
    const { secretReferences, environment } = servers.configuration(id);
    const referred = secretReferences.flatMap(each => ('header' in each ? [] : [each.environmentVariable]));
    return new Set([...referred, ...Object.keys(environment)]);
  };
  const keepStored = (): void => {
    if (isClosed) return;
    docker.keepStored(filled).catch(error => logFailure(error, 'Docker’s secret store'));
  };
  const stopListening: (() => void)[] = [];
  /** From the first time on that Docker's profiles could be read: a machine without Docker is not watched. */
  const followCatalogs = () => {
    const refresh = () => void catalogs.refresh();
    stopListening.push(
      docker.onStatusChange(({ available }) => available && refresh()),
      docker.profiles.onForeignChange(refresh),
    );
    refresh();
  };
  const inventory = createInventory({
    engine: docker,
    async apply(found) {
      profiles.reconcile(found);
      await servers.docker.reconcile(found.flatMap(profile => profile.servers));
      // Changes of catalogs that are ours read them by themselves; a change of a profile is none of them.
      if (stopListening.length === 0) followCatalogs();
    },
    onProblem: problem => servers.docker.setProblem(problem),
    onFailure: error => logFailure(error, 'inventory'),
  });
  const profileRepository = createProfileRepository(database);
  const profiles = createProfileService({
    repository: profileRepository,
    control: docker.profiles,
    refresh: inventory.refresh,
    servers: { inProfile },
    gateways: docker.gateways,
    runOperation: (what, work) => operations.runOperation(what, work),
    clock,
    publish,
  });
  const gateways = createGatewayService({
    repository: createGatewayRepository(database),
    control: docker.gateways,
    servers: {
      inProfile: profile => inProfile(profile).map(({ id }) => id),
      start: (id, caller) => servers.start(id, caller),
      stop: id => servers.stop(id),
    },
    profiles: () => profileRepository.all(),
    publish,
  });
  const containers = createContainerService({
    control: docker.containers,
    servers: () => servers.all().flatMap(({ id }) => servers.present(id) ?? []),
    volumes: () => volumesOfServers(servers.all()),
    publish,
  });
  const clients = createClientService({
    backups: createClientBackups(database, join(parts.config.home, 'client-backups')),
    clock,
    publish,
    home: homedir(),
    redact: parts.redact,
    // Before the profiles have been read nothing is known, and docker mcp is left to say it.
    hasProfile: id => profiles.exists(id) || (profileRepository.all().length > 0 ? false : undefined),
    control: docker.clients,
  });
  const feature = createDockerFeature({
    status: docker.status,
    look: docker.look,
    onStatusChange: docker.onStatusChange,
    readAnew: async () => void (await Promise.all([inventory.refresh(), catalogs.refresh()])),
    publish,
    onFailure: logFailure,
  });
  const doctor = createDoctor(doctorNeeds(parts, { gateways, containers }));

  return {
    handlers: toHandlers({ feature, profiles, gateways, containers, clients, doctor }),
    profiles,
    serverChanged: profile => {
      if (profile === null) return;
      showSoon(profile);
      keepStored();
    },
    keepStored,
    restore: () => gateways.restore(),
    start() {
      inventory.start();
      keepStored();
    },
    stopFollowing: () => inventory.close(),
    async close() {
      isClosed = true;
      for (const stop of stopListening) stop();
      feature.close();
      gateways.close();
      containers.close();
      await docker.close();
    },
  };
}

interface Features {
  feature: ReturnType<typeof createDockerFeature>;
  profiles: ProfileService;
  gateways: ReturnType<typeof createGatewayService>;
  containers: ReturnType<typeof createContainerService>;
  clients: ReturnType<typeof createClientService>;
  doctor: ReturnType<typeof createDoctor>;
}

const toHandlers = ({ feature, profiles, gateways, containers, clients, doctor }: Features) => ({
  ...feature.handlers,
  ...profileHandlers(profiles),
  ...gatewayHandlers(gateways),
  ...containerHandlers(containers),
  ...clientHandlers(clients),
  ...doctorHandlers(doctor),
});

function doctorNeeds(
  parts: DockerParts,
  { gateways, containers }: Pick<Features, 'gateways' | 'containers'>,
): Parameters<typeof createDoctor>[0] {
  const { config, docker, servers, catalogs, operations, secrets, status, logFailure } = parts;
  const all = { page: 1, sort_order: 'asc' } as const;
  return {
    environment: process.env,
    status,
    docker: {
      status: docker.status,
      look: docker.look,
      engineTime: docker.doctor.engineTime,
      surroundings: docker.doctor.surroundings,
      enableProfiles: docker.doctor.enableProfiles,
    },
    images: {
      find: docker.doctor.findImage,
      pull: async image => {
        const what = { kind: 'pull-image', title: `Pull the image ${image}`, serverId: null } as const;
        const { id } = operations.runOperation(what, context => docker.doctor.pullImage(image, context));
        return { operationId: id };
      },
    },
    sweep: dryRun => containers.sweep(dryRun),
    catalogs: async () => (await catalogs.list({ ...all, limit: 100, sort_by: 'title' })).items,
    gateways: {
      list: () => gateways.list({ ...all, limit: 1_000, sort_by: 'profile' }).items,
      output: docker.gateways.output,
      restart: async profile => void (await gateways.restart(profile, 'doctor')),
    },
    servers: () => servers.all().map(({ id }) => toDoctorServer(servers, id)),
    secretHasValue: secrets.hasValue,
    vaultWarnings: secrets.warnings,
    leftovers: docker.doctor.leftovers,
    operations: () => operations.list({ page: 1, limit: 50, sort_by: 'started_at', sort_order: 'desc' }).items,
    daemonLog: () => readLastLines(config.logFile),
    redact: parts.redact,
    onFailure: logFailure,
  };
}

function toDoctorServer(servers: ServerService, id: string): DoctorServer {
  const { configuration, settingsSchema, secretSlots, output: _, instructions: __, ...server } = servers.get(id);
  const definition = server.engine === 'docker' ? servers.docker.of(id).inProfile.definition : null;
  return { server, configuration, settingsSchema, secretSlots, definition };
}
