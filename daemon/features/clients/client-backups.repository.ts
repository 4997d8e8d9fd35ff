// The backups of clients' files: what is known of them in a table, their bytes in private files of the state folder.
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { ClientBackup } from '../../../shared/api/clients.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { ensurePrivateFolder } from '../../platform/private-file.ts';
import { readPage } from '../../storage/page.ts';
import { replaceFile } from './client-file.ts';

/** A backup without what has to be looked up on the disk. */
export interface StoredBackup extends Omit<ClientBackup, 'changedSince'> {
  /** The revision of the file after the change; empty while the change runs. */
  madeOf: string;
}

export interface ClientBackups {
  /** Keeps the bytes before anything is changed. Undefined: there was no file. Errors: CLIENT_002, DAEMON_006. */
  keep(
    backup: Pick<StoredBackup, 'client' | 'file' | 'action' | 'madeAt'>,
    bytes: Buffer | undefined,
  ): Promise<StoredBackup>;
  changed(id: string, madeOf: string): StoredBackup;
  restored(id: string, at: string): StoredBackup;
  find(id: string): StoredBackup | undefined;
  /** Undefined: there was no file. */
  bytesOf(backup: StoredBackup): Promise<Buffer | undefined>;
  discard(id: string): Promise<void>;
  list(query: PageQuery): Page<StoredBackup>;
}

const Row = z.object({
  id: z.string(),
  client: z.string(),
  file: z.string(),
  action: z.enum(['connect', 'disconnect']),
  existed: z.int(),
  bytes: z.int(),
  made_of: z.string(),
  made_at: z.string(),
  restored_at: z.string().nullable(),
});

function toBackup(row: unknown): StoredBackup {
  const { made_of, made_at, restored_at, existed, ...rest } = Row.parse(row);
  return { ...rest, existed: existed === 1, madeOf: made_of, madeAt: made_at, restoredAt: restored_at };
}

/** Older ones go, so that old secrets do not lie about for ever. */
const most = 100;

export function createClientBackups(database: Database, folder: string): ClientBackups {
  const byId = database.prepare('select * from client_backups where id = ?');
  const insert = database.prepare(`
    insert into client_backups (id, client, file, action, existed, bytes, made_of, made_at, restored_at)
    values (@id, @client, @file, @action, @existed, @bytes, '', @madeAt, null)`);
  const setMadeOf = database.prepare('update client_backups set made_of = ? where id = ?');
  const setRestored = database.prepare('update client_backups set restored_at = ? where id = ?');
  const remove = database.prepare('delete from client_backups where id = ?');
  const tooMany = database
    .prepare(`select id from client_backups order by made_at desc, id desc limit -1 offset ${most}`)
    .pluck();
  const fileOf = (id: string) => join(folder, `${id}.bak`);

  const find = (id: string): StoredBackup | undefined => {
    const row = byId.get(id);
    return row === undefined ? undefined : toBackup(row);
  };
  const get = (id: string): StoredBackup => toBackup(byId.get(id));
  const discard = async (id: string): Promise<void> => {
    remove.run(id);
    await rm(fileOf(id), { force: true });
  };
  return {
    find,
    discard,
    async keep(backup, bytes) {
      const id = randomUUID();
      ensurePrivateFolder(folder);
      // The bytes first: a row without them would promise too much.
      if (bytes !== undefined) await replaceFile(fileOf(id), bytes, 0o600);
      insert.run({ ...backup, id, existed: bytes === undefined ? 0 : 1, bytes: bytes?.length ?? 0 });
      for (const old of tooMany.all()) await discard(String(old));
      return get(id);
    },
    changed(id, madeOf) {
      setMadeOf.run(madeOf, id);
      return get(id);
    },
    restored(id, at) {
      setRestored.run(at, id);
      return get(id);
    },
    bytesOf: async ({ id, existed }) => (existed ? await readFile(fileOf(id)) : undefined),
    list: query =>
      readPage(database, query, {
        table: 'client_backups',
        columns: { made_at: 'made_at' },
        where: [],
        tieBreaker: 'id',
        toItem: toBackup,
      }),
  };
}
