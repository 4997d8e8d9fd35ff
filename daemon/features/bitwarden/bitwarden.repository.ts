import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { BitwardenMapping, BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

/** What is known of the account without asking bw. */
export interface StoredAccount {
  serverUrl: string | null;
  /** null: nobody is logged in. */
  email: string | null;
  keyId: string | null;
  autoLockMinutes: number | null;
  syncEveryMinutes: number | null;
  lastSyncAt: string | null;
  lastSync: BitwardenStatus['lastSync'];
}

export interface BitwardenRepository {
  account(): StoredAccount;
  saveLogin(login: { serverUrl: string | null; email: string; keyId: string; state: Buffer; at: string }): void;
  saveState(state: Buffer): void;
  state(): Buffer | null;
  /** Nobody is logged in any more. */
  forget(): void;
  saveSettings(settings: Pick<StoredAccount, 'autoLockMinutes' | 'syncEveryMinutes'>): void;
  savePulled(at: string): void;
  saveSummary(summary: NonNullable<StoredAccount['lastSync']>): void;
  mappings(query: PageQuery): Page<BitwardenMapping>;
  allMappings(): BitwardenMapping[];
  findMapping(id: string): BitwardenMapping | undefined;
  findMappingOf(secretName: string): BitwardenMapping | undefined;
  addMapping(
    mapping: Pick<BitwardenMapping, 'itemId' | 'itemName' | 'part' | 'secretName' | 'serverId'>,
    at: string,
  ): BitwardenMapping;
  updateMapping(
    mapping: Pick<BitwardenMapping, 'id' | 'itemName' | 'secretId' | 'syncedAt' | 'state' | 'reason'>,
  ): void;
  removeMapping(id: string): void;
}

const count = z.int();
const Summary = z.object({ added: count, changed: count, removed: count, unchanged: count, refused: count });

const AccountRow = z
  .object({
    server_url: z.string().nullable(),
    email: z.string().nullable(),
    key_id: z.string().nullable(),
    auto_lock_minutes: z.int().nullable(),
    sync_every_minutes: z.int().nullable(),
    last_sync_at: z.string().nullable(),
    last_sync: z.string().nullable(),
  })
  .transform(
    (row): StoredAccount => ({
      serverUrl: row.server_url,
      // Without its key the state cannot be read: a bundle was put back, or the vault was made anew.
      email: row.key_id === null ? null : row.email,
      keyId: row.key_id,
      autoLockMinutes: row.auto_lock_minutes,
      syncEveryMinutes: row.sync_every_minutes,
      lastSyncAt: row.last_sync_at,
      lastSync: row.last_sync === null ? null : Summary.parse(JSON.parse(row.last_sync)),
    }),
  );

const MappingRow = z
  .object({
    id: z.string(),
    item_id: z.string(),
    item_name: z.string(),
    part: z.string(),
    secret_name: z.string(),
    server_id: z.string().nullable(),
    secret_id: z.string().nullable(),
    synced_at: z.string().nullable(),
    state: z.enum(['new', 'synced', 'gone', 'refused']),
    reason: z.string().nullable(),
  })
  .transform(
    (row): BitwardenMapping => ({
      id: row.id,
      itemId: row.item_id,
      itemName: row.item_name,
      part: row.part,
      secretName: row.secret_name,
      serverId: row.server_id,
      secretId: row.secret_id,
      syncedAt: row.synced_at,
      state: row.state,
      reason: row.reason,
    }),
  );

export function createBitwardenRepository(database: Database): BitwardenRepository {
  const account = database.prepare('select * from bitwarden');
  const state = database.prepare('select state from bitwarden').pluck();
  const saveLogin = database.prepare(`update bitwarden set server_url = @serverUrl, email = @email, key_id = @keyId,
    state = @state, last_sync_at = @at`);
  const saveState = database.prepare('update bitwarden set state = ?');
  const forget = database.prepare('update bitwarden set email = null, key_id = null, state = null');
  const saveSettings = database.prepare(
    'update bitwarden set auto_lock_minutes = @autoLockMinutes, sync_every_minutes = @syncEveryMinutes',
  );
  const savePulled = database.prepare('update bitwarden set last_sync_at = ?');
  const saveSummary = database.prepare('update bitwarden set last_sync = ?');
  const all = database.prepare('select * from bitwarden_mappings order by secret_name');
  const byId = database.prepare('select * from bitwarden_mappings where id = ?');
  const byName = database.prepare('select * from bitwarden_mappings where secret_name = ?');
  const add = database.prepare(`
    insert into bitwarden_mappings (id, item_id, item_name, part, secret_name, server_id, created_at)
    values (@id, @itemId, @itemName, @part, @secretName, @serverId, @at)`);
  const update = database.prepare(`update bitwarden_mappings set item_name = @itemName, secret_id = @secretId,
    synced_at = @syncedAt, state = @state, reason = @reason where id = @id`);
  const remove = database.prepare('delete from bitwarden_mappings where id = ?');
  const find = (row: unknown): BitwardenMapping | undefined => (row === undefined ? undefined : MappingRow.parse(row));

  return {
    account: () => AccountRow.parse(account.get()),
    saveLogin: login => void saveLogin.run(login),
    saveState: bytes => void saveState.run(bytes),
    state: () => z.instanceof(Buffer).nullable().parse(state.get()),
    forget: () => void forget.run(),
    saveSettings: settings => void saveSettings.run(settings),
    savePulled: at => void savePulled.run(at),
    saveSummary: summary => void saveSummary.run(JSON.stringify(summary)),
    mappings: query =>
      readPage(database, query, {
        table: 'bitwarden_mappings',
        columns: { secret_name: 'secret_name', created_at: 'created_at' },
        where: [],
        tieBreaker: 'id',
        toItem: row => MappingRow.parse(row),
      }),
    allMappings: () => all.all().map(row => MappingRow.parse(row)),
    findMapping: id => find(byId.get(id)),
    findMappingOf: secretName => find(byName.get(secretName)),
    addMapping(mapping, at) {
      const id = randomUUID();
      add.run({ id, ...mapping, at });
      return MappingRow.parse(byId.get(id));
    },
    updateMapping: ({ id, itemName, secretId, syncedAt, state: now, reason }) =>
      void update.run({ id, itemName, secretId, syncedAt, state: now, reason }),
    removeMapping: id => void remove.run(id),
  };
}
