// Keys of programs and agents: 32 random bytes, shown once and kept as their hash. A key is worth no more than its maker.
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { AccessKey } from '../../../shared/api/keys.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { permissionsOfAgents, type Role, roles } from '../../../shared/domain/roles.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import { describePrincipal, type Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { jsonColumn } from '../../storage/json-column.ts';
import { readPage } from '../../storage/page.ts';
import { mayDo, mayGive, refuseMore } from './role-grants.ts';
import { hash, newSecret } from './secret-text.ts';

export interface NewKey {
  name: string;
  kind: 'key' | 'agent';
  roles: readonly Role[];
  servers: readonly string[] | null;
  expiresInDays: number | null;
}

export interface Keys {
  list(query: PageQuery): Page<AccessKey>;
  find(id: string): StoredKey | undefined;
  /** It ends no later than the key that makes it. Errors: USER_003. */
  create(by: Principal | null, key: NewKey): { key: AccessKey; secret: string };
  /** With the keys that it has made. Returns all that went. Errors: KEY_001. */
  revoke(id: string): AccessKey[];
  bySecret(secret: string): Principal | null;
  /** Those that a user has made, itself or by its keys. */
  ofUser(userId: string): AccessKey[];
  /** What they have open ends: their maker is not what it was. */
  cutOfUser(userId: string): void;
}

export interface StoredKey extends AccessKey {
  /** Of its roles, those that its maker may still give. */
  effectiveRoles: readonly Role[];
}

interface KnownKey {
  id: string;
  principal: Principal;
  /** Epoch milliseconds; null: it has no end. */
  endsAt: number | null;
  usedAt: number | null;
}

const mostKnown = 1_000;
const toMs = (timestamp: string | null): number | null => (timestamp === null ? null : Date.parse(timestamp));

/** A write for each request would cost more than the request. */
const writeUseEveryMs = 60_000;
const prefixes = { key: 'qk_', agent: 'qa_' } as const;
/** So that one is told from a token by its look, and found by scanners of repositories. */
export const looksLikeKey = (token: string): boolean => Object.values(prefixes).some(each => token.startsWith(each));

const Row = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['key', 'agent']),
    roles: jsonColumn(z.array(z.enum(roles))),
    servers: jsonColumn(z.array(z.string())).nullable(),
    hint: z.string(),
    created_by: z.string(),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    maker_disabled: z.int().nullable(),
    maker_roles: jsonColumn(z.array(z.enum(roles))).nullable(),
  })
  .transform(
    ({ created_by, created_at, expires_at, last_used_at, maker_disabled, maker_roles, ...row }): StoredKey => ({
      ...row,
      createdBy: created_by,
      createdAt: created_at,
      expiresAt: expires_at,
      lastUsedAt: last_used_at,
      suspended: maker_disabled === 1 || !isCovered(row.kind, maker_roles),
      effectiveRoles: row.roles.filter(role => maker_roles === null || mayGive(maker_roles, role)),
    }),
  );
const HashRow = z.looseObject({ secret_hash: z.string() });

/** An agent has no roles: its maker has to have what agents have. */
const isCovered = (kind: AccessKey['kind'], makerRoles: readonly Role[] | null): boolean =>
  kind === 'key' || makerRoles === null || mayDo(makerRoles, permissionsOfAgents);

const toAccessKey = ({ effectiveRoles, ...key }: StoredKey): AccessKey => key;

/** A key that a key has made is its user's, too: so all of them end with the user. */
const keysWithMakers = `(select k.*, u.disabled as maker_disabled, u.roles as maker_roles
  from access_keys k left join users u on u.id = k.maker_user) as keys_with_makers`;
const withDescendants = `with recursive gone (id) as (
  select id from access_keys where id = @id union select k.id from access_keys k join gone on k.maker_key = gone.id)`;

export function createKeys(database: Database, clock: Clock, lifelines: Lifelines): Keys {
  const insert = database.prepare(`insert into access_keys
    (id, name, kind, roles, servers, secret_hash, hint, created_by, created_at, expires_at, maker_user, maker_key)
    values (@id, @name, @kind, @roles, @servers, @secretHash, @hint, @createdBy, @now, @expiresAt,
      coalesce(@makerUser, (select maker_user from access_keys where id = @makerKey)), @makerKey)`);
  const byHash = database.prepare(
    `select * from ${keysWithMakers} where secret_hash = ? and (expires_at is null or expires_at > ?)`,
  );
  const byId = database.prepare(`select * from ${keysWithMakers} where id = ?`);
  const byMaker = database.prepare(`select * from ${keysWithMakers} where maker_user = ? order by name, id`);
  const touch = database.prepare('update access_keys set last_used_at = ? where id = ?');
  const descendants = database.prepare(
    `${withDescendants} select k.* from gone join ${keysWithMakers.replace('keys_with_makers', 'k')} on k.id = gone.id`,
  );
  const remove = database.prepare('delete from access_keys where id = ?');
  const find = (id: string): StoredKey | undefined => Row.optional().parse(byId.get(id));
  const cut = (keys: readonly AccessKey[]): void => {
    known.clear();
    lifelines.cut(...keys.map(({ id }) => `key:${id}`));
  };
  const ofUser = (userId: string): AccessKey[] => byMaker.all(userId).map(row => toAccessKey(Row.parse(row)));
  /** Those that were let in, by the hash, until anything of any key or its maker changes. The oldest goes first. */
  const known = new Map<string, KnownKey>();
  const remember = (secretHash: string, key: StoredKey): KnownKey => {
    if (known.size >= mostKnown) known.delete(known.keys().next().value ?? '');
    const made = {
      id: key.id,
      principal: keyPrincipal(key),
      endsAt: toMs(key.expiresAt),
      usedAt: toMs(key.lastUsedAt),
    };
    known.set(secretHash, made);
    return made;
  };
  const used = (key: KnownKey): Principal => {
    const now = clock.now();
    if (key.usedAt === null || now - key.usedAt >= writeUseEveryMs) {
      touch.run(toTimestamp(now), key.id);
      key.usedAt = now;
    }
    return key.principal;
  };

  return {
    list: query =>
      readPage(database, query, {
        table: keysWithMakers,
        columns: { name: 'name', created_at: 'created_at', last_used_at: 'last_used_at' },
        where: [],
        tieBreaker: 'id',
        toItem: row => toAccessKey(Row.parse(row)),
      }),
    find,
    create(by, { name, kind, roles: given, servers, expiresInDays }) {
      refuseMore(by, given);
      const secret = newSecret(prefixes[kind]);
      const id = randomUUID();
      insert.run({
        id,
        name,
        kind,
        roles: JSON.stringify([...new Set(given)]),
        servers: servers && JSON.stringify(servers),
        secretHash: hash(secret),
        hint: secret.slice(0, 7),
        createdBy: describePrincipal(by),
        now: toTimestamp(clock.now()),
        expiresAt: endOf(clock.now(), expiresInDays, by),
        makerUser: by?.kind === 'user' ? by.id : null,
        makerKey: by?.kind === 'key' ? by.id : null,
      });
      return { key: toAccessKey(Row.parse(byId.get(id))), secret };
    },
    revoke(id) {
      const gone = descendants.all({ id }).map(row => toAccessKey(Row.parse(row)));
      // What it has made goes with the row.
      if (remove.run(id).changes === 0) throw noSuchKey();
      cut(gone);
      return gone;
    },
    ofUser,
    cutOfUser: userId => cut(ofUser(userId)),
    bySecret(secret) {
      const wanted = hash(secret);
      const before = known.get(wanted);
      if (before && (before.endsAt === null || before.endsAt > clock.now())) return used(before);
      known.delete(wanted);
      const found = byHash.get(wanted, toTimestamp(clock.now()));
      // The index finds by equality, which says nothing of a secret: what is compared is its hash.
      if (!found || !timingSafeEqual(Buffer.from(HashRow.parse(found).secret_hash), Buffer.from(wanted))) return null;
      const key = Row.parse(found);
      return key.suspended ? null : used(remember(wanted, key));
    },
  };
}

/** A key as the policy sees it. */
export const keyPrincipal = ({ id, kind, name, effectiveRoles, servers, expiresAt }: StoredKey): Principal => ({
  kind,
  id,
  name,
  roles: effectiveRoles,
  via: 'key',
  secondFactor: { enrolled: false, at: null },
  servers,
  expiresAt,
});

function endOf(now: number, days: number | null, by: Principal | null): string | null {
  const wanted = days === null ? null : toTimestamp(now + days * 86_400_000);
  const makers = by?.kind === 'key' ? by.expiresAt : null;
  // Timestamps of one form are in the order of their texts.
  return [wanted, makers].filter(end => end !== null).sort()[0] ?? null;
}

const noSuchKey = () => problem('KEY_001', { detail: 'No key has this id.', next: 'The list of keys shows the ids.' });
