// Files and folders that only this user may read, written so that a crash leaves the old or the new one and never half of it.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isProblemError, problem } from '../../shared/api/problem.ts';

/**
 * Makes the folder with mode 0700, or sets that mode. Errors: DAEMON_006, also for a link or another user's folder: who
 * put it there could read what we write, or answer in our place.
 */
export function ensurePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (process.platform === 'win32') return;
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== process.geteuid?.()) throw notOurs(path);
    chmodSync(path, 0o700);
  } catch (error) {
    throw isProblemError(error) ? error : unwritable(path, error);
  }
}

const notOurs = (path: string): Error =>
  problem('DAEMON_006', {
    detail: `${path} is a link, or it belongs to another user.`,
    next: 'Set QUAYSIDE_HOME to a folder of your own.',
  });

/** Replaces the file in one step, mode 0600. Errors: DAEMON_006, DAEMON_009 if the disk is full. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    ensurePrivateFolder(dirname(path));
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return problem('DAEMON_009', {
      detail: `There is no room left to write ${path}.`,
      next: 'Free some disk space and start again.',
      cause: error,
    });
  }
  return problem('DAEMON_006', {
    detail: `${path} cannot be written (${code ?? 'unknown error'}).`,
    next: 'Make the folder writable for your user, or set QUAYSIDE_HOME to another one.',
    cause: error,
  });
}
