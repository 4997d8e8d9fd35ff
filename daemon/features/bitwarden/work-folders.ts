// Folders that bw works in: in memory where there is such a place, for this user alone, and gone when the daemon ends. What bw keeps
// there (tokens, the secret of an API key) is not encrypted by itself.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';
import { isInMemory, isOurs, makePrivate, removeQuietly } from '../../platform/private-folder.ts';

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
    for (const base of bases) if (isOurs(base)) removeQuietly(base);
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
    remove: removeQuietly,
    close: removeAll,
  };
}
