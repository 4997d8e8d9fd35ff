// Where an installed server's files are. An install is made in a release folder of its own; one small file, replaced
// atomically, says which release counts. So a kill at any moment leaves the old install or the new one, never half of one.
//
//   packages/<server>/current.json       which release, and what is in it
//   packages/<server>/<release>/         node_modules with the package and what it needs
//   work/<server>/                       the server's own working folder
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ExactVersion, Integrity, namePattern, PackageName } from '../../../shared/domain/names.ts';

export const Release = z.object({
  /** The release's folder. */
  folder: z.string().regex(/^r-[0-9a-f]{16}$/),
  package: PackageName,
  version: ExactVersion,
  integrity: Integrity,
  /** The file to run, inside the package's folder. */
  file: z.string().min(1),
  /** False: the file is a program of its own, not one for Node. */
  runsOnNode: z.boolean(),
});
export type Release = z.infer<typeof Release>;

export interface Releases {
  /** Makes an empty folder for an install. */
  stage(serverId: string): Promise<{ name: string; path: string }>;
  /** Makes a staged release the one that counts and removes those before it. */
  commit(serverId: string, release: Release): Promise<void>;
  /** Removes a staged release that came to nothing. */
  discard(serverId: string, name: string): Promise<void>;
  find(serverId: string): Promise<Release | undefined>;
  /** The absolute path of a release's file to run. */
  fileOf(serverId: string, release: Release): string;
  /** The server's own folder, made if it is missing, for its user's eyes only. */
  workFolder(serverId: string): Promise<string>;
  remove(serverId: string): Promise<void>;
  /**
   * Removes what is not of the known servers, and releases that do not count; the busy ones are left alone. What is
   * staged or asked for meanwhile waits until it is done.
   */
  tidy(known: ReadonlySet<string>, busy: ReadonlySet<string>): Promise<void>;
}

const privateFolder = { recursive: true, mode: 0o700 } as const;
const away = { recursive: true, force: true, maxRetries: 3 } as const;

/** `root`: the engine's folder in the state folder. */
export function createReleases(root: string): Releases {
  /** The tidying that is on its way: nothing is made beside it that it could take for a leftover. */
  let tidying: Promise<void> = Promise.resolve();

  const packagesOf = (serverId: string) => join(root, 'packages', checked(serverId));
  const workOf = (serverId: string) => join(root, 'work', checked(serverId));

  const find = async (serverId: string): Promise<Release | undefined> => {
    const text = await readFile(join(packagesOf(serverId), 'current.json'), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : parseRelease(text);
  };

  const removeOthers = async (serverId: string, keep: string | undefined): Promise<void> => {
    const folder = packagesOf(serverId);
    const names = await listFolder(folder);
    const old = names.filter(name => name !== keep && name !== 'current.json');
    await Promise.all(old.map(name => rm(join(folder, name), away)));
  };

  return {
    find,
    async stage(serverId) {
      await tidying;
      const name = `r-${randomBytes(8).toString('hex')}`;
      const path = join(packagesOf(serverId), name);
      await mkdir(path, privateFolder);
      return { name, path };
    },
    async commit(serverId, release) {
      const file = join(packagesOf(serverId), 'current.json');
      await writeFile(`${file}.new`, JSON.stringify(Release.parse(release)), { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
      // What cannot be removed now, such as a file in use on Windows, is removed by the next tidy().
      await removeOthers(serverId, release.folder).catch(() => {});
    },
    async discard(serverId, name) {
      await rm(join(packagesOf(serverId), name), away);
      if (!(await find(serverId))) await rm(packagesOf(serverId), away);
    },
    fileOf: (serverId, { folder, package: name, file }) =>
      join(packagesOf(serverId), folder, 'node_modules', name, file),
    async workFolder(serverId) {
      await tidying;
      const path = workOf(serverId);
      await mkdir(path, privateFolder);
      return path;
    },
    async remove(serverId) {
      await rm(join(packagesOf(serverId), 'current.json'), away);
      await Promise.all([rm(packagesOf(serverId), away), rm(workOf(serverId), away)]);
    },
    tidy(known, busy) {
      // An install that ends meanwhile has made a server that `known` does not have: who is busy now stays spared.
      const done = removeUnknown(known, new Set(busy));
      tidying = Promise.allSettled([tidying, done]).then(() => {});
      return done;
    },
  };

  async function removeUnknown(known: ReadonlySet<string>, busy: ReadonlySet<string>): Promise<void> {
    for (const serverId of await listFolder(join(root, 'packages'))) {
      if (busy.has(serverId)) continue;
      const release = known.has(serverId) ? await find(serverId) : undefined;
      if (release) await removeOthers(serverId, release.folder);
      else await rm(join(root, 'packages', serverId), away);
    }
    for (const serverId of await listFolder(join(root, 'work'))) {
      if (!known.has(serverId) && !busy.has(serverId)) await rm(join(root, 'work', serverId), away);
    }
  }
}

function parseRelease(text: string): Release | undefined {
  try {
    return Release.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Ids become folder names: whoever calls has checked them, and this makes sure. */
function checked(serverId: string): string {
  if (!namePattern.test(serverId)) throw new TypeError(`Not a server id: ${JSON.stringify(serverId)}`);
  return serverId;
}

const listFolder = (path: string): Promise<string[]> => readdir(path).catch(() => []);
