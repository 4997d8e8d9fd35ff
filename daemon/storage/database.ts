import Database from 'better-sqlite3';
import { isProblemError, type ProblemError, problem } from '../../shared/api/problem.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

/**
 * Opens the database and brings it up to date. `:memory:` is allowed.
 * Errors: DAEMON_006 unwritable, DAEMON_008 newer than this program, DAEMON_009 disk full, DAEMON_011 damaged.
 */
export function openDatabase(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    // A row that is replaced is removed: whoever forbids that is asked.
    database.pragma('recursive_triggers = ON');
    database.pragma('busy_timeout = 5000');
    // In KiB: the system keeps the file in memory as well, and the usual 16 MiB are a sixth of an idle daemon.
    database.pragma('cache_size = -4000');
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw isProblemError(error) ? error : toStorageProblem(error, file);
  }
}

/** The sentence for an error of SQLite; DAEMON_001 for one that has no sentence of its own. */
export function toStorageProblem(error: unknown, file = 'the database'): ProblemError {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'SQLITE_FULL' || code.startsWith('SQLITE_IOERR_WRITE')) {
    return problem('DAEMON_009', {
      detail: `There is no room left for ${file}. Nothing of this change was kept.`,
      next: 'Free some disk space and try again.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return problem('DAEMON_011', {
      detail: `${file} is not a sound database.`,
      next: 'Move it away to start empty, or put back one of the copies in the folder "backups" beside it.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM') {
    return problem('DAEMON_006', {
      detail: `${file} cannot be written (${code}).`,
      next: 'Make the folder writable for your user, or set QUAYSIDE_HOME to another one.',
      cause: error,
    });
  }
  return problem('DAEMON_001', { detail: `The database refused a change (${code || 'unknown error'}).`, cause: error });
}

/** True if the error came from SQLite. */
export const isStorageError = (error: unknown): boolean =>
  typeof (error as { code?: unknown } | undefined)?.code === 'string' &&
  (error as { code: string }).code.startsWith('SQLITE_');
