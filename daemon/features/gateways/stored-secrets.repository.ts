// Which names in Docker's own store we have set: names alone, never a value.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';

const Row = z
  .object({ name: z.string(), server_id: z.string(), variable: z.string() })
  .transform(({ name, server_id, variable }) => ({ name, serverId: server_id, variable }));
export type StoredSecretRow = z.infer<typeof Row>;

export interface StoredSecretRepository {
  all(): StoredSecretRow[];
  save(row: StoredSecretRow): void;
  remove(row: StoredSecretRow): void;
}

export function createStoredSecretRepository(database: Database): StoredSecretRepository {
  const all = database.prepare('select * from stored_secrets order by name, server_id, variable');
  const save = database.prepare('insert or ignore into stored_secrets values (@name, @serverId, @variable)');
  const remove = database.prepare(
    'delete from stored_secrets where name = @name and server_id = @serverId and variable = @variable',
  );
  return {
    all: () => all.all().map(row => Row.parse(row)),
    save: row => void save.run(row),
    remove: row => void remove.run(row),
  };
}
