import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { SavedCall } from '../../../shared/api/calls.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

/** Calls that were saved to be made again. They go with their server. */
export interface SavedCallRepository {
  list(
    query: PageQuery & {
      server?: string | undefined;
      kind?: SavedCall['kind'] | undefined;
      target?: string | undefined;
    },
  ): Page<SavedCall>;
  find(id: string): SavedCall | undefined;
  save(call: SavedCall): void;
  /** False if there was none. */
  remove(id: string): boolean;
}

const Row = z.object({
  id: z.string(),
  server_id: z.string(),
  kind: z.enum(['tool', 'prompt', 'resource']),
  target: z.string(),
  title: z.string(),
  arguments: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
const Arguments = z.record(z.string(), z.unknown());

export function createSavedCallRepository(database: Database): SavedCallRepository {
  const byId = database.prepare('select * from saved_calls where id = ?');
  const save = database.prepare(`
    insert or replace into saved_calls (id, server_id, kind, target, title, arguments, created_at, updated_at)
    values (@id, @serverId, @kind, @target, @title, @arguments, @createdAt, @updatedAt)`);
  const remove = database.prepare('delete from saved_calls where id = ?');
  return {
    list: query =>
      readPage(database, query, {
        table: 'saved_calls',
        columns: { title: 'title', created_at: 'created_at' },
        where: [
          ...(query.server === undefined ? [] : [{ sql: 'server_id = ?', value: query.server }]),
          ...(query.kind === undefined ? [] : [{ sql: 'kind = ?', value: query.kind }]),
          ...(query.target === undefined ? [] : [{ sql: 'target = ?', value: query.target }]),
        ],
        tieBreaker: 'id',
        toItem: toSavedCall,
      }),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toSavedCall(row);
    },
    save: call => void save.run({ ...call, arguments: JSON.stringify(call.arguments) }),
    remove: id => remove.run(id).changes > 0,
  };
}

function toSavedCall(raw: unknown): SavedCall {
  const { server_id, created_at, updated_at, ...row } = Row.parse(raw);
  return {
    ...row,
    serverId: server_id,
    arguments: Arguments.parse(JSON.parse(row.arguments)),
    createdAt: created_at,
    updatedAt: updated_at,
  };
}
