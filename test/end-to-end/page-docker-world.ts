// A machine with Docker, in memory: what it has, and what changes when a person acts on it.
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Gateway } from '../../shared/api/gateways.ts';
import type { Operation } from '../../shared/api/operations.ts';
import { toProblem } from '../../shared/api/problem.ts';
import type { Profile } from '../../shared/api/profiles.ts';
import type { MCPServer } from '../../shared/api/servers.ts';
import { profileIdFromName } from '../../shared/domain/docker-names.ts';
import { buildGateway } from '../support/docker-builder.ts';
import { buildCatalogEntry, buildOperation, buildServer, buildTool } from '../support/server-builder.ts';
import { type PlayedAnswers, pageFor, refuse } from './page-docker-api.ts';
import { containers, dialectOf, diff, disk, machine, report, secretSlot, settingsSchema } from './page-docker-facts.ts';

export type Machine = 'docker' | 'none' | 'unsafe';

const at = () => new Date().toISOString();
const image = { type: 'image', image: 'mcp/github:latest', digest: null } as const;

export interface World {
  answers: PlayedAnswers;
  /** Set once the page is there. */
  publish: (event: DaemonEvent) => void;
  /** Moves the install that runs one step on, the last time to its end. */
  finishInstall(): void;
  failInstall(): void;
}

export function createWorld(kind: Machine = 'docker'): World {
  const has = kind !== 'none';
  const profiles: Profile[] = has ? [profile('dev_tools', 'Dev Tools', ['everything'], ['vscode'])] : [];
  const gateways: Gateway[] = has ? [gateway('dev_tools', 'Dev Tools')] : [];
  const servers: MCPServer[] = has ? [everything()] : [];
  const entries = has ? [github(), ...Array.from({ length: 4_999 }, (_, index) => numbered(index + 1))] : [];
  const secrets: unknown[] = [];
  const backups: Record<string, unknown>[] = [];
  const clients = [client('vscode', 'Visual Studio Code', 'dev_tools'), client('cursor', 'Cursor', null)];
  let checks = report.checks;
  let operation: Operation | undefined;
  const world: World = {
    answers: {},
    publish: () => {},
    finishInstall() {
      const github = installed();
      servers.push(github);
      moveTo({ state: 'succeeded', endedAt: at(), progress: 1, transfer: null, steps: steps('done', 'done', 'done') });
      world.publish({ type: 'server.changed', server: github });
    },
    failInstall: () =>
      moveTo({
        state: 'failed',
        endedAt: at(),
        canRetry: true,
        steps: steps('done', 'failed', 'skipped'),
        problem: toProblem('DOCKER_012', { detail: 'The registry closed the connection.', next: 'Try again.' }),
      }),
  };
  const moveTo = (part: Partial<Operation>) => {
    operation = { ...(operation ?? begin()), ...part };
    world.publish({ type: 'operation.changed', operation });
  };
  const begin = (): Operation => {
    operation = buildOperation({
      id: `o${Date.now()}`,
      serverId: 'github',
      title: 'Install GitHub',
      step: 'Pulling mcp/github:latest',
      steps: steps('done', 'running', 'waiting'),
      transfer: {
        bytes: 48_000_000,
        totalBytes: 115_000_000,
        bytesPerSecond: 6_100_000,
        layers: [
          { id: '4f4fb700ef54', state: 'done', bytes: 3_000_000, totalBytes: 3_000_000 },
          { id: '1b2c3d4e5f60', state: 'downloading', bytes: 20_000_000, totalBytes: 90_000_000 },
          { id: '99aa88bb77cc', state: 'waiting', bytes: 0, totalBytes: null },
        ],
      },
    });
    return operation;
  };
  const find = <T>(rows: readonly T[], fits: (row: T) => boolean, code: 'PROFILE_001' | 'SERVER_001'): T =>
    rows.find(fits) ?? refuse(code, { detail: 'It is not there.' });
  const gatewayOf = (id: string | undefined) => find(gateways, each => each.profile === id, 'PROFILE_001');
  const turn = (id: string | undefined, part: Partial<Gateway>): Gateway => {
    const next = Object.assign(gatewayOf(id), part);
    world.publish({ type: 'gateway.changed', gateway: next });
    return next;
  };
  world.answers = {
    getStatus: () => machine.status,
    getDocker: () => dialectOf(kind),
    probeDocker: () => dialectOf(kind),
    listServers: ({ query }) => pageFor(servers, query),
    getServer: ({ params }) => ({
      ...find(servers, ({ id }) => id === params['id'], 'SERVER_001'),
      ...machine.detail,
    }),
    listServerTools: ({ query, params }) =>
      pageFor(
        ['get_me', 'list_issues'].map(name => buildTool({ serverId: params['id'] ?? '', name })),
        query,
      ),
    listResources: ({ query }) => pageFor([], query),
    listPrompts: ({ query }) => pageFor([], query),
    listOperations: ({ query }) => pageFor(operation ? [operation] : [], query),
    createOperation: begin,
    retryOperation: begin,
    cancelOperation: () => {
      moveTo({ state: 'cancelled', endedAt: at(), canRetry: true, steps: steps('undone', 'skipped', 'skipped') });
      return operation;
    },
    listCatalog: ({ query }) => {
      const words = (query.get('q') ?? '').toLowerCase();
      const found = entries.filter(
        entry =>
          entry.title.toLowerCase().includes(words) &&
          (!query.has('category') || entry.categories.includes(query.get('category') ?? '')) &&
          (!query.has('has_secrets') || entry.secretSlots.length > 0 === (query.get('has_secrets') === 'true')),
      );
      return pageFor(found, query);
    },
    getCatalogFacets: () => ({ ...machine.facets, total: entries.length }),
    getCatalogEntry: ({ params }) =>
      entries.find(({ id }) => id === params['id']) ?? refuse('CATALOG_001', { detail: 'It is not there.' }),
    listCatalogs: ({ query }) => pageFor(has ? machine.catalogs : [], query),
    listProfiles: ({ query }) => pageFor(profiles, query),
    getProfile: ({ params }) => {
      const found = find(profiles, ({ id }) => id === params['id'], 'PROFILE_001');
      return { ...found, servers: servers.filter(server => server.profile === found.id) };
    },
    createProfile: ({ body }) => {
      const made = profile(body.id ?? profileIdFromName(body.name), body.name, [], []);
      profiles.push(made);
      gateways.push(gateway(made.id, made.name));
      world.publish({ type: 'profile.changed', profile: made });
      return { ...made, servers: [] };
    },
    renameProfile: ({ params, body }) => {
      const found = Object.assign(
        find(profiles, ({ id }) => id === params['id'], 'PROFILE_001'),
        { name: body.name },
      );
      return { ...found, servers: [] };
    },
    deleteProfile: ({ params }) => {
      profiles.splice(
        profiles.findIndex(({ id }) => id === params['id']),
        1,
      );
      world.publish({ type: 'profile.removed', profileId: params['id'] ?? '' });
      return {};
    },
    exportProfile: ({ params }) => ({ fileName: `${params['id']}.json`, document: { id: params['id'] } }),
    importProfile: ({ body }) => ({
      profileId: body.document.id,
      exists: profiles.some(({ id }) => id === body.document.id),
      imported: !body.dryRun,
      changes: [{ server: 'everything', change: 'changed', detail: 'region: eu becomes us' }],
    }),
    listGateways: ({ query }) => pageFor(gateways, query),
    getGateway: ({ params }) => ({ ...gatewayOf(params['profile']), output: ['> Initialized in 2.1s'] }),
    startGateway: ({ params }) => turn(params['profile'], { ...machine.running, startedAt: at() }),
    stopGateway: ({ params }) => turn(params['profile'], { state: 'stopped', url: null, servers: [] }),
    restartGateway: ({ params }) => turn(params['profile'], { restarts: 1, changesWaiting: false }),
    updateGateway: ({ params, body }) => turn(params['profile'], { ownTools: body.ownTools, changesWaiting: true }),
    listContainers: ({ query }) => pageFor(containers(query.get('server_id')), query),
    readContainerLogs: () => ({ lines: ['ready'] }),
    sweepContainers: ({ body }) => ({ ...machine.sweep, dryRun: body.dryRun }),
    getDiskUse: () => disk,
    cleanDisk: ({ body }) => ({ freedBytes: 900_000_000, removed: body.images, kept: [] }),
    listClients: ({ query }) => pageFor(clients, query),
    listClientBackups: ({ query }) => pageFor(backups, query),
    previewClientChange: () => ({ ...diff, before: '', after: '', revision: 'r1' }),
    changeClient: ({ params, body }) => {
      const changed = Object.assign(clients.find(({ id }) => id === params['id']) ?? {}, {
        connected: body.action === 'connect',
        profile: body.profile ?? null,
      });
      const backup = { ...machine.backup, id: `b${backups.length}`, client: params['id'], action: body.action };
      backups.unshift(backup);
      return { client: changed, backup, diff: diff.diff };
    },
    restoreClientBackup: ({ params }) =>
      Object.assign(backups.find(({ id }) => id === params['id']) ?? {}, { restoredAt: at() }),
    runDoctor: () => ({ ...report, checks }),
    applyDoctorFix: ({ body }) => {
      const mended = { ...report.checks.find(({ fix }) => fix?.id === body.id), state: 'ok', cause: null, fix: null };
      checks = checks.map(check =>
        check.id === mended.id ? { ...check, state: 'ok', cause: null, fix: null } : check,
      );
      return mended;
    },
    makeSupportBundle: () => machine.bundle,
    listSecrets: ({ query }) => pageFor(secrets, query),
    createSecret: ({ body }) => {
      const made = { ...machine.secret, id: `s${secrets.length}`, name: body.name, serverId: body.serverId };
      secrets.push(made);
      return made;
    },
  };
  return world;
}

type StepState = Operation['steps'][number]['state'];
const steps = (...states: [StepState, StepState, StepState]): Operation['steps'] =>
  ['Check settings and secrets', 'Pull the image', 'Start it and list its tools'].map((title, index) => ({
    id: `step-${index}`,
    title,
    state: states[index] ?? 'waiting',
    detail: '',
  }));

const profile = (id: string, name: string, serverIds: string[], clients: string[]): Profile => ({
  id,
  name,
  fixed: false,
  serverIds,
  running: serverIds.length,
  clients,
  readAt: at(),
});

const gateway = (id: string, title: string): Gateway => buildGateway({ profile: id, title });

const everything = (): MCPServer =>
  buildServer({
    id: 'everything',
    title: 'Everything',
    engine: 'docker',
    source: { ...image, image: 'mcp/everything:latest' },
    profile: 'dev_tools',
    nameInProfile: 'everything',
    state: 'running',
    startedAt: at(),
    toolCount: 2,
    isolated: true,
    update: { from: 'sha256:aaaa', to: 'sha256:bbbb', detail: 'Another image.' },
  });

const installed = (): MCPServer =>
  buildServer({
    ...everything(),
    id: 'github',
    title: 'GitHub',
    source: image,
    catalogEntry: 'github',
    nameInProfile: 'github',
    update: null,
  });

const docker = { engine: 'docker', kind: 'image', catalog: 'docker', catalogOrigin: 'vendor' } as const;

const github = () =>
  buildCatalogEntry({
    ...docker,
    id: 'github',
    nameInCatalog: 'github',
    title: 'GitHub',
    origin: 'Docker MCP Catalog',
    source: image,
    categories: ['Developer tools'],
    secretSlots: [secretSlot],
    configurationSchema: settingsSchema,
    toolCount: 40,
  });

const numbered = (number: number) =>
  buildCatalogEntry({
    ...docker,
    id: `server-${number}`,
    nameInCatalog: `server-${number}`,
    title: `Server number ${number}`,
    origin: 'Docker MCP Catalog',
    source: { ...image, image: `mcp/server-${number}` },
    categories: ['Search'],
  });

const client = (id: string, title: string, profileId: string | null) => ({
  id,
  title,
  scope: 'global',
  installed: true,
  supported: true,
  connected: profileId !== null,
  profile: profileId,
  file: `/home/me/.${id}/mcp.json`,
  problem: null,
  servers: [],
});
