// Docker's engine by hand, in memory: profiles, catalogs, gateways and containers that behave as the ports promise. Its servers
// are the small ones of mcp-servers/, run by the real supervisor. It fails and waits when it is told to.
import { setTimeout as wait } from 'node:timers/promises';
import type { ImageControl, LocalImage } from '../../daemon/engines/docker/api/container-control.ts';
import { ServerSpec } from '../../daemon/engines/docker/cli/schemas.ts';
import { definitionDigestOf, isLeftOut, toOffer } from '../../daemon/engines/docker/definition.ts';
import { installServer } from '../../daemon/engines/docker/docker-install.ts';
import { planServer } from '../../daemon/engines/docker/launch-plan.ts';
import type { CatalogContent, DockerEngine } from '../../daemon/engines/docker-engine.ts';
import type { LaunchPlan } from '../../daemon/engines/engine.ts';
import { createSupervisor } from '../../daemon/supervision/create-supervisor.ts';
import type { SupervisorEvents } from '../../daemon/supervision/supervisor.ts';
import type { Container } from '../../shared/api/containers.ts';
import { type DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import { type Problem, ProblemError, problem } from '../../shared/api/problem.ts';
import { testServerScript } from './fake-engine.ts';
import { createFakeProfiles, type FakeProfiles } from './fake-profiles.ts';

const place = { environment: {}, home: '/home/somebody', stateFolder: '/nowhere', platform: 'linux' } as const;

/** The catalog that it begins with. */
export const fakeCatalogRef = 'lab/local:v1';

export const fakeDefinitions: readonly ServerSpec[] = [
  {
    name: 'echo',
    title: 'Echo',
    description: 'Says again what it is told.',
    type: 'server',
    image: 'lab/echo:1',
    tools: ['echo', 'add', 'fail', 'break', 'started'].map(name => ({ name, description: `The tool ${name}` })),
  },
  {
    name: 'probe',
    title: 'Probe',
    description: 'Needs a secret and settings.',
    type: 'server',
    image: 'lab/probe:1',
    secrets: [{ name: 'probe.api_key', env: 'PROBE_API_KEY' }],
    tools: [
      { name: 'echo', description: 'Says it again.' },
      { name: 'add', description: 'Adds.' },
    ],
    config: [
      {
        name: 'probe',
        description: 'Where it runs',
        type: 'object',
        properties: {
          region: { type: 'string' },
          limits: { type: 'object', properties: { max: { type: 'integer' } } },
          verbose: { type: 'boolean' },
        },
        required: ['region'],
      },
    ],
  },
  { name: 'memory', title: 'Memory', description: 'Lists no tools.', type: 'server', image: 'lab/memory:1' },
  { name: 'io.github.acme/tool', title: 'Acme', description: 'A dotted name.', type: 'server', image: 'lab/acme:1' },
];

export interface FakeDockerBehaviour {
  /** Docker is not there, or not usable: the problem of the status, and of everything that is asked. */
  down: Problem | null;
  dialect: 'profile' | 'legacy';
  /** How long an image takes to be pulled, in milliseconds. */
  pullMs: number;
  /** Pulling this image fails with this. */
  pullFailures: Map<string, ProblemError>;
  /** The script of mcp-servers/ that runs for a server, by the server's name. Default: echo. */
  scripts: Map<string, string>;
}

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

function toStatus({ down, dialect }: FakeDockerBehaviour): DockerStatus {
  return {
    available: down === null,
    problem: down,
    plugin: {
      installed: true,
      version: 'v0.43.3',
      path: '/usr/libexec/docker/cli-plugins/docker-mcp',
      dialect,
      safe: true,
      flags: ['host', 'profile', 'allow-unauthenticated'],
    },
    engine: {
      reachable: down === null,
      version: '28.2.2',
      platform: 'engine',
      os: 'linux',
      architecture: 'amd64',
      context: 'default',
      host: 'unix:///var/run/docker.sock',
      hostFrom: 'default',
    },
    insideContainer: false,
    docker: { path: '/usr/bin/docker', version: '28.2.2' },
    passInstalled: false,
    ownTools: false,
    capabilities: dockerCapabilities.map(id => ({
      id,
      available: down === null && (id !== 'profiles' || dialect === 'profile'),
      reason: down?.detail ?? (id === 'profiles' && dialect === 'legacy' ? 'This generation has no profiles.' : null),
    })),
    warnings: [],
    probedAt: '2026-01-02T03:04:05.000Z',
  };
}

export const fakeImage = (reference: string): LocalImage => ({
  id: `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`,
  tags: [reference],
  digests: [],
  os: 'linux',
  architecture: 'amd64',
  mismatch: null,
  sizeBytes: 1_000_000,
  createdAt: null,
  labels: {},
});

type Images = Pick<ImageControl, 'find' | 'pull' | 'tagForRollback' | 'rollBack'>;

function createFakeImages(
  images: Map<string, LocalImage>,
  behaviour: FakeDockerBehaviour,
  refuseIfDown: () => void,
): Images {
  const kept = new Map<string, LocalImage>();
  return {
    async find(reference) {
      refuseIfDown();
      return images.get(reference);
    },
    async pull(reference, { signal, onProgress }) {
      refuseIfDown();
      const failure = behaviour.pullFailures.get(reference);
      for (let part = 1; part <= 4; part++) {
        await wait(behaviour.pullMs / 4, undefined, { signal }).catch(() => {
          throw problem('INSTALL_007', { detail: 'The pull was cancelled.' });
        });
        const layer = { id: 'layer', state: 'downloading', bytes: part * 250, totalBytes: 1_000 } as const;
        const transfer = { bytes: part * 250, totalBytes: 1_000, bytesPerSecond: 1_000, layers: [layer] };
        onProgress({ step: `Downloading ${part} of 4 parts`, progress: part / 4, transfer });
        if (failure && part === 2) throw failure;
      }
      images.set(reference, fakeImage(reference));
      return fakeImage(reference);
    },
    async tagForRollback(reference) {
      const image = images.get(reference);
      if (!image) return undefined;
      kept.set(reference, image);
      return `quayside.local/rollback:${kept.size}`;
    },
    async rollBack(reference) {
      const image = kept.get(reference);
      if (image) images.set(reference, image);
      return image !== undefined;
    },
  };
}

function createFakeCatalogs(
  definitions: ReadonlyMap<string, ServerSpec>,
  refuseIfDown: () => void,
): DockerEngine['catalogs'] {
  const digest = () => definitionDigestOf({ tools: [...definitions.values()] });
  const catalog = () => ({
    id: 'lab.local',
    ref: fakeCatalogRef,
    title: 'Lab',
    digest: digest(),
    source: 'user:cli',
    origin: 'own' as const,
    fixed: false,
  });
  const refuse = async (): Promise<never> => {
    throw problem('CATALOG_004', { detail: 'The fake makes no catalogs.' });
  };
  return {
    async list() {
      refuseIfDown();
      return [catalog()];
    },
    async read(): Promise<CatalogContent> {
      refuseIfDown();
      const entries = [...definitions.values()].flatMap(definition => {
        const offer = toOffer(definition, { ref: fakeCatalogRef, title: 'Lab', origin: 'own' });
        return isLeftOut(offer) ? [] : [{ offer, definition }];
      });
      return { catalog: catalog(), entries, leftOut: [] };
    },
    preview: refuse,
    create: refuse,
    pull: async () => catalog(),
    push: async () => {},
    tag: async () => catalog(),
    remove: async () => {},
  };
}

/** Servers run by themselves; a gateway is what their profile has of them. */
function createFakeGateways() {
  const running = new Map<string, string>();
  const listeners = new Set<(profile: string) => void>();
  const ownTools = new Set<string>();
  const tell = (profile: string) => {
    for (const listener of listeners) listener(profile);
  };
  let stopAll: (profile: string) => Promise<void> = async () => {};
  const control: DockerEngine['gateways'] = {
    status: profile => ({
      profile,
      state: [...running.values()].includes(profile) ? 'running' : 'stopped',
      problem: null,
      mode: 'files',
      modeReason: 'There is no Docker Desktop here.',
      transport: 'http',
      url: null,
      pid: null,
      startedAt: null,
      nextTryAt: null,
      restarts: 0,
      ownTools: ownTools.has(profile),
      editsApply: [...running.values()].includes(profile) ? 'at-once' : null,
      changesWaiting: false,
      servers: [...running].flatMap(([serverId, of]) =>
        of === profile
          ? [{ serverId, name: serverId, state: 'ready' as const, problem: null, tools: 5, prompts: 0, resources: 0 }]
          : [],
      ),
    }),
    active: () => [...new Set(running.values())],
    output: () => [],
    stop: profile => stopAll(profile),
    restart: async profile => tell(profile),
    async setOwnTools(profile, on) {
      if (on) ownTools.add(profile);
      else ownTools.delete(profile);
    },
    profileChanged: async profile => tell(profile),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onOutput: () => () => {},
  };
  return {
    control,
    supervise(events: SupervisorEvents, stateFolder: string, behaviour: FakeDockerBehaviour) {
      const supervisor = createSupervisor({ stateFolder, version: '0.0.0', events });
      stopAll = async profile => {
        for (const [id, of] of [...running]) if (of === profile) await supervised.stop(id);
      };
      const supervised: typeof supervisor = {
        ...supervisor,
        async start(id, plan, policy, signal) {
          const toChild = async () => {
            const launch = await plan();
            if (launch.kind === 'gateway') running.set(id, launch.server.profile);
            return launch.kind === 'gateway' ? toStdio(launch, behaviour) : launch;
          };
          await supervisor.start(id, toChild, policy, signal);
          tell(running.get(id) ?? '');
        },
        async stop(id) {
          await supervisor.stop(id);
          const profile = running.get(id);
          running.delete(id);
          if (profile !== undefined) tell(profile);
        },
      };
      return supervised;
    },
  };
}

const toStdio = (
  { server, environment, confidential }: Extract<LaunchPlan, { kind: 'gateway' }>,
  { scripts }: FakeDockerBehaviour,
): LaunchPlan => ({
  kind: 'stdio',
  command: process.execPath,
  args: [testServerScript(scripts.get(server.name) ?? 'echo')],
  environment: { PATH: process.env['PATH'] ?? '', ...environment },
  workingDirectory: process.cwd(),
  ...(confidential ? { confidential } : {}),
});
