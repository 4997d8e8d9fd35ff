// Folders for what nobody else may read, in places that are open to everybody.
import { lstatSync, mkdirSync, rmSync, statfsSync } from 'node:fs';

/** What statfs calls a file system that lives in memory (Linux, statfs(2)). */
const tmpfs = 0x01021994;

/** Linux alone; false elsewhere. */
export function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === tmpfs;
  } catch {
    return false;
  }
}

/** /dev/shm is open to everybody: a folder that another user has put there under this name is not used. */
export function makePrivate(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return isOurs(path);
  } catch {
    return false;
  }
}

/** A real folder (0700) of this user, and no link to one. */
export function isOurs(path: string): boolean {
  try {
    const found = lstatSync(path);
    if (process.platform === 'win32') return found.isDirectory();
    return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** With all that is in it. Never throws. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What is left is for this user alone, and goes with the next start.
  }
}
