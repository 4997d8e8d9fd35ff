// Catalogs that gateways of ours were started from and that nobody uses any more: of daemons that were killed, also with
// another state folder. `docker mcp` reads catalogs from one folder alone, so they lie beside the user's own.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface LeftOverPlace {
  /** ~/.docker/mcp/catalogs */
  catalogsFolder: string;
  platform?: NodeJS.Platform;
  now?: () => number;
  /** Stands for /proc in tests. */
  processes?: string;
}

const ofGateways = /^quayside-[\w-]{1,128}\.yaml$/;

/** A file that was just made may belong to a gateway that is about to be started. */
const fresh = 60_000;
/** Where nobody can be asked who uses a file, only a very old one is left over. */
const old = 7 * 86_400_000;

/** Their full paths. Never throws. */
export async function findLeftOverFiles(place: LeftOverPlace): Promise<string[]> {
  const { catalogsFolder, platform = process.platform, now = Date.now } = place;
  const names = (await readdir(catalogsFolder).catch(() => [])).filter(name => ofGateways.test(name));
  if (names.length === 0) return [];
  const commands = platform === 'linux' ? await readCommands(place.processes ?? '/proc') : undefined;
  const age = commands ? fresh : old;
  const found: string[] = [];
  for (const name of names) {
    const path = join(catalogsFolder, name);
    const entry = await stat(path).catch(() => undefined);
    if (!entry?.isFile() || now() - entry.mtimeMs < age) continue;
    if (!commands?.some(command => command.includes(name))) found.push(path);
  }
  return found;
}

/** Removes those that are left over now, whatever was found before. */
export async function removeLeftOverFiles(place: LeftOverPlace): Promise<void> {
  for (const path of await findLeftOverFiles(place)) await rm(path, { force: true }).catch(() => {});
}

/** The command line of a gateway names its catalog. */
async function readCommands(folder: string): Promise<string[]> {
  const pids = (await readdir(folder).catch(() => [])).filter(name => /^\d+$/.test(name));
  return await Promise.all(pids.map(pid => readFile(join(folder, pid, 'cmdline'), 'utf8').catch(() => '')));
}
