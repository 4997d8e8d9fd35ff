// The vault's own rows: where its master key comes from, and its data keys by version. Secret bytes are never among them.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { MasterKeySource } from '../../../shared/api/vault.ts';
import { Derivation } from './key-derivation.ts';

export interface StoredVault {
  id: string;
  source: MasterKeySource;
  /** Set for a passphrase. */
  derivation: Derivation | null;
  createdAt: string;
}

export interface StoredKey {
  id: string;
  version: number;
  /** Null once it is retired: then nobody can derive it again. */
  salt: Buffer | null;
  check: Buffer | null;
  createdAt: string;
  retiredAt: string | null;
}

export interface LiveKey extends StoredKey {
  salt: Buffer;
  check: Buffer;
}

export interface VaultRepository {
  find(): StoredVault | undefined;
  /** Stores or replaces the vault's row. */
  save(vault: StoredVault): void;
  /** All, the oldest first. */
  keys(): StoredKey[];
  addKey(key: LiveKey): void;
  /** Forgets the salt of a key that no secret uses. False if one does. */
  retireKey(id: string, at: string): boolean;
  /** How many secrets are encrypted with each key, by its id. */
  uses(): Map<string, number>;
  /** How often a new key is made without being asked for; null: never. */
  rotationDays(): number | null;
  saveRotationDays(days: number | null): void;
  transaction<T>(act: () => T): T;
}

const VaultRow = z
  .object({
    id: z.string(),
    source: MasterKeySource,
    derivation: z.string().nullable(),
    created_at: z.string(),
  })
  .transform(
    (row): StoredVault => ({
      id: row.id,
      source: row.source,
      derivation: row.derivation === null ? null : Derivation.parse(JSON.parse(row.derivation)),
      createdAt: row.created_at,
    }),
  );

const KeyRow = z
  .object({
    id: z.string(),
    version: z.int(),
    salt: z.instanceof(Buffer).nullable(),
    check_value: z.instanceof(Buffer).nullable(),
    created_at: z.string(),
    retired_at: z.string().nullable(),
  })
  .transform(
    (row): StoredKey => ({
      id: row.id,
      version: row.version,
      salt: row.salt,
      check: row.check_value,
      createdAt: row.created_at,
      retiredAt: row.retired_at,
    }),
  );
const UseRow = z.object({ key_id: z.string(), secrets: z.int() });

export const isLive = (key: StoredKey): key is LiveKey => key.salt !== null && key.check !== null;

export function createVaultRepository(database: Database): VaultRepository {
  const find = database.prepare('select id, source, derivation, created_at from vault');
  const save = database.prepare(`
    insert into vault (one, id, source, derivation, created_at) values (1, @id, @source, @derivation, @createdAt)
    on conflict (one) do update set id = excluded.id, source = excluded.source, derivation = excluded.derivation`);
  const keys = database.prepare('select * from vault_keys order by version');
  const addKey = database.prepare(`
    insert into vault_keys (id, version, salt, check_value, created_at) values (@id, @version, @salt, @check, @createdAt)`);
  const retireKey = database.prepare(`
    update vault_keys set salt = null, check_value = null, retired_at = @at
    where id = @id and retired_at is null and not exists (select 1 from secrets where key_id = @id)`);
  const uses = database.prepare(
    'select key_id, count(*) as secrets from secrets where key_id is not null group by key_id',
  );
  const days = database.prepare('select every_days from vault_schedule').pluck();
  const saveDays = database.prepare(`
    insert into vault_schedule (one, every_days) values (1, ?) on conflict (one) do update set every_days = excluded.every_days`);
  const dropDays = database.prepare('delete from vault_schedule');
  return {
    find() {
      const row = find.get();
      return row === undefined ? undefined : VaultRow.parse(row);
    },
    save: ({ derivation, ...vault }) => {
      save.run({ ...vault, derivation: derivation && JSON.stringify(derivation) });
    },
    keys: () => keys.all().map(row => KeyRow.parse(row)),
    addKey: ({ id, version, salt, check, createdAt }) => {
      addKey.run({ id, version, salt, check, createdAt });
    },
    retireKey: (id, at) => retireKey.run({ id, at }).changes === 1,
    uses: () =>
      new Map(
        uses
          .all()
          .map(row => UseRow.parse(row))
          .map(row => [row.key_id, row.secrets]),
      ),
    rotationDays: () =>
      z
        .int()
        .nullable()
        .parse(days.get() ?? null),
    saveRotationDays: everyDays => {
      if (everyDays === null) dropDays.run();
      else saveDays.run(everyDays);
    },
    transaction: act => database.transaction(act)(),
  };
}
