// Docker's engine by hand, in memory: profiles, catalogs, gateways and containers that behave as the ports promise. Its servers
// are the small ones of mcp-servers/, run by the real supervisor. It fails and waits when it is told to.
import type { LocalImage } from '../../daemon/engines/docker/api/container-control.ts';
import { ServerSpec } from '../../daemon/engines/docker/cli/schemas.ts';
import { installServer } from '../../daemon/engines/docker/docker-install.ts';
import { planServer } from '../../daemon/engines/docker/launch-plan.ts';
import type { DockerEngine } from '../../daemon/engines/docker-engine.ts';
import type { Container } from '../../shared/api/containers.ts';
import { type DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import { ProblemError, problem } from '../../shared/api/problem.ts';
import { buildDockerStatus } from './docker-builder.ts';
import type { FakeDockerBehaviour } from './fake-docker/behaviour.ts';
import { createFakeCatalogs, fakeCatalogRef, fakeDefinitions } from './fake-docker/catalog.ts';
import { createFakeGateways } from './fake-docker/gateways.ts';
import { createFakeImages } from './fake-docker/images.ts';
import { createFakeProfiles, type FakeProfiles } from './fake-profiles.ts';

const place = { environment: {}, home: '/home/somebody', stateFolder: '/nowhere', platform: 'linux' } as const;

export interface FakeDockerEngine extends DockerEngine {
  readonly behaviour: FakeDockerBehaviour;
  readonly profiles: FakeProfiles;
  /** Images that are here, by reference. */
  readonly images: Map<string, LocalImage>;
  /** What the catalog has now; may be changed. */
  readonly definitions: Map<string, ServerSpec>;
  readonly containersOf: Container[];
  /** Tells everybody that the status is another one: after `behaviour.down` has been changed. */
  statusChanged(): Promise<void>;
}

export function createFakeDockerEngine(
  options: { behaviour?: Partial<FakeDockerBehaviour>; stateFolder?: string; definitions?: readonly ServerSpec[] } = {},
): FakeDockerEngine {
  const behaviour: FakeDockerBehaviour = {
    down: null,
    dialect: 'profile',
    pullMs: 0,
    pullFailures: new Map(),
    scripts: new Map(),
    ...options.behaviour,
  };
  const definitions = new Map(
    (options.definitions ?? fakeDefinitions).map(spec => [spec.name, ServerSpec.parse(spec)]),
  );
  const images = new Map<string, LocalImage>();
  const statusListeners = new Set<(status: DockerStatus) => void>();
  const containersOf: Container[] = [];
  const refuseIfDown = () => {
    if (behaviour.down) throw new ProblemError(behaviour.down);
  };
  const imageControl = createFakeImages(images, behaviour, refuseIfDown);
  const profiles = createFakeProfiles({ refuseIfDown, legacy: () => behaviour.dialect === 'legacy', definitions });
  const catalogs = createFakeCatalogs(definitions, refuseIfDown);
  const gateways = createFakeGateways();
  const status = (): DockerStatus => toStatus(behaviour);
  const statusChanged = async () => {
    for (const listener of statusListeners) listener(status());
  };

  return {
    kind: 'docker',
    behaviour,
    images,
    definitions,
    profiles,
    catalogs,
    gateways: gateways.control,
    containersOf,
    statusChanged,
    containers: {
      async list() {
        refuseIfDown();
        return containersOf.map(({ serverId: _, ...container }) => container);
      },
      async stop(id) {
        refuseIfDown();
        const index = containersOf.findIndex(container => container.id.startsWith(id));
        if (index < 0) throw problem('CONTAINER_001', { detail: `There is no container ${id} here.` });
        containersOf.splice(index, 1);
      },
      logs: async () => ['a line of the container'],
      async sweep(dryRun) {
        refuseIfDown();
        const orphans = containersOf.filter(({ owner }) => owner === 'orphan');
        if (!dryRun) for (const orphan of orphans) containersOf.splice(containersOf.indexOf(orphan), 1);
        const left = containersOf
          .filter(({ owner }) => owner !== 'orphan')
          .map(({ id, server }) => ({ id, server, reason: 'It is not proven to be ours.' }));
        return { dryRun, removed: orphans.map(({ id, server, image }) => ({ id, server, image })), left };
      },
      disk: async () => ({ images: [], volumes: [], totalBytes: 0, reclaimableBytes: 0 }),
      clean: async () => ({ freedBytes: 0, removed: [], kept: [] }),
      onChange: () => () => {},
    },
    doctor: {
      engineTime: async () => new Date().toISOString(),
      surroundings: async () => ({ insideContainer: false, wsl: false }),
      async enableProfiles() {
        behaviour.dialect = 'profile';
        await statusChanged();
      },
      findImage: async reference => images.get(reference),
      pullImage: async (reference, context) => void (await imageControl.pull(reference, context)),
      leftovers: { find: async () => [], remove: async () => {} },
    },
    clients: {
      async list() {
        refuseIfDown();
        return [];
      },
      change: async () => refuseIfDown(),
      fileOf: () => null,
      predict: async () => null,
    },
    probe: async () => ({
      kind: 'docker',
      title: 'Docker',
      available: behaviour.down === null,
      reason: behaviour.down?.detail ?? null,
      version: 'v0.43.3',
      capabilities: [...dockerCapabilities],
      isolated: true,
    }),
    async catalog() {
      return (await catalogs.read(fakeCatalogRef)).entries.map(({ offer }) => offer);
    },
    async install(request, context) {
      refuseIfDown();
      if (request.kind !== 'docker')
        throw problem('ENGINE_001', { detail: 'Docker installs images, and no packages.' });
      return await installServer(request, context, {
        servers: profiles.servers,
        configure: profiles.configure,
        images: imageControl,
        place,
        async definitionOf(_ref, name) {
          const found = definitions.get(name);
          if (found) return found;
          throw problem('CATALOG_001', { detail: `The catalog has no entry "${name}".` });
        },
      });
    },
    async remove({ inProfile }) {
      if (inProfile) await profiles.servers.take(inProfile);
    },
    tidy: async () => {},
    plan: server => {
      refuseIfDown();
      return planServer(server, imageControl, place);
    },
    status: async () => status(),
    async look() {
      await statusChanged();
      return status();
    },
    onStatusChange(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    createSupervisor: events =>
      gateways.supervise(events, options.stateFolder ?? '/tmp/quayside-fake-docker', behaviour),
    keepStored: async () => {},
    close: async () => {},
  };
}

const toStatus = ({ down, dialect }: FakeDockerBehaviour): DockerStatus =>
  buildDockerStatus({
    available: down === null,
    problem: down,
    plugin: { dialect },
    engine: { reachable: down === null },
    capabilities: dockerCapabilities.map(id => ({
      id,
      available: down === null && (id !== 'profiles' || dialect === 'profile'),
      reason: down?.detail ?? (id === 'profiles' && dialect === 'legacy' ? 'This generation has no profiles.' : null),
    })),
  });
