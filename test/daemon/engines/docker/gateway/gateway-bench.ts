// Gateways as the daemon has them, over the simulated docker.
import { join } from 'node:path';
import {
  createDockerCli,
  createDockerRunner,
  type GatewayCli,
} from '../../../../../daemon/engines/docker/cli/docker-cli.ts';
import {
  createDockerSupervisor,
  type DockerSupervisor,
  type DockerSupervisorOptions,
} from '../../../../../daemon/engines/docker/gateway/create-docker-supervisor.ts';
import { createDockerStore, type DockerStore } from '../../../../../daemon/engines/docker/gateway/docker-store.ts';
import { createFifoMaker } from '../../../../../daemon/engines/docker/gateway/fifo.ts';
import type { StoredSecretRecords } from '../../../../../daemon/engines/docker-engine.ts';
import type { LaunchPlan, ServerInProfile } from '../../../../../daemon/engines/engine.ts';
import { createChildMarker } from '../../../../../daemon/supervision/child-marker.ts';
import { createGuardian } from '../../../../../daemon/supervision/guardian.ts';
import type { LaunchPolicy, ServerHealth, Supervisor } from '../../../../../daemon/supervision/supervisor.ts';
import type { DockerStatus } from '../../../../../shared/api/docker.ts';
import { buildDockerStatus } from '../../../../support/docker-builder.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../../../../support/simulated-docker/simulated-docker.ts';
import { rememberStored } from '../../../../support/stored-secrets.ts';
import { createTemporaryFolder } from '../../../../support/temporary-folder.ts';

export const quickRestarts = { firstDelay: 30, longestDelay: 300, ends: 5, window: 60_000, stableAfter: 60_000 };

export interface GatewayBench extends AsyncDisposable {
  docker: SimulatedDocker;
  store: DockerStore;
  supervisor: Supervisor;
  gateways: DockerSupervisor;
  stateFolder: string;
  health: { id: string; health: ServerHealth }[];
  lines: { id: string; line: string }[];
  gatewayLines: string[];
  toolsChanged: string[];
  sweeps: number;
  states(id: string): string[];
}

export interface BenchOptions {
  dialect?: 'profile' | 'legacy';
  flags?: string[];
  status?: Partial<DockerStatus['engine']>;
  images?: Parameters<typeof createSimulatedDocker>[0]['images'];
  supervisor?: Partial<DockerSupervisorOptions>;
  docker?: SimulatedDocker;
  cli?: (cli: GatewayCli, catalogsFolder: string) => GatewayCli;
  storedSecrets?: StoredSecretRecords;
  capabilities?: DockerStatus['capabilities'];
}

const allFlags =
  'additional-catalog additional-config additional-registry additional-tools-config catalog config tools-config registry secrets servers enable-all-servers long-lived watch verbose port transport dry-run cpus memory block-secrets block-network';

export async function createGatewayBench(options: BenchOptions = {}): Promise<GatewayBench> {
  const dialect = options.dialect ?? 'profile';
  const folder = await createTemporaryFolder('gateway');
  const docker =
    options.docker ?? (await createSimulatedDocker({ dialect, ...(options.images ? { images: options.images } : {}) }));
  const flags = options.flags ?? [...allFlags.split(' '), ...(dialect === 'profile' ? ['host', 'profile'] : [])];
  const marker = createChildMarker(folder.path);
  const guardian = createGuardian({ marker: marker.run, platform: process.platform, runtime: process.execPath });
  const environment = docker.environment;
  const runner = createDockerRunner({ program: join(docker.binFolder, 'docker'), environment, marker, guardian });
  const cli = createDockerCli({ runner, dialect, flags: new Set(flags), catalogsFolder: docker.catalogsFolder });
  const fifo = createFifoMaker({ environment, marker, guardian });
  let marks = 0;
  const bench = {
    health: [] as GatewayBench['health'],
    lines: [] as GatewayBench['lines'],
    gatewayLines: [] as string[],
    toolsChanged: [] as string[],
    sweeps: 0,
  };
  const store = createDockerStore({
    secrets: async () => cli.secrets,
    records: options.storedSecrets ?? rememberStored(),
  });
  const gateways = createDockerSupervisor({
    cli: async () => ({ gateway: options.cli?.(cli.gateway, docker.catalogsFolder) ?? cli.gateway }),
    status: async () => ({
      ...toStatus(dialect, flags, options.status),
      capabilities: options.capabilities ?? [],
    }),
    dockerSecrets: async () => new Set(),
    store,
    makeFifo: fifo.make,
    newMark: () => `${'ab'.repeat(14)}${String(marks++).padStart(4, '0')}`,
    places: { catalogsFolder: docker.catalogsFolder, privateFolder: join(folder.path, 'gateways') },
    stateFolder: folder.path,
    version: '0.0.0',
    sweepContainers: async () => {
      bench.sweeps += 1;
    },
    restartTimes: quickRestarts,
    ...options.supervisor,
  });
  const supervisor = gateways.supervise({
    onHealth: (id, health) => bench.health.push({ id, health }),
    onOutput: (id, lines) => bench.lines.push(...lines.map(line => ({ id, line }))),
    onToolsChanged: id => bench.toolsChanged.push(id),
  });
  gateways.gateways.onOutput((_, lines) => bench.gatewayLines.push(...lines));
  return Object.assign(bench, {
    docker,
    store,
    supervisor,
    gateways,
    stateFolder: folder.path,
    states: (id: string) =>
      bench.health
        .flatMap(entry => (entry.id === id ? [entry.health.state] : []))
        .filter((state, index, all) => state !== all[index - 1]),
    async [Symbol.asyncDispose]() {
      await gateways.close();
      await runner.close();
      await fifo.close();
      guardian.close();
      await docker.close();
      await folder.remove();
    },
  });
}

const toStatus = (
  dialect: 'profile' | 'legacy',
  flags: string[],
  engine: Partial<DockerStatus['engine']> = {},
): DockerStatus =>
  buildDockerStatus({
    plugin: { version: 'HEAD', dialect, safe: dialect === 'profile', flags },
    engine,
    capabilities: [],
  });

export const policy = (more: Partial<LaunchPolicy> = {}): LaunchPolicy => ({
  restart: 'on-failure',
  startSeconds: 20,
  messageBytes: 1_000_000,
  ...more,
});

/** A server of the probe's image; `command` as the recordings' entries have it: crash, hang. */
export const probe = (name: string, more: Partial<ServerInProfile> & { command?: string[] } = {}): ServerInProfile => {
  const { command, ...rest } = more;
  return {
    profile: 'dev',
    name,
    title: name,
    description: '',
    source: { type: 'image', image: 'mcp-local/probe:1', digest: null },
    catalogRef: null,
    definition: {
      name,
      type: 'server',
      image: 'mcp-local/probe:1',
      ...(command ? { command } : {}),
      env: [{ name: 'PROBE_REGION', value: `{{${name}.region}}` }],
    },
    settings: {},
    tools: null,
    ...rest,
  };
};

/** The same with a secret, whose value is given by variable. */
export const withSecret = (
  server: ServerInProfile,
  environment: Record<string, string>,
): Extract<LaunchPlan, { kind: 'gateway' }> => ({
  kind: 'gateway',
  server: {
    ...server,
    definition: { ...server.definition, secrets: [{ name: `${server.name}.api_key`, env: 'PROBE_API_KEY' }] },
  },
  secretSlots: [
    { name: `${server.name}.api_key`, environmentVariable: 'PROBE_API_KEY', description: null, required: true },
  ],
  environment,
});

export const planOf = (server: ServerInProfile) => async (): Promise<LaunchPlan> => ({
  kind: 'gateway',
  server,
  secretSlots: [],
  environment: {},
});

export const call = { timeoutSeconds: 20 };

export const textOf = (result: { content: unknown[] }): string =>
  result.content.map(block => (block as { text?: string }).text ?? '').join('');

/** Resolves with what the check answers once that is something. */
export async function until<T>(check: () => T | Promise<T>, what: string, milliseconds = 10_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not come within ${milliseconds} ms`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
