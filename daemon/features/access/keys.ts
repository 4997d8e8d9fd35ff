// Keys of programs and agents: 32 random bytes, shown once and kept as their hash.
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { AccessKey } from '../../../shared/api/users.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import { describePrincipal, type Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { readPage } from '../../storage/page.ts';
import { hash, newSecret } from './secret-text.ts';
import { refuseMore } from './users.service.ts';

export interface NewKey {
  name: string;
  kind: 'key' | 'agent';
  roles: readonly Role[];
  servers: readonly string[] | null;
  expiresInDays: number | null;
}

export interface Keys {
  list(query: PageQuery): Page<AccessKey>;
  find(id: string): AccessKey | undefined;
  /** Errors: USER_003. */
  create(by: Principal | null, key: NewKey): { key: AccessKey; secret: string };
  /** Errors: KEY_001. */
  revoke(id: string): void;
  bySecret(secret: string): Principal | null;
}

/** A write for each request would cost more than the request. */
const writeUseEveryMs = 60_000;
const prefixes = { key: 'qk_', agent: 'qa_' } as const;
/** So that one is told from a token by its look, and found by scanners of repositories. */
export const looksLikeKey = (token: string): boolean => Object.values(prefixes).some(each => token.startsWith(each));

const Json = <T extends z.ZodType>(of: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(of);
const Row = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['key', 'agent']),
    roles: Json(z.array(z.enum(roles))),
    servers: Json(z.array(z.string())).nullable(),
    hint: z.string(),
    created_by: z.string(),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
  })
  .transform(
    ({ created_by, created_at, expires_at, last_used_at, ...row }): AccessKey => ({
      ...row,
      createdBy: created_by,
      createdAt: created_at,
      expiresAt: expires_at,
      lastUsedAt: last_used_at,
    }),
  );
const HashRow = z.looseObject({ secret_hash: z.string() });

export function createKeys(database: Database, clock: Clock, lifelines: Lifelines): Keys {
  const insert = database.prepare(`insert into access_keys
    (id, name, kind, roles, servers, secret_hash, hint, created_by, created_at, expires_at)
    values (@id, @name, @kind, @roles, @servers, @secretHash, @hint, @createdBy, @now, @expiresAt)`);
  const byHash = database.prepare(
    'select * from access_keys where secret_hash = ? and (expires_at is null or expires_at > ?)',
  );
  const byId = database.prepare('select * from access_keys where id = ?');
  const touch = database.prepare('update access_keys set last_used_at = ? where id = ?');
  const remove = database.prepare('delete from access_keys where id = ?');
  const find = (id: string): AccessKey | undefined => Row.optional().parse(byId.get(id));
  const isStale = ({ lastUsedAt }: AccessKey): boolean =>
    lastUsedAt === null || clock.now() - Date.parse(lastUsedAt) >= writeUseEveryMs;

  return {
    list: query =>
      readPage(database, query, {
        table: 'access_keys',
        columns: { name: 'name', created_at: 'created_at', last_used_at: 'last_used_at' },
        where: [],
        tieBreaker: 'id',
        toItem: row => Row.parse(row),
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
        expiresAt: expiresInDays === null ? null : toTimestamp(clock.now() + expiresInDays * 86_400_000),
      });
      return { key: Row.parse(byId.get(id)), secret };
    },
    revoke(id) {
      if (remove.run(id).changes === 0) throw noSuchKey();
      lifelines.cut(`key:${id}`);
    },
    bySecret(secret) {
      const wanted = hash(secret);
      const found = byHash.get(wanted, toTimestamp(clock.now()));
      // The index finds by equality, which says nothing of a secret: what is compared is its hash.
      if (!found || !timingSafeEqual(Buffer.from(HashRow.parse(found).secret_hash), Buffer.from(wanted))) return null;
      const key = Row.parse(found);
      if (isStale(key)) touch.run(toTimestamp(clock.now()), key.id);
      return keyPrincipal(key);
    },
  };
}

/** A key as the policy sees it. */
export const keyPrincipal = ({ id, kind, name, roles: given, servers, expiresAt }: AccessKey): Principal => ({
  kind,
  id,
  name,
  roles: given,
  via: 'key',
  secondFactor: { enrolled: false, at: null },
  servers,
  expiresAt,
});

const noSuchKey = () => problem('KEY_001', { detail: 'No key has this id.', next: 'The list of keys shows the ids.' });
