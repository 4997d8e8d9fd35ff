// A daemon in good health, as the doctor sees it; tests make it ill.
import type { DoctorNeeds, DoctorServer } from '../../../../daemon/features/doctor/doctor-needs.ts';
import type { DaemonStatus } from '../../../../shared/api/daemon.ts';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import type { Gateway } from '../../../../shared/api/gateways.ts';
import { buildDockerStatus, buildGateway } from '../../../support/docker-builder.ts';
import { buildServer } from '../../../support/server-builder.ts';

export const healthyDocker = buildDockerStatus({ engine: { version: '20.10.24' } });

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
    server: buildServer({
      id,
      title: id,
      engine: 'docker',
      source: { type: 'image', image: `mcp-local/${id}:1`, digest: null },
      profile: 'dev',
      nameInProfile: id,
      enabled: true,
      isolated: true,
      ...server,
    }),
    configuration: { settings: {}, secretReferences: [], disabledTools: [], arguments: [], environment: {} },
    settingsSchema: null,
    secretSlots: [],
    definition: {},
    ...rest,
  };
}

export const aGateway = (change: Partial<Gateway> = {}): Gateway =>
  buildGateway({
    profile: 'dev',
    title: 'dev',
    state: 'running',
    mode: 'files',
    transport: 'http',
    pid: 1,
    editsApply: 'at-once',
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
