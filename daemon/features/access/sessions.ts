// Browser sessions, of the owner and of users: a cookie's secret and a proof, both kept as hashes.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { UserSession } from '../../../shared/api/account.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { ownerPrincipal, type Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { areEqual, hash, newSecret } from './secret-text.ts';
import { userPrincipal } from './user-principal.ts';
import type { StoredUser } from './users.repository.ts';

export interface NewSessionParts {
  secret: string;
  proof: string;
  principal: Principal;
}

export interface Sessions {
  /** Without a user it is the owner's. */
  create(user: StoredUser | null, how: { from: string; factorAt: string | null }): NewSessionParts;
  byProof(secret: string, proof: string): Principal | null;
  byCookieAlone(secret: string): Principal | null;
  /** Of a user, or of the owner (null). */
  list(userId: string | null): Omit<UserSession, 'current'>[];
  /** False if this user has no such session. */
  end(id: string, userId: string | null): boolean;
  /** Ends all but one; returns their ids. */
  endAll(userId: string | null, except?: string): string[];
  factorGiven(id: string, at: string): void;
}

const Row = z.object({
  id_hash: z.string(),
  proof_hash: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  user_id: z.string().nullable(),
  factor_at: z.string().nullable(),
  origin: z.string(),
});

export interface SessionsOptions {
  database: Database;
  clock: Clock;
  findUser: (id: string) => StoredUser | undefined;
}

export function createSessions({ database, clock, findUser }: SessionsOptions): Sessions {
  const insert =
    database.prepare(`insert into sessions (id_hash, proof_hash, created_at, expires_at, user_id, factor_at, origin)
    values (@id, @proof, @now, @expiresAt, @userId, @factorAt, @from)`);
  const find = database.prepare('select * from sessions where id_hash = ? and expires_at > ?');
  const ofUser = database.prepare(
    'select * from sessions where user_id is ? and expires_at > ? order by created_at desc, id_hash',
  );
  const remove = database.prepare('delete from sessions where id_hash = ? and user_id is ?');
  const removeOld = database.prepare('delete from sessions where expires_at <= ?');
  const setFactor = database.prepare('update sessions set factor_at = ? where id_hash = ?');
  const now = () => toTimestamp(clock.now());

  const principalOf = (row: z.output<typeof Row>): Principal | null => {
    const session = { sessionHash: row.id_hash, expiresAt: row.expires_at };
    if (row.user_id === null) return ownerPrincipal('session', session);
    const user = findUser(row.user_id);
    return user && !user.disabled ? userPrincipal(user, { via: 'session', factorAt: row.factor_at, ...session }) : null;
  };
  const rowOf = (secret: string) => Row.optional().parse(find.get(hash(secret), now()));
  const list: Sessions['list'] = userId =>
    z
      .array(Row)
      .parse(ofUser.all(userId, now()))
      .map(row => ({
        id: row.id_hash,
        kind: 'browser',
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        from: row.origin,
      }));

  return {
    create(user, { from, factorAt }) {
      const [secret, proof] = [newSecret(), newSecret()];
      const id = hash(secret);
      const expiresAt = toTimestamp(clock.now() + limits.sessionHours * 3_600_000);
      removeOld.run(now());
      insert.run({ id, proof: hash(proof), now: now(), expiresAt, userId: user?.id ?? null, factorAt, from });
      const session = { sessionHash: id, expiresAt };
      const principal = user
        ? userPrincipal(user, { via: 'session', factorAt, ...session })
        : ownerPrincipal('session', session);
      return { secret, proof, principal };
    },
    byProof(secret, proof) {
      const row = rowOf(secret);
      return row && areEqual(hash(proof), row.proof_hash) ? principalOf(row) : null;
    },
    byCookieAlone(secret) {
      const row = rowOf(secret);
      return row ? principalOf(row) : null;
    },
    list,
    end: (id, userId) => remove.run(id, userId).changes > 0,
    endAll(userId, except) {
      const ended = list(userId).flatMap(({ id }) => (id === except ? [] : [id]));
      for (const id of ended) remove.run(id, userId);
      return ended;
    },
    factorGiven(id, at) {
      setFactor.run(at, id);
    },
  };
}
