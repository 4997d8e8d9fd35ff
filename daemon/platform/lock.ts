// One daemon per state folder. The lock is SQLite's: the system gives it back when its holder ends, however it ends.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { problem } from '../../shared/api/problem.ts';

export interface DaemonLock {
  release(): void;
}

/** Errors: DAEMON_010 if another daemon holds it, DAEMON_006 if the folder cannot be written. */
export function takeLock(home: string): DaemonLock {
  const file = join(home, 'daemon.lock');
  let database: Database.Database;
  try {
    database = new Database(file, { timeout: 0 });
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('begin exclusive');
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw problem('DAEMON_010', {
        detail: `Another daemon uses the state folder ${home}.`,
        next: 'Use that one, or stop it with "quayside daemon stop".',
      });
    }
    throw problem('DAEMON_006', {
      detail: `${file} cannot be used (${code || String(error)}).`,
      next: 'Make the folder writable for your user, or set QUAYSIDE_HOME to another one.',
      cause: error,
    });
  }
  return {
    release: () => {
      if (database.open) database.close();
    },
  };
}
