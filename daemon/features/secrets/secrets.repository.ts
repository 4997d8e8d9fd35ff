import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { Secret, SecretDetail, SecretUse } from '../../../shared/api/secrets.ts';
import { containing, readPage } from '../../storage/page.ts';
import type { SealedRecord, SecretContext } from './sealed-record.ts';

export interface SecretFilter extends PageQuery {
  q?: string | undefined;
  server_id?: string | undefined;
}

/** A value as it is stored, with what it belongs to. */
export interface StoredValue {
  context: SecretContext;
  record: SealedRecord;
}

export interface SecretRepository {
  list(filter: SecretFilter): Page<Secret>;
  find(id: string): Secret | undefined;
  findByName(name: string): Secret | undefined;
  count(): number;
  serverExists(id: string): boolean;
  /** Stores a name without a value. Returns its id. */
  insert(secret: { name: string; serverId: string | null; at: string }): string;
  /** Stores a value in place of the one before; the context names the new version. */
  saveValue(context: SecretContext, record: SealedRecord, at: string): void;
  /** Puts the same value under another key. False if the record is not the one that was read any more. */
  reseal(context: SecretContext, before: SealedRecord, after: SealedRecord): boolean;
  value(id: string): StoredValue | undefined;
  /** Of all that is kept under keys, also of what no person stored. */
  ids(): string[];
  /** Ids of the secrets whose values are under another key than this one. */
  idsNotUnder(keyId: string): string[];
  /** Of the secrets that persons stored. */
  ownIds(): string[];
  remove(id: string): void;
  /** Says what keeps the value up to date; null: a person. */
  setSource(id: string, source: 'bitwarden' | null): void;
  /** Leaves the name and whoever refers to it. */
  clearValue(id: string, at: string): void;
  usedBy(id: string): SecretDetail['usedBy'];
  uses(id: string, query: PageQuery): Page<SecretUse>;
  addUse(use: Omit<SecretUse, 'id'> & { secretId: string }): void;
  transaction<T>(act: () => T): T;
}

/** How the names of values begin that are no secrets of a person; the grammar of secrets does not allow it. */
export const internalMark = ':';

// The newest of a secret's uses alone would be too little, and all of them too many.
const mostUses = 1_000;

const Row = z
  .object({
    id: z.string(),
    name: z.string(),
    server_id: z.string().nullable(),
    version: z.int(),
    key_version: z.int().nullable(),
    value_changed_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    source: z.enum(['bitwarden']).nullable(),
  })
  .transform(
    (row): Secret => ({
      id: row.id,
      name: row.name,
      serverId: row.server_id,
      hasValue: row.key_version !== null,
      version: row.version,
      keyVersion: row.key_version,
      valueChangedAt: row.value_changed_at,
      lastUsedAt: row.last_used_at,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      source: row.source,
    }),
  );

const ValueRow = z
  .object({
    id: z.string(),
    server_id: z.string().nullable(),
    version: z.int(),
    algorithm: z.string(),
    key_id: z.string(),
    nonce: z.instanceof(Buffer),
    tag: z.instanceof(Buffer),
    ciphertext: z.instanceof(Buffer),
    sealed_at: z.string(),
  })
  .transform(
    (row): StoredValue => ({
      context: { secretId: row.id, version: row.version, owner: row.server_id },
      record: {
        algorithm: row.algorithm,
        keyId: row.key_id,
        nonce: row.nonce,
        tag: row.tag,
        ciphertext: row.ciphertext,
        createdAt: row.sealed_at,
      },
    }),
  );

const ReferenceRow = z
  .object({ server_id: z.string(), place: z.string(), required: z.int() })
  .transform(row => ({ serverId: row.server_id, place: row.place, required: row.required === 1 }));

const UseRow = z
  .object({
    id: z.int(),
    at: z.string(),
    secret_name: z.string(),
    server_id: z.string(),
    caller: z.string(),
    outcome: z.enum(['handed-over', 'missing', 'refused', 'failed']),
    code: z.string().nullable(),
  })
  .transform(
    ({ secret_name, server_id, ...row }): SecretUse => ({ ...row, secretName: secret_name, serverId: server_id }),
  );

const secretsWithKeys = `(select s.id, s.name, s.server_id, s.version, k.version as key_version, s.value_changed_at,
  s.last_used_at, s.created_at, s.updated_at, s.source from secrets s left join vault_keys k on k.id = s.key_id) as secrets_with_keys`;

export function createSecretRepository(database: Database): SecretRepository {
  const byId = database.prepare(`select * from ${secretsWithKeys} where id = ? and name not like '${internalMark}%'`);
  const byName = database.prepare(`select * from ${secretsWithKeys} where name = ?`);
  const count = database.prepare('select count(*) from secrets').pluck();
  const server = database.prepare('select 1 from servers where id = ?').pluck();
  const insert = database.prepare(`
    insert into secrets (id, name, server_id, version, created_at, updated_at) values (@id, @name, @serverId, 0, @at, @at)`);
  const saveValue = database.prepare(`
    update secrets set version = @version, algorithm = @algorithm, key_id = @keyId, nonce = @nonce, tag = @tag,
      ciphertext = @ciphertext, sealed_at = @createdAt, value_changed_at = @at, updated_at = @at where id = @secretId`);
  const reseal = database.prepare(`
    update secrets set algorithm = @algorithm, key_id = @keyId, nonce = @nonce, tag = @tag, ciphertext = @ciphertext,
      sealed_at = @createdAt where id = @secretId and version = @version and nonce = @before`);
  const value = database.prepare('select * from secrets where id = ? and ciphertext is not null');
  const notUnder = database
    .prepare('select id from secrets where key_id is not null and key_id <> ? order by id')
    .pluck();
  const ids = database.prepare('select id from secrets order by name').pluck();
  const ownIds = database
    .prepare(`select id from secrets where name not like '${internalMark}%' order by name`)
    .pluck();
  const remove = database.prepare('delete from secrets where id = ?');
  const setSource = database.prepare('update secrets set source = ? where id = ?');
  const clearValue = database.prepare(`
    update secrets set algorithm = null, key_id = null, nonce = null, tag = null, ciphertext = null, sealed_at = null,
      updated_at = ? where id = ?`);
  const usedBy = database.prepare(`
    select c.server_id, case when r.header is not null then 'header ' || r.header when r.as_file then 'file ' || r.environment_variable
      else r.environment_variable end as place, r.required
    from secret_references r join configurations c on c.id = r.configuration_id
    where r.secret_id = ? order by c.server_id, place`);
  const insertUse = database.prepare(`
    insert into secret_uses (secret_id, secret_name, server_id, caller, at, outcome, code)
    values (@secretId, @secretName, @serverId, @caller, @at, @outcome, @code)`);
  const touch = database.prepare('update secrets set last_used_at = ? where id = ?');
  const trimUses = database.prepare(`delete from secret_uses where secret_id = @id and id <= (
    select id from secret_uses where secret_id = @id order by id desc limit 1 offset ${mostUses})`);

  const findWith = (statement: typeof byId, key: string): Secret | undefined => {
    const row = statement.get(key);
    return row === undefined ? undefined : Row.parse(row);
  };
  return {
    list: filter =>
      readPage(database, filter, {
        table: secretsWithKeys,
        columns: {
          name: 'name',
          server_id: 'server_id',
          created_at: 'created_at',
          updated_at: 'updated_at',
          last_used_at: 'last_used_at',
        },
        where: toConditions(filter),
        tieBreaker: 'id',
        toItem: row => Row.parse(row),
      }),
    find: id => findWith(byId, id),
    findByName: name => findWith(byName, name),
    count: () => z.int().parse(count.get()),
    serverExists: id => server.get(id) !== undefined,
    insert(secret) {
      const id = randomUUID();
      insert.run({ id, ...secret });
      return id;
    },
    saveValue: ({ secretId, version }, record, at) => {
      saveValue.run({ ...record, secretId, version, at });
    },
    reseal: ({ secretId, version }, before, after) =>
      reseal.run({ ...after, secretId, version, before: before.nonce }).changes === 1,
    value(id) {
      const row = value.get(id);
      return row === undefined ? undefined : ValueRow.parse(row);
    },
    idsNotUnder: keyId => z.array(z.string()).parse(notUnder.all(keyId)),
    ownIds: () => z.array(z.string()).parse(ownIds.all()),
    ids: () => z.array(z.string()).parse(ids.all()),
    remove: id => {
      remove.run(id);
    },
    setSource: (id, source) => void setSource.run(source, id),
    clearValue: (id, at) => void clearValue.run(at, id),
    usedBy: id => usedBy.all(id).map(row => ReferenceRow.parse(row)),
    uses: (id, query) =>
      readPage(database, query, {
        table: 'secret_uses',
        columns: { at: 'id' },
        where: [{ sql: 'secret_id = ?', value: id }],
        tieBreaker: 'id',
        toItem: row => UseRow.parse(row),
      }),
    addUse: database.transaction((use: Omit<SecretUse, 'id'> & { secretId: string }) => {
      insertUse.run(use);
      if (use.outcome === 'handed-over') touch.run(use.at, use.secretId);
      trimUses.run({ id: use.secretId });
    }),
    transaction: act => database.transaction(act)(),
  };
}

function toConditions({ q, server_id }: SecretFilter): { sql: string; value: unknown }[] {
  const conditions: { sql: string; value: unknown }[] = [{ sql: 'name not like ?', value: `${internalMark}%` }];
  if (q) conditions.push({ sql: "name like ? escape '\\'", value: containing(q) });
  if (server_id) conditions.push({ sql: '(server_id is null or server_id = ?)', value: server_id });
  return conditions;
}
