import type { Database } from 'better-sqlite3';

export interface RowsToInsert {
  /** Never from a caller. */
  table: string;
  columns: readonly string[];
  /** Rows whose keys are there already are left out; otherwise they are an error. */
  leaveOutKnown?: boolean;
}

/** Inserts rows: of each the values in the order of the columns. To be called within a transaction. Returns how many are new. */
export type InsertRows = (rows: readonly (readonly unknown[])[]) => number;

/** Rows that one statement takes: to run it costs as much as several of them. */
const together = 16;

export function prepareInsert(database: Database, { table, columns, leaveOutKnown = false }: RowsToInsert): InsertRows {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const prepare = (rows: number) =>
    database.prepare(
      `insert into ${table} (${columns.join(', ')}) values ${Array(rows).fill(row).join(', ')} ${leaveOutKnown ? 'on conflict do nothing' : ''}`,
    );
  const [several, one] = [prepare(together), prepare(1)];
  return rows => {
    const whole = rows.length - (rows.length % together);
    let inserted = 0;
    for (let at = 0; at < whole; at += together) inserted += several.run(rows.slice(at, at + together).flat()).changes;
    for (const values of rows.slice(whole)) inserted += one.run(values).changes;
    return inserted;
  };
}
