// Where `bw` is: where the user says, on PATH, or among the packages beside us.
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, extname, isAbsolute, join } from 'node:path';

export interface ProgramPlaces {
  /** An absolute path that was configured; nothing else is looked at then. */
  configured: string | undefined;
  path: string | undefined;
  platform: NodeJS.Platform;
}

/** The file with all links followed; undefined if there is none that may be run. */
export async function findProgram({ configured, path = '', platform }: ProgramPlaces): Promise<string | undefined> {
  if (configured) return isAbsolute(configured) ? await runnable(configured) : undefined;
  // npm's own "bw.cmd" would need a shell; the script that it starts lies beside it.
  const names = platform === 'win32' ? ['bw.exe', 'node_modules/@bitwarden/cli/build/bw.js'] : ['bw'];
  const onPath = path
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap(folder => names.map(name => join(folder, name)));
  for (const file of onPath) {
    const found = await runnable(file);
    if (found !== undefined) return found;
  }
  const beside = besideUs();
  return beside === undefined ? undefined : await runnable(beside);
}

async function runnable(file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    if (!(await stat(real)).isFile()) return undefined;
    if (!isScript(real)) await access(real, constants.X_OK);
    return real;
  } catch {
    return undefined;
  }
}

function besideUs(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@bitwarden/cli/package.json');
    return join(dirname(manifest), 'build', 'bw.js');
  } catch {
    return undefined;
  }
}

/** The package from npm is a script: our own Node runs it, for the one on PATH may be too old. */
export const isScript = (file: string): boolean => ['.js', '.cjs', '.mjs'].includes(extname(file));
