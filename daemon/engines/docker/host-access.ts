// What a definition may take from this machine. Anybody may have written it, and a version of docker mcp before 0.43.1 mounts and
// calls whatever it says (CONTRACT section 1), so it is looked at before anything is started.
import { realpath } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import { ServerSpec } from './cli/schemas.ts';
import { refusedAddress } from './remote-address.ts';

/** What is known of the machine, and what its user has allowed by Docker's own variables. */
export interface HostPlace {
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Quayside's own. */
  stateFolder: string;
  platform: NodeJS.Platform;
}

/** Who asks: its name is that of its settings in templates. */
export interface HostAccess {
  name: string;
  title: string;
  definition: Readonly<Record<string, unknown>>;
  settings: Readonly<Record<string, unknown>>;
}

export const bindVariables = {
  allowed: 'MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS',
  writable: 'MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS',
} as const;

/** Errors: SERVER_004 for what no definition may ask for. */
export async function checkHostAccess(asked: HostAccess, place: HostPlace): Promise<void> {
  const { data: spec } = ServerSpec.safeParse(asked.definition);
  if (!spec) return;
  const variables = [...(spec.env ?? []).map(({ name }) => name), ...(spec.secrets ?? []).map(({ env }) => env)];
  for (const variable of variables)
    if (variable !== undefined && !isVariableOfServer(variable))
      throw refused(asked, `set the variable ${shown(variable)}`);
  for (const value of [spec.user ?? '', ...(spec.extraHosts ?? [])])
    if (value.startsWith('-')) throw refused(asked, `be started with ${shown(value)}`);
  const address = spec.remote?.url || spec.sseEndpoint;
  const trouble = address && refusedAddress(fillIn(address, asked), place.environment);
  if (trouble) throw refused(asked, `be called at ${shown(address)}, which ${trouble}`);
  for (const volume of spec.volumes ?? []) await checkVolume(asked, volume, place);
}

/**
 * The gateway gives the variables of a server also to the `docker run` that starts its container (CONTRACT section 6): these
 * would choose another engine, or load code into docker itself; and the mark of our gateways is nobody else's.
 */
const isVariableOfServer = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) &&
  !/^(?:LD_.*|DYLD_.*|QUAYSIDE_GATEWAY|DOCKER_(?:HOST|CONTEXT|CONFIG|API_VERSION|TLS.*|CERT_PATH|CLI_.*))$/i.test(name);

async function checkVolume(asked: HostAccess, volume: string, place: HostPlace): Promise<void> {
  const source = hostPartOf(volume);
  const foreign = templateKeys(volume).find(key => !isOwnKey(asked.name, key));
  if (foreign !== undefined)
    throw refused(asked, `mount a folder that the settings of another server name (${shown(foreign)})`);
  if (!source.includes('{{')) {
    if (isVolumeName(source)) return;
    if (!isFullPath(source)) throw refused(asked, `mount ${shown(source)}, which is not a full path`);
    await refuseSensitive(asked, source, place);
    if (!isAllowedByUser(source, place))
      throw refused(
        asked,
        `mount ${shown(source)} of this machine`,
        `If you trust it with that folder, allow it in ${bindVariables.allowed}, and start Quayside again.`,
      );
    return;
  }
  // What its settings say was written by the user; what must never be mounted is not for that reason.
  const whole = /^\{\{[^{}]*\}\}$/.test(source) ? [] : [fillIn(source, asked)];
  for (const path of [...foldersOf(asked), ...whole])
    if (isFullPath(path)) await refuseSensitive(asked, hostPartOf(path), place);
}

/** The folders of this machine that the user has written into those settings that volumes of the definition name. */
export function foldersOf({ name, definition, settings }: Omit<HostAccess, 'title'>): string[] {
  const keys = (ServerSpec.safeParse(definition).data?.volumes ?? []).flatMap(templateKeys);
  const texts = keys.filter(key => isOwnKey(name, key)).flatMap(key => textsOf(valueAt(settings, name, key), 0));
  return [...new Set(texts.map(text => text.trim()).filter(isFullPath))];
}

/** Up to the first colon that is neither in a template nor behind the letter of a drive. */
function hostPartOf(volume: string): string {
  const found = /^(?:[A-Za-z]:(?=[\\/]))?(?:\{\{[^{}]*\}\}|[^:{]|\{(?!\{))*/.exec(volume);
  return found?.[0] || volume;
}

const isVolumeName = (source: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(source);
const isWindows = (path: string): boolean => /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
const isFullPath = (path: string): boolean => path.startsWith('/') || path.startsWith('~') || isWindows(path);

const templateKeys = (text: string): string[] =>
  [...text.matchAll(/\{\{([^{}|]*)/g)].map(([, key = '']) => key.trim()).filter(key => key !== '');
const isOwnKey = (name: string, key: string): boolean =>
  [name, name.replaceAll('.', '_')].some(own => key === own || key.startsWith(`${own}.`));

function valueAt(settings: Readonly<Record<string, unknown>>, name: string, key: string): unknown {
  const keys = key
    .slice(name.length + 1)
    .split('.')
    .filter(part => part !== '');
  return keys.reduce<unknown>(
    (part, each) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, each) ? Reflect.get(part, each) : undefined,
    settings,
  );
}

const fillIn = (text: string, { name, settings }: HostAccess): string =>
  text.replace(/\{\{([^{}|]*)[^{}]*\}\}/g, (_, key: string) => {
    const value = valueAt(settings, name, key.trim());
    return typeof value === 'string' ? value : '';
  });

function textsOf(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  return Object.values(value).flatMap(member => textsOf(member, depth + 1));
}

const systemFolders = [
  '/etc',
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/run',
  '/var/run',
  '/var/lib',
  '/usr',
  '/bin',
  '/sbin',
  'C:\\Windows',
  '\\\\.\\pipe',
];
/** Below the user's home: what opens other doors. */
const keysOfUser = ['.ssh', '.gnupg', '.docker', '.password-store'];

/** Errors: SERVER_004. Also by way of a link, and for a folder that has such a one in it. */
async function refuseSensitive(asked: HostAccess, path: string, place: HostPlace): Promise<void> {
  const full = path.startsWith('~') ? place.home + path.slice(1) : path;
  const real = await realpath(full).catch(() => full);
  const guarded = [...systemFolders, place.stateFolder, ...keysOfUser.map(name => `${place.home}/${name}`)];
  for (const each of [full, real].map(normalize))
    if (guarded.map(normalize).some(folder => isWithin(each, folder) || isWithin(folder, each)))
      throw refused(asked, `mount ${shown(path)}, which nobody’s container should have`, chooseAnother);
}

const chooseAnother = 'Choose another folder in its settings, or another server.';

const normalize = (path: string): string =>
  (isWindows(path) ? win32.normalize(path).toLowerCase() : posix.normalize(path)).replace(/(.)[\\/]+$/, '$1');

function isWithin(path: string, folder: string): boolean {
  if (path === folder || folder === '/') return true;
  return path.startsWith(`${folder}/`) || path.startsWith(folder.endsWith('\\') ? folder : `${folder}\\`);
}

function isAllowedByUser(path: string, { environment, platform }: HostPlace): boolean {
  const named = Object.values(bindVariables).flatMap(name =>
    (environment[name] ?? '').split(platform === 'win32' ? ';' : ':'),
  );
  return ['/tmp', ...named.filter(Boolean)].some(folder => isWithin(normalize(path), normalize(folder)));
}

const shown = (text: string): string => `"${text.slice(0, 120).replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')}"`;

const refused = ({ title }: HostAccess, what: string, next = 'Use another server.'): ProblemError =>
  problem('SERVER_004', { detail: `${title} wants to ${what}. It was not started.`, next });
