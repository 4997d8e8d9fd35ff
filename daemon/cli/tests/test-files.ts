// Finds test files from what was typed: files, folders and patterns; reads and writes the snapshots beside them.
import { lstat, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { testFileEnding, testFileLimits } from '../../../shared/domain/mcptest.ts';
import { UsageError } from '../exit-codes.ts';

export interface FoundFile {
  /** Relative to the folder in which the command runs, with forward slashes. */
  path: string;
  absolute: string;
}

const ignored = new Set(['node_modules', '.git', '.hg', '.svn']);
const deepest = 20;
const mostEntries = 100_000;

/** Nothing typed: all below the folder. Errors: UsageError for what is not there. */
export async function findTestFiles(folder: string, typed: readonly string[]): Promise<FoundFile[]> {
  const lists = await Promise.all((typed.length > 0 ? typed : ['.']).map(each => expand(folder, each)));
  const paths = [...new Set(lists.flat())].toSorted();
  return paths.map(absolute => ({
    absolute,
    path: relative(folder, absolute).split(sep).join('/') || basename(absolute),
  }));
}

const isPattern = (text: string): boolean => /[*?]/.test(text);

async function expand(folder: string, typed: string): Promise<string[]> {
  const path = resolve(folder, typed);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  if (found?.isDirectory()) return await walk(path);
  if (!isPattern(typed)) throw new UsageError(`There is no file or folder "${typed}".`);
  const parts = typed.split(/[\\/]/);
  const fixed = parts.slice(0, parts.findIndex(isPattern));
  const base = resolve(folder, fixed.join('/') || (typed.startsWith('/') ? '/' : '.'));
  const pattern = toRegExp(parts.slice(fixed.length).join('/'));
  const files = await walk(base, () => true);
  return files.filter(file => pattern.test(relative(base, file).split(sep).join('/')) && file.endsWith('.yaml'));
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map(part =>
      part === '**'
        ? '**'
        : part
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replace(/\*+/g, '[^/]*')
            .replace(/\?/g, '[^/]'),
    )
    .join('/')
    .replaceAll('**/', '(?:[^/]+/)*')
    .replaceAll('/**', '(?:/[^/]+)*')
    .replace(/^\*\*$/, '.*');
  return new RegExp(`^${source}$`);
}

async function walk(start: string, fits = (name: string) => name.endsWith(testFileEnding)): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      seen += 1;
      if (seen > mostEntries) throw new UsageError('There are too many files here. Name a folder or the files.');
      const path = join(folder, entry.name);
      // Links to folders may lead round in circles.
      if (entry.isDirectory() && depth < deepest && !ignored.has(entry.name)) await visit(path, depth + 1);
      else if (entry.isFile() && fits(entry.name)) found.push(path);
    }
  };
  await visit(start, 0);
  return found;
}

/** Errors: UsageError for a file that is too large or cannot be read. */
export async function readTestText({ absolute, path }: FoundFile): Promise<string> {
  const found = await stat(absolute).catch(() => undefined);
  if (!found) throw new UsageError(`${path} cannot be read.`);
  if (found.size > testFileLimits.bytes)
    throw new UsageError(`${path} is larger than ${testFileLimits.bytes / 1_024} KiB.`);
  return await readFile(absolute, 'utf8');
}

export const snapshotPathOf = (file: string): string =>
  join(dirname(file), '__snapshots__', `${basename(file).replace(/\.ya?ml$/, '')}.snap.yaml`);

/** undefined: there is none. Errors: UsageError for what is no plain file of a plain folder, and what is too large. */
export async function readSnapshotText({ absolute, path }: FoundFile): Promise<string | undefined> {
  const target = snapshotPathOf(absolute);
  await refuseLinks(absolute);
  const found = await lstat(target).catch(() => undefined);
  if (!found) return undefined;
  if (found.size > testFileLimits.snapshotBytes) throw new UsageError(`The snapshot file of ${path} is too large.`);
  return await readFile(target, 'utf8').catch(() => {
    throw new UsageError(`The snapshot file of ${path} cannot be read.`);
  });
}

/** A folder of somebody else's may hold links to anywhere: nothing is read or written through them. */
async function refuseLinks(absolute: string): Promise<void> {
  const target = snapshotPathOf(absolute);
  const [folder, file] = await Promise.all([dirname(target), target].map(path => lstat(path).catch(() => undefined)));
  if ((folder && !folder.isDirectory()) || (file && !file.isFile()))
    throw new UsageError(`${target} is a link, or no plain file in a plain folder: snapshots are not kept there.`);
}

/** Whole or not at all. Resolves with the path as a person knows it. Errors: UsageError. */
export async function writeSnapshotText({ absolute, path }: FoundFile, text: string): Promise<string> {
  const target = snapshotPathOf(absolute);
  await refuseLinks(absolute);
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, target);
  return posix.join(posix.dirname(path), '__snapshots__', basename(target));
}
