// Reads and replaces one configuration file of a folder: with a backup, atomically, and never through a link that leads out.
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { HostProblem } from '../../platform/host-problem.ts';

/** The file's text, or undefined if it is not there. Errors: HostProblem `linkedConfiguration`. */
export async function findAgentFile(folder: string, path: string): Promise<string | undefined> {
  const file = join(folder, path);
  await refuseEscape(folder, file);
  return await readFile(file, 'utf8').catch(error => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

/**
 * Replaces the file if it still is what it was. The old text stays beside it as `<name>.bak`.
 * Errors: HostProblem `changedConfiguration`, `linkedConfiguration`.
 */
export async function replaceAgentFile(
  folder: string,
  path: string,
  before: string | undefined,
  after: string,
): Promise<void> {
  if ((await findAgentFile(folder, path)) !== before) throw new HostProblem('changedConfiguration');
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  if (before !== undefined) await copyFile(file, `${file}.bak`);
  const mode = before === undefined ? 0o644 : (await stat(file)).mode & 0o777;
  const target = before === undefined ? file : await realpath(file);
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, after, { mode, flag: 'wx' });
    await rename(draft, target);
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  }
}

/** The nearest part of the path that is there must be inside the folder once all links are followed. */
async function refuseEscape(folder: string, file: string): Promise<void> {
  const root = await realpath(folder);
  for (let path = file; path.length >= folder.length; path = dirname(path)) {
    const real = await realpath(path).catch(error => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (real === undefined) continue;
    const way = relative(root, real);
    if (way === '..' || way.startsWith(`..${sep}`)) throw new HostProblem('linkedConfiguration');
    return;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
