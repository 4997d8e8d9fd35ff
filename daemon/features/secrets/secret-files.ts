// Secrets that servers read from files: in memory where there is such a folder, for this user alone, and only while the server runs.
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';
import { isInMemory, isOurs, makePrivate, removeQuietly } from '../../platform/private-folder.ts';

export interface SecretFiles {
  /**
   * Writes each value into a file (0600) of a new folder (0700), and answers with the paths by the same names.
   * Errors: DAEMON_006, DAEMON_009; nothing is left then.
   */
  write(serverId: string, values: Readonly<Record<string, string>>): Record<string, string>;
  /** Removes what was written for a server that has ended. Never throws. */
  release(serverId: string): void;
  /** Removes everything. Never throws. */
  close(): void;
}

export interface SecretFilePlaces {
  /** Folders that may lie in memory, the best first. */
  memory: readonly string[];
  /** Where it goes if none of them does. */
  lasting: string;
  /** Tells the files of one daemon from those of another. */
  owner: string;
}

/** The places of a daemon by its state folder. */
export function secretFilePlaces(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): SecretFilePlaces {
  const own = environment['XDG_RUNTIME_DIR'];
  const key = createHash('sha256').update(home).digest('hex').slice(0, 16);
  return {
    memory: platform === 'linux' ? [...(own?.startsWith('/') ? [own] : []), '/dev/shm'] : [],
    lasting: join(home, 'run'),
    owner: `quayside-secrets-${process.getuid?.() ?? 'user'}-${key}`,
  };
}

/** Removes at once what an earlier daemon has left: one that was killed could not. */
export function createSecretFiles({ memory, lasting, owner }: SecretFilePlaces): SecretFiles {
  const bases = [...memory, lasting].map(folder => join(folder, owner));
  /** The folders of each server; several only while one start overtakes another. */
  const folders = new Map<string, string[]>();
  const removeAll = (): void => {
    folders.clear();
    for (const base of bases) if (isOurs(base)) removeQuietly(base);
  };
  removeAll();

  const makeBase = (): string => {
    const usable = memory.filter(isInMemory).map(folder => join(folder, owner));
    const made = [...usable, join(lasting, owner)].find(makePrivate);
    if (made !== undefined) return made;
    throw cannotWrite(join(lasting, owner), undefined);
  };

  return {
    write(serverId, values) {
      const base = makeBase();
      let folder: string | undefined;
      try {
        folder = mkdtempSync(join(base, `${serverId}-`));
        const place = folder;
        const paths = Object.entries(values).map(([name, value]) => [name, writeFile(join(place, name), value)]);
        folders.set(serverId, [...(folders.get(serverId) ?? []), place]);
        return Object.fromEntries(paths);
      } catch (error) {
        if (folder !== undefined) removeQuietly(folder);
        throw cannotWrite(base, error);
      }
    },
    release(serverId) {
      for (const folder of folders.get(serverId) ?? []) removeQuietly(folder);
      folders.delete(serverId);
    },
    close: removeAll,
  };
}

function writeFile(path: string, value: string): string {
  const file = openSync(path, 'wx', 0o600);
  const bytes = Buffer.from(value);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    return path;
  } finally {
    bytes.fill(0);
    closeSync(file);
  }
}

function cannotWrite(path: string, cause: unknown): Error {
  const isFull = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
  return problem(isFull ? 'DAEMON_009' : 'DAEMON_006', {
    detail: `The files with the secrets of the server cannot be written below ${path}.`,
    next: isFull ? 'Free some room there, and start the server again.' : 'Look who owns this folder, and remove it.',
    cause,
  });
}
