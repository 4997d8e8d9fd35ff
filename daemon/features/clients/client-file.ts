// A client's file on the disk: read within limits, replaced in one step, and never by way of a link that leads elsewhere.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';

/** Some clients keep their whole history in this file. */
const largestFile = 33_554_432;

export interface FoundFile {
  /** What is shown, as docker mcp names it. */
  file: string;
  /** Where it really is. */
  target: string;
  /** Undefined: there is none. */
  bytes: Buffer | undefined;
}

/**
 * Reads the file that a change would write. Links are followed within `root` alone: a project that somebody else made
 * must not lead a write into the user's own files. Errors: CLIENT_002.
 */
export async function readClientFile(file: string, root: string): Promise<FoundFile> {
  const target = await resolveWithin(file, root);
  return { file, target, bytes: await readBytes(target, file) };
}

/** Identifies a state of the file; "absent" differs from "empty". */
export const revisionOf = (bytes: Buffer | undefined): string =>
  bytes === undefined ? 'absent' : createHash('sha256').update(bytes).digest('hex');

async function resolveWithin(file: string, root: string): Promise<string> {
  const [target, top] = await Promise.all([resolve(file), resolve(root)]);
  if (target.startsWith(top.endsWith(sep) ? top : top + sep)) return target;
  throw problem('CLIENT_002', {
    detail: `${file} leads out of ${root}, to ${target}.`,
    next: 'Replace the link by a file of its own, or change that file yourself.',
  });
}

/** The real path, also of what is not there yet: of the part that is there, and the rest after it. */
async function resolve(path: string, depth = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path || depth > 64)
      throw unreadable(path, error);
  }
  // A link to what does not exist: a write would make it there.
  const link = await readlink(path).catch(() => undefined);
  if (link !== undefined) return await resolve(link.startsWith(sep) ? link : join(dirname(path), link), depth + 1);
  return join(await resolve(dirname(path), depth + 1), basename(path));
}

async function readBytes(target: string, file: string): Promise<Buffer | undefined> {
  try {
    // Not to wait for a writer if it is a FIFO.
    const handle = await open(target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw notAFile(file);
      if (found.size > largestFile) throw tooLarge(file);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw code === undefined || code.startsWith('CLIENT_') ? error : unreadable(file, error);
  }
}

const notAFile = (file: string) =>
  problem('CLIENT_002', { detail: `${file} is not an ordinary file.`, next: 'Move it away.' });
const tooLarge = (file: string) =>
  problem('CLIENT_002', {
    detail: `${file} has more than ${largestFile / 1_048_576} MiB.`,
    next: 'Make it smaller, or change it yourself.',
  });
const unreadable = (file: string, cause: unknown) =>
  problem('CLIENT_002', {
    detail: `${file} cannot be read or written (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    next: 'Give your user the right to read and write it.',
    cause,
  });

/** Replaces the file in one step: a crash leaves the old or the new one. Its mode stays; a new one gets `mode`. Errors: CLIENT_002. */
export async function replaceFile(target: string, bytes: Buffer, mode = 0o600): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const before = await stat(target).catch(() => undefined);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(temporary, before ? before.mode & 0o777 : mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unreadable(target, error);
  }
}

/** Puts the file back as it was; undefined: as it was not. */
export async function restoreFile(target: string, bytes: Buffer | undefined): Promise<void> {
  if (bytes !== undefined) return await replaceFile(target, bytes);
  const found = await lstat(target).catch(() => undefined);
  if (found?.isFile()) await rm(target, { force: true });
}
