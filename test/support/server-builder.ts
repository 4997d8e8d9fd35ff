// Values of the contract with everything filled in, for tests that care about one field of them.
import { CatalogEntry } from '../../shared/api/catalog.ts';
import { Operation } from '../../shared/api/operations.ts';
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
