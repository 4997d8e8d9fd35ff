// Docker's engine, put together: one command line, one way to the Engine API, and the parts that work with them. Nothing is started
// or looked at before somebody asks; a machine without Docker is found out by a look at PATH.
import { join } from 'node:path';
import { ProblemError, problem } from '../../../shared/api/problem.ts';
import { createChildMarker } from '../../supervision/child-marker.ts';
import { createGuardian } from '../../supervision/guardian.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import type { DockerEngine, DockerMemory } from '../docker-engine.ts';
import type { CatalogOffer, Engine } from '../engine.ts';
import { type CliLimits, type CliRunnerOptions, createCliRunner } from '../run.ts';
import { createContainerService } from './api/container-service.ts';
import { createContainerWatch } from './api/containers.ts';
import { allowedForHelpers, createAskCredentialHelper } from './api/credential-helpers.ts';
import { createEngineApi, type EngineApi } from './api/engine-api.ts';
import { createImageControl } from './api/images.ts';
import { createOwnership, newGatewayMark } from './api/ownership.ts';
import { findRegistryLogin } from './api/registry-login.ts';
import { createCatalogControl } from './catalog-control.ts';
import { createDockerCli, createDockerRunner, createProbeCli, type DockerCli } from './cli/docker-cli.ts';
import { dockerEnvironment } from './cli/docker-environment.ts';
import { createClientControl } from './clients-control.ts';
import { installServer } from './docker-install.ts';
import { createDoctorControl } from './doctor-control.ts';
import { createDockerSupervisor } from './gateway/create-docker-supervisor.ts';
import { createDockerStore } from './gateway/docker-store.ts';
import { createFifoMaker } from './gateway/fifo.ts';
import { watchDockerHome } from './home-watch.ts';
import { planServer } from './launch-plan.ts';
import { createDockerProbe, type DockerProbe } from './probe.ts';
import { createProfileControl } from './profile-control.ts';

export interface DockerEngineOptions {
  /** The daemon's own environment; QUAYSIDE_DOCKER names another docker command. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  home: string;
  /** Quayside's own, private. */
  stateFolder: string;
  /** Ours, as servers see it. */
  version: string;
  memory: DockerMemory;
  onFailure: (error: unknown) => void;
  /** Told of every try of a command, without its secrets. */
  onCommand?: CliRunnerOptions['onEnd'];
  platform?: NodeJS.Platform;
  /** Node, or Electron that can run as Node. */
  runtime?: string;
  /** How long commands may take, if the user has set it. */
  limits?: Partial<CliLimits>;
}

export function createDockerEngine(options: DockerEngineOptions): DockerEngine {
  const { home, stateFolder, onFailure, memory } = options;
  const platform = options.platform ?? process.platform;
  // Set by a person whose Docker Desktop is outside of this container.
  const inContainer = options.environment['DOCKER_MCP_IN_CONTAINER'] === '1';
  const environment = dockerEnvironment(options.environment, { inContainer });
  const dockerHome = environment['HOME'] ?? environment['USERPROFILE'] ?? home;
  const mcpFolder = join(dockerHome, '.docker', 'mcp');
  const catalogsFolder = join(mcpFolder, 'catalogs');
  const marker = createChildMarker(stateFolder);
  const guardian = createGuardian({ marker: marker.run, platform, runtime: options.runtime ?? process.execPath });
  const place = { marker, guardian, platform, ...(options.limits ? { limits: options.limits } : {}) };
  const program = options.environment['QUAYSIDE_DOCKER'] || 'docker';
  const told = options.onCommand ? { onEnd: options.onCommand } : {};
  const runner = createDockerRunner({ ...place, ...told, program, environment });
  const helpers = createCliRunner({
    ...place,
    program: 'docker-credential-none',
    environment,
    classify: ({ exitCode }) => (exitCode === 0 ? undefined : { failure: 'unknown' }),
    allowed: allowedForHelpers.map(words => ({ words, flags: [] })),
  });
  const api = createEngineApi({ environment, home: dockerHome, platform });

  const makeCli = (dialect: DockerCli['dialect'], flags: ReadonlySet<string>) =>
    createDockerCli({ runner, dialect, flags, catalogsFolder });
  const probe = createDockerProbe({
    environment: { ...environment, QUAYSIDE_DOCKER: options.environment['QUAYSIDE_DOCKER'] },
    home: dockerHome,
    platform,
    cli: createProbeCli(runner),
    ping: () => api.ping(),
    touch: ({ dialect, flags }, signal) => makeCli(dialect, flags).features.list({ signal }),
  });
  const cli = createLazyCli(probe, makeCli);

  const hostPlace = { environment, home: dockerHome, stateFolder, platform };
  const images = createImageControl({
    api,
    login: registry =>
      findRegistryLogin(registry, { environment, home: dockerHome, platform }, createAskCredentialHelper(helpers)),
  });
  const { profiles, servers } = createProfileControl({
    cli,
    mcpFolder,
    watch: listener => watchDockerHome({ mcpFolder }, listener),
  });
  const catalogs = createCatalogControl({ cli });
  const fifos = createFifoMaker({ environment, marker, guardian, platform });
  const store = createDockerStore({ secrets: async () => (await cli()).secrets, records: memory.storedSecrets });
  const supervisor = createDockerSupervisor({
    stateFolder,
    version: options.version,
    cli,
    status: probe.status,
    dockerSecrets: async () => new Set((await (await cli()).secrets.list()).map(({ name }) => name)),
    store,
    platform,
    makeFifo: fifos.make,
    newMark: newGatewayMark,
    environment,
    places: { catalogsFolder, privateFolder: join(stateFolder, 'gateways') },
    sweepContainers: () => watched.containers.sweep(false),
  });
  const watched = createWatched(api, memory, supervisor.running, dockerHome, onFailure);

  return {
    kind: 'docker',
    profiles,
    catalogs,
    containers: watched.containers,
    clients: createClientControl({ cli, environment, home: dockerHome, platform }),
    doctor: createDoctorControl({ probe, api, images, cli, catalogsFolder, platform }),
    gateways: supervisor.gateways,
    status: probe.status,
    look: probe.look,
    onStatusChange: probe.onStatusChange,
    probe: () => toEngineStatus(probe),
    async catalog() {
      const found = await catalogs.list();
      const contents = await Promise.all(found.map(({ ref }) => catalogs.read(ref)));
      return uniqueOffers(contents.flatMap(({ entries }) => entries.map(({ offer }) => offer)));
    },
    async install(request, context) {
      if (request.kind !== 'docker') {
        throw problem('ENGINE_001', {
          detail: `"${request.serverId}" is a package, and Docker installs images.`,
          next: 'Choose an entry of a Docker catalog.',
        });
      }
      return await installServer(request, context, {
        servers,
        images,
        place: hostPlace,
        configure: profiles.configure,
        definitionOf: async (ref, name) => await findDefinition(await catalogs.read(ref), name),
      });
    },
    async remove({ inProfile }) {
      if (!inProfile) return;
      await servers.take(inProfile).catch(error => {
        // Its whole profile is gone.
        if (!(error instanceof ProblemError) || error.code !== 'PROFILE_001') throw error;
      });
    },
    async tidy() {
      await supervisor.sweepFiles();
      // What the gateways of an earlier daemon have left. An engine that is away now is swept with the next gateway's end.
      if (memory.ownership.all().length > 0) void watched.containers.sweep(false).catch(() => {});
    },
    keepStored: store.keep,
    plan: server => planServer(server, images, hostPlace),
    createSupervisor: events => startingWatch(supervisor.supervise(events), watched.start),
    async close() {
      await supervisor.close();
      await watched.close();
      await Promise.all([runner.close(), helpers.close(), fifos.close()]).catch(onFailure);
      guardian.close();
    },
  };
}

/** The command line for the plugin that is there; another one after it has changed. Errors: what is wrong with Docker. */
function createLazyCli(
  probe: DockerProbe,
  make: (dialect: DockerCli['dialect'], flags: ReadonlySet<string>) => DockerCli,
): () => Promise<DockerCli> {
  let made: { key: string; cli: DockerCli } | undefined;
  return async () => {
    const first = await probe.status();
    // The plugin may have been installed since.
    const { plugin, problem: why } = first.plugin.dialect === null ? await probe.look() : first;
    if (plugin.dialect === null) {
      throw why
        ? new ProblemError(why)
        : problem('DOCKER_001', { detail: 'docker mcp is not there.', next: 'Install the plugin, then look again.' });
    }
    const key = JSON.stringify([plugin.dialect, plugin.flags]);
    if (made?.key !== key) made = { key, cli: make(plugin.dialect, new Set(plugin.flags)) };
    return made.cli;
  };
}

/** Containers are followed from the first gateway on, or from when somebody asks for them. */
function createWatched(
  api: EngineApi,
  memory: DockerMemory,
  gateways: Parameters<typeof createOwnership>[0]['gateways'],
  home: string,
  onFailure: (error: unknown) => void,
) {
  const watch = createContainerWatch({ api });
  const ownership = createOwnership({ api, watch, records: memory.ownership, gateways, home, onFailure });
  const service = createContainerService({ watch, ownership, api });
  let started = false;
  const start = (): void => {
    if (started) return;
    started = true;
    watch.start();
    ownership.start();
  };
  const containers: DockerEngine['containers'] = {
    list: async () => {
      start();
      return await service.list();
    },
    stop: async id => {
      start();
      await service.stop(id);
    },
    logs: async (id, tail) => {
      start();
      return await service.logs(id, tail);
    },
    sweep: async dryRun => {
      start();
      return await service.sweep(dryRun);
    },
    disk: needed => service.disk(needed),
    clean: (what, needed) => service.clean(what, needed),
    onChange: listener => service.onChange(listener),
  };
  return {
    containers,
    start,
    async close() {
      if (!started) return;
      await ownership.close();
      await watch.close();
    },
  };
}

const startingWatch = (supervisor: Supervisor, start: () => void): Supervisor => ({
  ...supervisor,
  start: async (...rest) => {
    start();
    await supervisor.start(...rest);
  },
});

async function toEngineStatus(probe: DockerProbe): ReturnType<Engine['probe']> {
  const status = await probe.status();
  return {
    kind: 'docker',
    title: 'Docker',
    available: status.available,
    reason: status.available ? null : (status.problem?.detail ?? 'It cannot be used now.'),
    version: status.plugin.version,
    capabilities: status.capabilities.filter(({ available }) => available).map(({ id }) => id),
    isolated: true,
  };
}

/** A server may be in several catalogs; the first one has it. */
const uniqueOffers = (offers: readonly CatalogOffer[]): CatalogOffer[] => [
  ...new Map(offers.toReversed().map(offer => [offer.id, offer])).values(),
];

const findDefinition = (
  { catalog, entries }: Awaited<ReturnType<DockerEngine['catalogs']['read']>>,
  name: string,
): Record<string, unknown> => {
  const found = entries.find(({ offer }) => offer.nameInCatalog === name);
  if (found) return found.definition;
  throw problem('CATALOG_001', {
    detail: `The catalog ${catalog.title} has no entry "${name}" any more.`,
    next: 'Look at the catalog again, or choose another entry.',
  });
};
