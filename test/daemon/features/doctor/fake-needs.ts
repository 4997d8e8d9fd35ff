// A daemon in good health, as the doctor sees it; tests make it ill.
import type { DoctorNeeds, DoctorServer } from '../../../../daemon/features/doctor/doctor-needs.ts';
import type { DaemonStatus } from '../../../../shared/api/daemon.ts';
import { type DockerStatus, dockerCapabilities } from '../../../../shared/api/docker.ts';
import type { Gateway } from '../../../../shared/api/gateways.ts';

export const healthyDocker: DockerStatus = {
  available: true,
  problem: null,
  plugin: { installed: true, version: 'v0.43.3', path: '/p/docker-mcp', dialect: 'profile', safe: true, flags: [] },
  engine: {
    reachable: true,
    version: '20.10.24',
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
  capabilities: dockerCapabilities.map(id => ({ id, available: true, reason: null })),
  warnings: [],
  probedAt: '2026-01-01T00:00:00.000Z',
};

const healthyDaemon = (home: string): DaemonStatus => ({
  version: '1.2.3',
  apiVersion: 1,
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  runtime: 'node v24.0.0',
  url: 'http://127.0.0.1:8083',
  mcpUrl: 'http://127.0.0.1:8083/mcp',
  socket: `${home}/daemon.sock`,
  stateFolder: home,
  persistent: true,
  memoryBytes: 1,
  clients: 0,
  engines: [],
  servers: { total: 0, running: 0, failed: 0 },
  warnings: [],
});

export function aServer(
  id: string,
  change: Omit<Partial<DoctorServer>, 'server'> & { server?: Partial<DoctorServer['server']> } = {},
): DoctorServer {
  const { server, ...rest } = change;
  return {
    server: {
      id,
      title: id,
      description: '',
      engine: 'docker',
      source: { type: 'image', image: `mcp-local/${id}:1`, digest: null },
      catalogEntry: null,
      profile: 'dev',
      nameInProfile: id,
      update: null,
      canRollBack: false,
      enabled: true,
      state: 'stopped',
      problem: null,
      nextTryAt: null,
      startedAt: null,
      restarts: 0,
      pid: null,
      serverVersion: null,
      protocolVersion: null,
      toolCount: null,
      isolated: true,
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      ...server,
    },
    configuration: { settings: {}, secretReferences: [], disabledTools: [], arguments: [], environment: {} },
    settingsSchema: null,
    secretSlots: [],
    definition: {},
    ...rest,
  };
}

export const aGateway = (change: Partial<Gateway> = {}): Gateway => ({
  profile: 'dev',
  title: 'dev',
  state: 'running',
  problem: null,
  mode: 'files',
  modeReason: null,
  transport: 'http',
  url: null,
  pid: 1,
  startedAt: null,
  nextTryAt: null,
  restarts: 0,
  ownTools: false,
  editsApply: 'at-once',
  changesWaiting: false,
  servers: [],
  ...change,
});

export interface FakeNeeds extends DoctorNeeds {
  /** What was done, in order. */
  readonly done: string[];
}

/** `docker` may be changed between looks. */
export function createNeeds(
  home: string,
  change: Partial<DoctorNeeds> & { dockerStatus?: () => DockerStatus } = {},
): FakeNeeds {
  const done: string[] = [];
  const { dockerStatus = () => healthyDocker, ...rest } = change;
  return {
    done,
    environment: {},
    platform: 'linux',
    status: async () => healthyDaemon(home),
    docker: {
      status: async () => dockerStatus(),
      look: async () => dockerStatus(),
      engineTime: async () => new Date().toISOString(),
      surroundings: async () => ({ insideContainer: false, wsl: false }),
      enableProfiles: async () => void done.push('enable profiles'),
    },
    images: { find: async () => ({ mismatch: null }) },
    sweep: async dryRun => {
      if (!dryRun) done.push('sweep');
      return { removed: [], left: [], dryRun };
    },
    catalogs: async () => [
      {
        ref: 'mcp/docker-mcp-catalog:latest',
        title: 'Docker',
        engine: 'docker',
        entries: 300,
        problem: null,
        cached: false,
      },
    ],
    gateways: { list: () => [], output: () => [], restart: async profile => void done.push(`restart ${profile}`) },
    servers: () => [],
    secretHasValue: () => true,
    vaultWarnings: () => [],
    leftovers: { find: async () => [], remove: async () => void done.push('remove') },
    operations: () => [],
    daemonLog: async () => '',
    redact: text => text,
    onFailure: () => {},
    ...rest,
  };
}
