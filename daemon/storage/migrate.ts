import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { problem } from '../../shared/api/problem.ts';

export interface Migration {
  /** Counted from 1 without gaps; SQLite's user_version holds the last one done. */
  number: number;
  name: string;
  sql: string;
}

/**
 * Runs the migrations that are missing, each in one transaction, after a copy of the database was put beside it.
 * Errors: DAEMON_008 if the database was written by a newer program; it is not touched then.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  const done = database.pragma('user_version', { simple: true }) as number;
  const newest = migrations.at(-1)?.number ?? 0;
  if (done > newest) {
    throw problem('DAEMON_008', {
      detail: `The database has version ${done}; this program knows versions up to ${newest}.`,
      next: 'Install the newer Quayside again, or set QUAYSIDE_HOME to another folder. Nothing was changed.',
    });
  }
  const missing = migrations.filter(migration => migration.number > done);
  if (missing.length === 0) return;
  if (done > 0) backUp(database, done);
  for (const { number, sql } of missing) {
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${number}`);
    })();
  }
}

function backUp(database: Database, version: number): void {
  if (database.memory) return;
  const folder = join(dirname(database.name), 'backups');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  database.prepare('vacuum into ?').run(join(folder, `version-${version}-${stamp}.db`));
}
