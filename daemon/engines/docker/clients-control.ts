// The clients that docker mcp can connect: which there are, the file of each, and what a change will make of it.
import { existsSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { ClientChange, McpClient } from '../../../shared/api/clients.ts';
import { problem } from '../../../shared/api/problem.ts';
import { Name } from '../../../shared/domain/names.ts';
import { cleanLine } from '../../supervision/output.ts';
import type { ClientControl } from '../docker-engine.ts';
import type { ClientScope, ClientsCli, Dialect } from './cli/docker-cli.ts';
import type { ClientStatus } from './cli/schemas.ts';
import { type ClientEdit, type ClientPlatform, type GatewayEntry, globalFiles, projectFiles } from './client-files.ts';
import { predictFile } from './client-prediction.ts';

export interface ClientControlOptions {
  /** Errors: DOCKER_001 … if docker mcp cannot be used. */
  cli(): Promise<{ clients: ClientsCli; dialect: Dialect }>;
  /** What the command line's own environment is: its paths are made of it. */
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  platform?: NodeJS.Platform;
}

type Place = Pick<ClientChange, 'scope' | 'folder'>;

export function createClientControl(options: ClientControlOptions): ClientControl {
  const { cli } = options;
  const platform = options.platform ?? process.platform;
  const files = createFileFinder({ ...options, platform });
  const fileOf: ClientControl['fileOf'] = (client, place) => files.find(client, place)?.file ?? null;
  return {
    fileOf,
    async list(place) {
      const folder = files.findFolder(place);
      if (folder) throw folderInTheWay(folder);
      const { clients } = await cli();
      const statuses = await clients.list(toScope(place));
      return Object.entries(statuses).flatMap(([id, status]) =>
        Name.safeParse(id).success ? [toClient(id, status, place, fileOf(id, place))] : [],
      );
    },
    async change(client, change) {
      const { clients, dialect } = await cli();
      const scope = toScope(change);
      if (change.action === 'disconnect') return await clients.disconnect(client, scope);
      await clients.connect(client, { ...scope, ...profileFor(change, dialect) });
    },
    async predict(client, change, before) {
      const edit = files.find(client, change)?.edit;
      if (!edit) return null;
      if (change.action === 'disconnect') return predictFile(before, edit, null);
      const { dialect } = await cli();
      return predictFile(before, edit, toEntry(profileFor(change, dialect).profile, platform, options.environment));
    },
  };
}

/** Errors: DOCKER_011 without a profile where one is needed. */
function profileFor({ profile }: ClientChange, dialect: Dialect): { profile?: string } {
  if (dialect === 'legacy') return {};
  if (profile !== undefined) return { profile };
  throw problem('DOCKER_011', { detail: 'A client is connected to one profile.', next: 'Say which profile.' });
}

function toEntry(
  profile: string | undefined,
  platform: NodeJS.Platform,
  environment: ClientControlOptions['environment'],
): GatewayEntry {
  const args = ['mcp', 'gateway', 'run', ...(profile === undefined ? [] : ['--profile', profile])];
  if (platform !== 'win32') return { command: 'docker', args };
  // Claude Desktop on Windows takes away what plugins need; docker mcp writes it for every client there.
  const env = Object.fromEntries(
    ['LOCALAPPDATA', 'ProgramData', 'ProgramFiles'].map(name => [name, environment[name] ?? '']),
  );
  return { command: 'docker', args, env };
}

const toScope = ({ scope, folder }: Place): ClientScope => {
  if (scope === 'global') return { scope };
  if (folder !== undefined) return { scope, folder };
  throw problem('DOCKER_011', {
    detail: 'The clients of a project are asked for without a folder.',
    next: 'Say in which folder the project is.',
  });
};

function toClient(id: string, status: ClientStatus, { scope }: Place, file: string | null): McpClient {
  const connected = status.dockerMCPCatalogConnected;
  const { STDIOServers = [], SSEServers = [], HTTPServers = [] } = status.Cfg ?? {};
  return {
    id,
    title: cleanLine(status.displayName || status.configName || id),
    scope,
    installed: status.isInstalled ?? null,
    supported: status.isOsSupported ?? true,
    connected,
    // An entry without a profile counts as the profile "default" (CONTRACT section 9).
    profile: connected ? status.profile || 'default' : null,
    file,
    problem: status.error ? cleanLine(status.error.error).slice(0, 500) : null,
    servers: [...STDIOServers, ...SSEServers, ...HTTPServers].flatMap(({ name }) => (name ? [cleanLine(name)] : [])),
  };
}

const folderInTheWay = (folder: string) =>
  problem('CLIENT_002', {
    detail: `${folder} is a folder where a client’s file should be, and docker mcp would remove it with everything in it.`,
    next: 'Move the folder away.',
  });

interface FoundFile {
  file: string;
  /** null: what is written cannot be told before. */
  edit: ClientEdit | null;
}

interface FileFinder {
  find(client: string, place: Place): FoundFile | undefined;
  /** A folder at a place where docker mcp expects a file: it would remove it while it lists. */
  findFolder(place: Place): string | undefined;
}

function createFileFinder({
  environment,
  home,
  platform,
}: ClientControlOptions & { platform: NodeJS.Platform }): FileFinder {
  const path = platform === 'win32' ? win32 : posix;
  const variables = {
    ...environment,
    HOME: environment['HOME'] || home,
    USERPROFILE: environment['USERPROFILE'] || home,
  };
  /** Undefined if a variable is not set: docker mcp leaves such a place out. */
  const expand = (template: string): string | undefined => {
    const names = [...template.matchAll(/\$([A-Z_]+)/g)].flatMap(([, name]) => name ?? []);
    if (names.some(name => !Reflect.get(variables, name))) return undefined;
    return path.normalize(template.replace(/\$([A-Z_]+)/g, (_, name: string) => String(Reflect.get(variables, name))));
  };
  const placesOf = (client: string): string[] => {
    const known = Object.hasOwn(globalFiles, client) ? globalFiles[client] : undefined;
    return known?.paths[toPlatform(platform)].flatMap(template => expand(template) ?? []) ?? [];
  };
  return {
    find(client, { scope, folder }) {
      if (scope === 'project') {
        const known = Object.hasOwn(projectFiles, client) ? projectFiles[client] : undefined;
        const root = known && folder !== undefined ? findProjectRoot(folder, path) : undefined;
        return known && root !== undefined ? { file: path.join(root, known.path), edit: known.edit } : undefined;
      }
      const places = placesOf(client);
      const file = places.find(place => existsSync(place)) ?? places[0];
      return file === undefined ? undefined : { file, edit: globalFiles[client]?.edit ?? null };
    },
    findFolder: ({ scope }) =>
      scope === 'project'
        ? undefined
        : Object.keys(globalFiles)
            .flatMap(placesOf)
            .find(place => statSync(place, { throwIfNoEntry: false })?.isDirectory()),
  };
}

const toPlatform = (platform: NodeJS.Platform): ClientPlatform =>
  platform === 'darwin' || platform === 'win32' ? platform : 'linux';

/** The nearest folder upwards that has a `.git`, as docker mcp looks for it. */
function findProjectRoot(folder: string, path: typeof posix): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}
