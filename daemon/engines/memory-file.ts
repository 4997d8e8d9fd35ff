// A file without a name in memory, for what a child may read from a descriptor and nobody may find on a disk.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What statfs calls a file system that lives in memory (Linux, statfs(2)). */
const tmpfs = 0x01021994;

/**
 * A handle whose descriptor a child inherits: `/dev/fd/N` shows it the text from the start, as often as it is opened. The
 * name is gone before the text is written. Undefined where there is no folder in memory. The caller closes the handle.
 */
export async function createMemoryFile(
  text: string,
  folders: readonly (string | undefined)[],
): Promise<FileHandle | undefined> {
  for (const folder of folders) {
    if (folder === undefined || !(await isInMemory(folder))) continue;
    const path = join(folder, `.quayside-${randomBytes(12).toString('hex')}`);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(path, flags, 0o600).catch(() => undefined);
    if (!file) continue;
    try {
      await unlink(path);
      const bytes = Buffer.from(text);
      // At a place of its own: the descriptor still stands at the start for whoever reads it without opening it.
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
      return file;
    } catch {
      await file.close();
    }
  }
  return undefined;
}

const isInMemory = async (folder: string): Promise<boolean> =>
  await statfs(folder).then(
    ({ type }) => type === tmpfs,
    () => false,
  );
