// Values of the contract with everything filled in, for tests that care about one field of them.

import { CatalogEntry } from '../../shared/api/catalog.ts';
import { Catalog } from '../../shared/api/catalogs.ts';
import { Container } from '../../shared/api/containers.ts';
import { DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import { Gateway } from '../../shared/api/gateways.ts';
import { Operation } from '../../shared/api/operations.ts';
import { Profile } from '../../shared/api/profiles.ts';
import { MCPServer } from '../../shared/api/servers.ts';
import { Tool } from '../../shared/api/tools.ts';

const at = '2026-01-02T03:04:05.000Z';
const source = { type: 'npm', package: 'some-server', version: '1.2.3', integrity: `sha512-${'A'.repeat(86)}==` };

export const buildServer = (change: Partial<MCPServer> = {}): MCPServer =>
  MCPServer.parse({
    id: 'some',
    title: 'Some server',
    description: 'Does something.',
    engine: 'process',
    source,
    catalogEntry: null,
    profile: null,
    nameInProfile: null,
    update: null,
    canRollBack: false,
    enabled: false,
    state: 'stopped',
    problem: null,
    nextTryAt: null,
    startedAt: null,
    restarts: 0,
    pid: null,
    serverVersion: null,
    protocolVersion: null,
    toolCount: null,
    isolated: false,
    createdAt: at,
    updatedAt: at,
    ...change,
  });

export const buildTool = (change: Partial<Tool> = {}): Tool =>
  Tool.parse({
    serverId: 'some',
    name: 'echo',
    title: null,
    description: 'Says it again.',
    inputSchema: { type: 'object' },
    outputSchema: null,
    annotations: { readOnly: null, destructive: null, idempotent: null, openWorld: null },
    enabled: true,
    quarantined: false,
    gatewayName: 'echo',
    override: { name: null, title: null, description: null },
    tokens: null,
    ...change,
  });

export const buildOperation = (change: Partial<Operation> = {}): Operation =>
  Operation.parse({
    id: 'operation-1',
    kind: 'install',
    serverId: 'some',
    steps: [],
    transfer: null,
    canRetry: false,
    title: 'Install Some server',
    state: 'running',
    step: 'Downloading',
    progress: 0.4,
    problem: null,
    startedAt: at,
    endedAt: null,
    ...change,
  });

export const buildCatalogEntry = (change: Partial<CatalogEntry> = {}): CatalogEntry =>
  CatalogEntry.parse({
    id: 'some',
    title: 'Some server',
    description: 'Does something.',
    publisher: 'Somebody',
    license: 'MIT',
    categories: [],
    homepage: null,
    origin: 'starter',
    catalog: 'quayside',
    catalogOrigin: 'built-in',
    nameInCatalog: 'some',
    kind: 'package',
    tags: [],
    icon: null,
    readme: null,
    secretSlots: [],
    popularity: null,
    definitionDigest: null,
    toolCount: 1,
    engine: 'process',
    source,
    configurationSchema: null,
    toolNames: ['echo'],
    runsInstallScripts: false,
    installed: [],
    ...change,
  });

export const buildProfile = (change: Partial<Profile> = {}): Profile =>
  Profile.parse({
    id: 'dev_tools',
    name: 'Dev Tools',
    fixed: false,
    serverIds: ['probe'],
    running: 0,
    clients: [],
    readAt: at,
    ...change,
  });

export const buildGateway = (change: Partial<Gateway> = {}): Gateway =>
  Gateway.parse({
    profile: 'dev_tools',
    title: 'Dev Tools',
    state: 'stopped',
    problem: null,
    mode: null,
    modeReason: null,
    transport: null,
    url: null,
    pid: null,
    startedAt: null,
    nextTryAt: null,
    restarts: 0,
    ownTools: false,
    editsApply: null,
    changesWaiting: false,
    servers: [],
    ...change,
  });

export const buildContainer = (change: Partial<Container> = {}): Container =>
  Container.parse({
    id: 'a'.repeat(64),
    name: 'exciting_lehmann',
    server: 'probe',
    serverId: 'probe',
    profile: 'dev_tools',
    image: 'mcp-local/probe:1',
    state: 'running',
    owner: 'own',
    startedAt: at,
    stats: null,
    ...change,
  });

export const buildCatalog = (change: Partial<Catalog> = {}): Catalog =>
  Catalog.parse({
    id: 'lab-local-v1',
    ref: 'lab/local:v1',
    title: 'Lab',
    engine: 'docker',
    origin: 'own',
    source: 'user:cli',
    digest: 'b'.repeat(64),
    entries: 8,
    readAt: at,
    cached: false,
    problem: null,
    fixed: false,
    ...change,
  });

export const buildDockerStatus = (change: Partial<DockerStatus> = {}): DockerStatus =>
  DockerStatus.parse({
    available: true,
    problem: null,
    plugin: {
      installed: true,
      version: 'v0.43.3',
      path: '/plugins/docker-mcp',
      dialect: 'profile',
      safe: true,
      flags: ['--host'],
    },
    engine: {
      reachable: true,
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
    capabilities: dockerCapabilities.map(id => ({ id, available: true, reason: null })),
    warnings: [],
    probedAt: at,
    ...change,
  });
