import type { Database, Statement } from 'better-sqlite3';
import * as z from 'zod';
import type { Page, PageQuery } from '../../shared/api/route.ts';

export interface PageOfRows<T> {
  /** A table or view; never from a caller. */
  table: string;
  /** What is read of each row, if it is not all of the table; never from a caller. */
  selection?: string;
  /** Sort key of the API -> column; a key that is not here cannot be asked for. */
  columns: Record<string, string>;
  /** Conditions on the table with the values they bind. Absent values are left out by the caller. */
  where: { sql: string; value: unknown }[];
  /** The last sort key, so that pages do not overlap. */
  tieBreaker: string;
  toItem: (row: unknown) => T;
}

/** One page of a table and the number of all rows that fit. */
export function readPage<T>(
  database: Database,
  query: PageQuery,
  { table, selection = '*', columns, where, tieBreaker, toItem }: PageOfRows<T>,
): Page<T> {
  const condition = where.length > 0 ? `where ${where.map(part => part.sql).join(' and ')}` : '';
  const values = where.map(part => part.value);
  const column = columns[query.sort_by] ?? tieBreaker;
  const direction = query.sort_order === 'desc' ? 'desc' : 'asc';
  // Named twice, it would be sorted by instead of read in its order.
  const keys = column === tieBreaker ? [column] : [column, tieBreaker];
  const order = `order by ${keys.map(key => `${key} ${direction}`).join(', ')}`;
  const count = prepareOnce(database, `select count(*) as total from ${table} ${condition}`);
  const page = prepareOnce(database, `select ${selection} from ${table} ${condition} ${order} limit ? offset ?`);
  // Nobody writes between the two: this is the one connection, and nothing else runs meanwhile.
  const { total } = Count.parse(count.get(...values));
  const rows = page.all(...values, query.limit, (query.page - 1) * query.limit);
  return { items: rows.map(toItem), total, page: query.page, limit: query.limit };
}

const Count = z.object({ total: z.int() });

const prepared = new WeakMap<Database, Map<string, Statement>>();
/** There are as many as there are tables, conditions and orders: few. To prepare one takes longer than to run it. */
function prepareOnce(database: Database, sql: string): Statement {
  const known = prepared.get(database) ?? new Map<string, Statement>();
  prepared.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** One page of a list that is in memory anyway. */
export function pageOfList<T>(items: readonly T[], query: PageQuery, sortKey: (item: T) => string): Page<T> {
  const sign = query.sort_order === 'desc' ? -1 : 1;
  const sorted = items.toSorted((a, b) => sign * sortKey(a).localeCompare(sortKey(b), 'en'));
  const start = (query.page - 1) * query.limit;
  return { items: sorted.slice(start, start + query.limit), total: items.length, page: query.page, limit: query.limit };
}

/** A LIKE pattern that finds the text anywhere; its own wildcards are escaped by a backslash. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
