// Whether the gateway will let a server have a folder of the host: read-only below the allowed ones, writable only by its
// exact name, and never a system folder (CONTRACT section 6, recorded: gateway-bind-refused).
import { posix, win32 } from 'node:path';

export interface BindRules {
  allowed: readonly string[];
  writable: readonly string[];
}

export interface RefusedVolume {
  path: string;
  reason: string;
  /** What would allow it. */
  variable: string;
}

const systemFolders = ['/', '/etc', '/proc', '/sys', '/dev', '/boot', '/root', '/var/run', '/run'];

/** Undefined if it is allowed, or a named volume. */
export function judgeVolume(
  volume: string,
  settings: Record<string, unknown>,
  rules: BindRules,
): RefusedVolume | undefined {
  const filled = fillIn(volume, settings);
  const parts = /^((?:[A-Za-z]:)?[^:]*):([^:]*)(?::([^:]*))?$/.exec(filled);
  const path = parts?.[1] ?? '';
  // A value that is not set yet is told by the check of settings.
  if (!isHostPath(path) || path.includes('{{')) return undefined;
  const options = (parts?.[3] ?? '').split(',');
  const folder = isWindows(path) ? win32.normalize(path) : posix.normalize(path).replace(/(.)\/$/, '$1');
  if (systemFolders.some(each => folder === each || (each !== '/' && folder.startsWith(`${each}/`)))) {
    return { path: folder, reason: `${folder} is a system folder, which is always refused`, variable: allowedVariable };
  }
  if (!rules.allowed.some(root => isBelow(folder, root)) && !rules.writable.includes(folder)) {
    return { path: folder, reason: `${folder} is not below an allowed folder`, variable: allowedVariable };
  }
  if (options.includes('ro') || rules.writable.includes(folder)) return undefined;
  // Without "ro" a bind is asked for as writable, and the gateway makes it read-only or refuses it.
  if (!options.includes('rw')) return undefined;
  return { path: folder, reason: `${folder} may be read, but not written`, variable: writableVariable };
}

const allowedVariable = 'MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS';
const writableVariable = 'MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS';

const isWindows = (path: string): boolean => /^[A-Za-z]:[\\/]/.test(path);
const isHostPath = (path: string): boolean => path.startsWith('/') || path.startsWith('~') || isWindows(path);

function isBelow(folder: string, root: string): boolean {
  const top = root.replace(/[\\/]+$/, '') || '/';
  return folder === top || folder.startsWith(top === '/' ? '/' : `${top}/`) || folder.startsWith(`${top}\\`);
}

/** `{{name.key|filter}}` stands for a setting of the server. */
const fillIn = (text: string, settings: Record<string, unknown>): string =>
  text.replace(/\{\{\s*([\w.-]{1,200})[^{}]{0,200}\}\}/g, (whole, name: string) => {
    const keys = name.split('.');
    const value = valueAt(settings, keys) ?? valueAt(settings, keys.slice(1));
    return typeof value === 'string' && value !== '' ? value : whole;
  });

const valueAt = (settings: Record<string, unknown>, keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined,
    settings,
  );
