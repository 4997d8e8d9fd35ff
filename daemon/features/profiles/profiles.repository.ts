import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { jsonColumn } from '../../storage/json-column.ts';
import { containing, readPage } from '../../storage/page.ts';

/** A profile as it was last read. */
export interface StoredProfile {
  id: string;
  name: string;
  fixed: boolean;
  clients: string[];
  readAt: string;
}

export interface ProfileRepository {
  list(query: PageQuery & { q?: string | undefined }): Page<StoredProfile>;
  all(): StoredProfile[];
  find(id: string): StoredProfile | undefined;
  save(profile: StoredProfile): void;
  remove(id: string): void;
}

const Row = z
  .object({
    id: z.string(),
    name: z.string(),
    fixed: z.int(),
    clients: jsonColumn(z.array(z.string())),
    read_at: z.string(),
  })
  .transform(({ read_at: readAt, fixed, ...row }): StoredProfile => ({ ...row, fixed: fixed === 1, readAt }));

export function createProfileRepository(database: Database): ProfileRepository {
  const byId = database.prepare('select * from profiles where id = ?');
  const all = database.prepare('select * from profiles order by id');
  const save = database.prepare(`
    insert into profiles (id, name, fixed, clients, read_at) values (@id, @name, @fixed, @clients, @readAt)
    on conflict (id) do update set name = excluded.name, fixed = excluded.fixed, clients = excluded.clients, read_at = excluded.read_at`);
  const remove = database.prepare('delete from profiles where id = ?');
  return {
    list: ({ q, ...query }) =>
      readPage(database, query, {
        table: 'profiles',
        columns: { id: 'id', name: 'name collate nocase' },
        where: q ? [{ sql: "(id || ' ' || name) like ? escape '\\'", value: containing(q) }] : [],
        tieBreaker: 'id',
        toItem: row => Row.parse(row),
      }),
    all: () => all.all().map(row => Row.parse(row)),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : Row.parse(row);
    },
    save: profile => {
      save.run({ ...profile, fixed: Number(profile.fixed), clients: JSON.stringify(profile.clients) });
    },
    remove: id => {
      remove.run(id);
    },
  };
}
