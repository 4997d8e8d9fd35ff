// Files that are exchanged with the CLI: in a folder that only this user can open, and gone afterwards.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnswerError } from '../../cli-error.ts';

/** The path of a file in a fresh 0700 folder, while `act` runs. */
export async function withPrivateFile<T>(root: string, name: string, act: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(root, 'quayside-exchange-'));
  try {
    return await act(join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export const writePrivately = (file: string, text: string): Promise<void> =>
  writeFile(file, text, { mode: 0o600, flag: 'wx' });

const largest = 64 * 1_048_576;

/** Errors: AnswerError if it is not there or too large. */
export async function readExchanged(file: string): Promise<string> {
  const size = await stat(file).then(
    entry => entry.size,
    () => undefined,
  );
  if (size === undefined) throw new AnswerError({ failure: 'unreadable', subject: 'docker mcp has written no file' });
  if (size > largest) throw new AnswerError({ failure: 'too-large' });
  return await readFile(file, 'utf8');
}

const ours = /^quayside-import-[0-9a-f]{16}\.yaml$/;

/** What an interrupted run has left is removed after this many milliseconds. */
const keptFor = 600_000;

/** The name of a file in the catalogs folder, the only one that the CLI reads catalogs from, while `act` runs. */
export async function withCatalogFile<T>(folder: string, text: string, act: (name: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folder);
  const name = `quayside-import-${randomBytes(8).toString('hex')}.yaml`;
  const file = await open(join(folder, name), 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.close();
    return await act(name);
  } finally {
    await rm(join(folder, name), { force: true });
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(each => ours.test(each))) {
    const age = await stat(join(folder, name)).then(
      entry => Date.now() - entry.mtimeMs,
      () => 0,
    );
    if (age > keptFor) await rm(join(folder, name), { force: true });
  }
}
