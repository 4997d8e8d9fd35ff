import type { Database } from 'better-sqlite3';
import * as z from 'zod';

export interface StoredRules {
  version: number;
  /** As it was written, maybe by another version of Quayside. */
  document: unknown;
  changedAt: string;
  changedBy: string;
}

export interface RulesRepository {
  find(): StoredRules | undefined;
  save(rules: StoredRules): void;
}

const Row = z.object({ version: z.int(), document: z.string(), changed_at: z.string(), changed_by: z.string() });

export function createRulesRepository(database: Database): RulesRepository {
  const find = database.prepare('select version, document, changed_at, changed_by from approval_rules where id = 1');
  const save = database.prepare(
    'insert or replace into approval_rules (id, version, document, changed_at, changed_by) values (1, ?, ?, ?, ?)',
  );
  return {
    find() {
      const row = find.get();
      if (row === undefined) return undefined;
      const { version, document, changed_at, changed_by } = Row.parse(row);
      return { version, document: JSON.parse(document), changedAt: changed_at, changedBy: changed_by };
    },
    save: ({ version, document, changedAt, changedBy }) =>
      void save.run(version, JSON.stringify(document), changedAt, changedBy),
  };
}
