// Install scripts are not run unless the user allows it. This says whether a package can do without.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';
import type { PackageManifest } from './package-bin.ts';

export interface PackageWithScripts {
  name: string;
  folder: string;
  manifest: PackageManifest;
  /** npm goes on without an optional package that fails, and so do we. */
  optional: boolean;
}

/** In the order in which npm runs them. */
export const scriptEvents = ['preinstall', 'install', 'postinstall'] as const;

/** The scripts that npm would run at install time, as "event: command". */
export function installScripts({ scripts = {}, gypfile }: Pick<PackageManifest, 'scripts' | 'gypfile'>): string[] {
  const own = scriptEvents.flatMap(event => (scripts[event] ? [`${event}: ${scripts[event]}`] : []));
  return own.length === 0 && gypfile === true ? ['install: node-gyp rebuild'] : own;
}

/** The whole package's own script is what its author wanted to happen first: not running it may break the server. */
export function refuseOwnScripts(name: string, scripts: string[]): void {
  if (scripts.length === 0) return;
  throw problem('INSTALL_006', {
    detail: `${name} runs a script of its own when it is installed (${scripts.join('; ').slice(0, 300)}), and may not work without it.`,
    next: 'If you trust the package, install it again and allow its install scripts.',
  });
}

/**
 * The packages whose scripts were left out. Errors: INSTALL_006 if one of them would have built native code that is
 * not there now, because then the server cannot work.
 */
export async function leaveOutScripts(server: string, packages: PackageWithScripts[]): Promise<string[]> {
  for (const { name, folder, manifest, optional } of packages) {
    const scripts = installScripts(manifest);
    if (optional || !scripts.some(buildsNativeCode) || (await hasNativeCode(folder))) continue;
    throw problem('INSTALL_006', {
      detail: `${server} needs ${name}, which builds native code when it is installed (${scripts.join('; ').slice(0, 200)}).`,
      next: 'If you trust the packages, install it again and allow its install scripts.',
    });
  }
  return packages.map(({ name }) => name);
}

const buildsNativeCode = (script: string): boolean =>
  /node-gyp(?!-build)|node-pre-gyp|prebuild-install|prebuildify|cmake-js|napi|neon|\bmake\b/.test(script);

/** Many packages bring what their script would build. */
async function hasNativeCode(folder: string): Promise<boolean> {
  const names = await listFolder(folder);
  if (names.includes('prebuilds') || names.some(name => name.endsWith('.node'))) return true;
  const built = await listFolder(join(folder, 'build', 'Release'));
  return built.some(name => name.endsWith('.node'));
}

const listFolder = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
