// What is found on the machine of the journeys, as plain values of the contract.

import { noEngine } from '../../daemon/engines/docker/no-engine.ts';
import type { Container } from '../../shared/api/containers.ts';
import { type DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import type { DoctorCheck, DoctorReport } from '../../shared/api/doctor.ts';
import { toProblem } from '../../shared/api/problem.ts';
import { buildDockerStatus } from '../support/docker-builder.ts';
import type { Machine } from './page-docker-world.ts';

const at = new Date().toISOString();
const digest = 'ab12'.repeat(16);

export const secretSlot = {
  name: 'github.token',
  environmentVariable: 'GITHUB_TOKEN',
  description: 'A token with the right repo.',
  required: true,
};

export const settingsSchema = {
  type: 'object',
  properties: { region: { type: 'string', description: 'Where the data lives.' }, limit: { type: 'integer' } },
  required: ['region'],
};

/** What `GET /docker` says of a machine with Docker, of one without, and of one with an old plugin. */
export function dialectOf(kind: Machine): DockerStatus {
  const has = kind !== 'none';
  const reasonOf = (id: string): string | null => {
    if (!has) return 'docker mcp is not installed on this machine.';
    if (kind === 'unsafe' && id === 'gateway-http') return 'This version listens on all interfaces.';
    return id === 'oauth' ? 'Signing in to remote servers needs Docker Desktop.' : null;
  };
  const capabilities = dockerCapabilities.map(id => ({ id, available: reasonOf(id) === null, reason: reasonOf(id) }));
  if (!has)
    return buildDockerStatus({
      available: false,
      problem: toProblem('DOCKER_001', { detail: 'There is no docker command on this machine.' }),
      plugin: { installed: false, version: null, path: null, dialect: null, safe: false, flags: [] },
      engine: noEngine,
      docker: { path: null, version: null },
      capabilities,
    });
  const old = { detail: 'It listens on all interfaces.', next: 'Update Docker’s MCP plugin.' };
  return buildDockerStatus({
    plugin: { safe: kind === 'docker' },
    capabilities,
    warnings: kind === 'unsafe' ? [toProblem('DOCKER_016', old)] : [],
  });
}

const stats = {
  cpuPercent: 4.2,
  memoryBytes: 61_000_000,
  memoryLimitBytes: 2_147_483_648,
  networkReceivedBytes: 15_300,
  networkSentBytes: 2_110,
  processes: 12,
  at,
};

export function containers(serverId: string | null): Container[] {
  const all: Container[] = [
    container('a', 'everything', 'own'),
    container('b', 'postgres', 'orphan'),
    container('c', 'slack', 'other'),
  ];
  return all.filter(each => serverId === null || each.serverId === serverId);
}

const container = (letter: string, server: string, owner: Container['owner']): Container => ({
  id: letter.repeat(64),
  name: `${server}_1`,
  server,
  serverId: owner === 'own' ? server : null,
  profile: owner === 'own' ? 'dev_tools' : null,
  image: `mcp/${server}:latest`,
  state: 'running',
  owner,
  startedAt: at,
  stats: owner === 'orphan' ? null : stats,
});

const diskImage = (name: string, serverIds: string[]) => ({
  id: `sha256:${name}`,
  references: [`mcp/${name}:latest`],
  bytes: 912_000_000,
  sharedBytes: 12_000_000,
  createdAt: at,
  serverIds,
  containers: 0,
  keptForRollback: false,
});

export const disk = {
  images: [diskImage('everything', ['everything']), diskImage('old', [])],
  volumes: [{ name: 'memory', bytes: 12_000, serverIds: [], containers: 0, createdAt: null }],
  totalBytes: 1_824_012_000,
  reclaimableBytes: 900_000_000,
};

export const diff = {
  file: '/home/me/.cursor/mcp.json',
  exists: true,
  losesComments: true,
  diff: [
    '--- /home/me/.cursor/mcp.json',
    '+++ /home/me/.cursor/mcp.json',
    '@@ -1,3 +1,6 @@',
    ' {',
    '-  // mine',
    '+  "MCP_DOCKER": { "command": "docker" }',
    ' }',
    '',
  ].join('\n'),
};

const check = (
  id: string,
  title: string,
  state: DoctorCheck['state'],
  part: Partial<DoctorCheck> = {},
): DoctorCheck => ({
  id,
  title,
  state,
  detail: 'This was found.',
  cause: null,
  fix: null,
  link: null,
  durationMs: 12,
  ...part,
});

export const report: DoctorReport = {
  state: 'error',
  checks: [
    check('docker.plugin', 'docker mcp is installed', 'ok'),
    check('docker.context', 'The context and DOCKER_HOST agree', 'warning', {
      cause: 'Servers would start on another engine.',
      fix: { label: 'Choose the engine by a context', id: null, command: 'docker context use work' },
      link: 'https://docs.docker.com/engine/manage-resources/contexts/',
    }),
    check('containers.orphans', 'No container was left behind', 'error', {
      cause: 'It takes memory, and nobody can reach it.',
      fix: { label: 'Remove 1 orphan container', id: 'sweep', command: null },
    }),
    check('clock', 'The clock is right', 'skipped'),
  ],
  startedAt: at,
  durationMs: 1_240,
};

const ready = { problem: null, tools: 12, prompts: 4, resources: 7 };
const tooLate = toProblem('SERVER_005', { detail: 'It did not answer within 30 seconds.', next: 'Look at its logs.' });

export const machine = {
  running: {
    state: 'running' as const,
    mode: 'files' as const,
    modeReason: 'an Engine without Docker Desktop',
    transport: 'http' as const,
    url: 'http://127.0.0.1:41233/mcp',
    pid: 4_821,
    editsApply: 'at-once' as const,
    servers: [
      { serverId: 'everything', name: 'everything', state: 'ready' as const, ...ready },
      {
        serverId: 'linear',
        name: 'linear',
        state: 'left-out' as const,
        problem: tooLate,
        tools: null,
        prompts: null,
        resources: null,
      },
    ],
  },
  status: {
    version: '0.1.0',
    apiVersion: 1,
    pid: 1,
    startedAt: at,
    runtime: 'node v24',
    url: 'http://127.0.0.1:8083',
    mcpUrl: 'http://127.0.0.1:8083/mcp',
    socket: '/tmp/socket',
    stateFolder: '/home/me/.quayside',
    persistent: true,
    memoryBytes: 90_000_000,
    clients: 1,
    engines: [],
    servers: { total: 1, running: 1, failed: 0 },
    warnings: [],
  },
  detail: {
    configuration: {
      id: 'c1',
      serverId: 'everything',
      arguments: [],
      environment: {},
      workingDirectory: null,
      restart: 'on-failure',
      session: 'shared',
      disabledTools: [],
      settings: { region: 'eu' },
      limits: { startSeconds: 30, callSeconds: 120, messageBytes: 1_048_576, concurrentCalls: 32, waitingCalls: 256 },
      network: { inheritProxy: true, headers: {} },
      secretReferences: [],
      updatedAt: at,
    },
    instructions: null,
    output: ['the server says that it is ready'],
    settingsSchema,
    secretSlots: [secretSlot],
    changesApply: 'at-once',
  },
  facets: {
    categories: [
      { value: 'Developer tools', count: 1 },
      { value: 'Search', count: 4_999 },
    ],
    tags: [],
    licenses: [{ value: 'MIT', count: 5_000 }],
    kinds: [{ value: 'image', count: 5_000 }],
  },
  catalogs: [
    {
      id: 'docker',
      ref: 'mcp/docker-mcp-catalog:latest',
      title: 'Docker MCP Catalog',
      engine: 'docker',
      origin: 'vendor',
      source: null,
      digest,
      entries: 5_000,
      readAt: at,
      cached: true,
      problem: toProblem('DOCKER_012', { detail: 'The registry cannot be reached.' }),
      fixed: false,
    },
  ],
  sweep: {
    removed: [{ id: 'bbbb', server: 'postgres', image: 'mcp/postgres:latest' }],
    left: [{ id: 'cccc', server: 'slack', reason: 'It belongs to another client.' }],
  },
  backup: { file: diff.file, existed: true, bytes: 12, madeAt: at, restoredAt: null, changedSince: false },
  bundle: {
    fileName: 'quayside-support.zip',
    mediaType: 'application/zip',
    base64: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==',
    bytes: 22,
    contents: [{ name: 'report.json', bytes: 10, about: 'the report' }],
  },
  secret: {
    hasValue: true,
    version: 1,
    keyVersion: 1,
    valueChangedAt: at,
    lastUsedAt: null,
    createdAt: at,
    updatedAt: at,
  },
};
