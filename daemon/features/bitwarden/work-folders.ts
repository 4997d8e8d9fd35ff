// Folders that bw works in: in memory where there is such a place, for this user alone, and gone when the daemon ends. What bw keeps
// there (tokens, the secret of an API key) is not encrypted by itself.
import { lstatSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';

export interface WorkFolders {
  /** A new folder (0700) that nobody else uses. Errors: DAEMON_006. */
  open(): string;
  /** Removes one with all that is in it. Never throws. */
  remove(folder: string): void;
  /** Removes all of them. Never throws. */
  close(): void;
}

export interface WorkPlaces {
  /** Folders that may lie in memory, the best first. */
  memory: readonly string[];
  /** Where they go if none of those does. */
  lasting: string;
  /** Tells the folders of one daemon from those of another. */
  owner: string;
}

/** Removes at once what an earlier daemon has left: one that was killed could not. */
export function createWorkFolders({ memory, lasting, owner }: WorkPlaces): WorkFolders {
  const name = `${owner}-bitwarden`;
  const bases = [...memory, lasting].map(folder => join(folder, name));
  const removeAll = (): void => {
    for (const base of bases) if (isOurs(base)) remove(base);
  };
  removeAll();
  return {
    open() {
      const base = [...memory.filter(isInMemory), lasting].map(folder => join(folder, name)).find(makePrivate);
      if (base !== undefined) return mkdtempSync(join(base, 'account-'));
      throw problem('DAEMON_006', {
        detail: `Bitwarden’s data cannot be kept below ${lasting}.`,
        next: 'Look who owns this folder, and remove it.',
      });
    },
    remove,
    close: removeAll,
  };
}

/** What statfs calls a file system that lives in memory (Linux, statfs(2)). */
const tmpfs = 0x01021994;

function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === tmpfs;
  } catch {
    return false;
  }
}

/** /dev/shm is open to everybody: a folder that another user has put there under this name is not used. */
function makePrivate(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return isOurs(path);
  } catch {
    return false;
  }
}

function isOurs(path: string): boolean {
  try {
    const found = lstatSync(path);
    if (process.platform === 'win32') return found.isDirectory();
    return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What is left is for this user alone, and goes with the next start.
  }
}
