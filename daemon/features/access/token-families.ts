// Refresh tokens of one sign-in are a family: each works once, and using one again ends all, because one of two holders stole it.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { UserSession } from '../../../shared/api/account.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { hash, newSecret } from './secret-text.ts';

export interface Family {
  id: string;
  userId: string;
  factorAt: string | null;
  expiresAt: string;
}

export interface TokenFamilies {
  create(userId: string, how: { from: string; factorAt: string | null }): { family: Family; refreshToken: string };
  /** Trades a refresh token for the next one. `reused`: it was used before, and the family has just been revoked. */
  rotate(
    refreshToken: string,
  ): { family: Family; refreshToken: string } | { reused: Family; wasLive: boolean } | undefined;
  /** A family that is live; undefined for any other. */
  find(id: string): Family | undefined;
  /** The family of a refresh token, used or not. */
  findByToken(refreshToken: string): Family | undefined;
  list(userId: string): Omit<UserSession, 'current'>[];
  revoke(id: string): void;
  /** Revokes all but one; returns their ids. */
  revokeAll(userId: string, except?: string): string[];
  factorGiven(id: string, at: string): void;
  /** The user is another than it was: what is remembered of it must be looked up again. */
  forget(userId: string): void;
}

export interface TokenFamiliesOptions {
  database: Database;
  clock: Clock;
  /** Tells whoever remembers families or users. */
  onChanged: (change: { familyId?: string; userId?: string }) => void;
}

/** So long a program may go on by refreshing; then its user signs in again. */
const familyDays = 30;

const Row = z.object({
  id: z.string(),
  user_id: z.string(),
  origin: z.string(),
  factor_at: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  revoked_at: z.string().nullable(),
});
type Stored = z.output<typeof Row>;
const RefreshRow = z.object({ family: z.string(), used_at: z.string().nullable() });

export function createTokenFamilies({ database, clock, onChanged }: TokenFamiliesOptions): TokenFamilies {
  const insert = database.prepare(`insert into token_families (id, user_id, origin, factor_at, created_at, expires_at)
    values (@id, @userId, @from, @factorAt, @now, @expiresAt)`);
  const insertToken = database.prepare('insert into refresh_tokens (hash, family) values (?, ?)');
  const useToken = database.prepare('update refresh_tokens set used_at = ? where hash = ? and used_at is null');
  const token = database.prepare('select family, used_at from refresh_tokens where hash = ?');
  const byId = database.prepare('select * from token_families where id = ?');
  const ofUser = database.prepare(
    'select * from token_families where user_id = ? and revoked_at is null and expires_at > ? order by created_at desc',
  );
  const revokeOne = database.prepare('update token_families set revoked_at = ? where id = ? and revoked_at is null');
  const removeOld = database.prepare('delete from token_families where expires_at <= ?');
  const setFactor = database.prepare('update token_families set factor_at = ? where id = ?');
  const now = () => toTimestamp(clock.now());

  const stored = (id: string): Stored | undefined => Row.optional().parse(byId.get(id));
  const isLive = (row: Stored): boolean => row.revoked_at === null && row.expires_at > now();
  const live = (userId: string): Stored[] => z.array(Row).parse(ofUser.all(userId, now()));
  const addToken = (family: string): string => {
    const refreshToken = newSecret('qr_');
    insertToken.run(hash(refreshToken), family);
    return refreshToken;
  };
  const revoke = (id: string): void => {
    revokeOne.run(now(), id);
    onChanged({ familyId: id });
  };
  const familyOf = (refreshToken: string): { row: Stored; used: boolean } | undefined => {
    const found = RefreshRow.optional().parse(token.get(hash(refreshToken)));
    const row = found && stored(found.family);
    return row && { row, used: found.used_at !== null };
  };

  return {
    create(userId, how) {
      const id = randomUUID();
      const expiresAt = toTimestamp(clock.now() + familyDays * 86_400_000);
      return database.transaction(() => {
        removeOld.run(now());
        insert.run({ id, userId, now: now(), expiresAt, ...how });
        return { family: { id, userId, factorAt: how.factorAt, expiresAt }, refreshToken: addToken(id) };
      })();
    },
    rotate: refreshToken =>
      database.transaction(() => {
        const found = familyOf(refreshToken);
        if (!found) return undefined;
        const { row } = found;
        // In one statement, so that of two who come at once one has used it again.
        if (useToken.run(now(), hash(refreshToken)).changes === 0) {
          const wasLive = isLive(row);
          revoke(row.id);
          return { reused: toFamily(row), wasLive };
        }
        return isLive(row) ? { family: toFamily(row), refreshToken: addToken(row.id) } : undefined;
      })(),
    find(id) {
      const row = stored(id);
      return row && isLive(row) ? toFamily(row) : undefined;
    },
    findByToken(refreshToken) {
      const found = familyOf(refreshToken);
      return found && toFamily(found.row);
    },
    list: userId =>
      live(userId).map(row => ({
        id: row.id,
        kind: 'token',
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        from: row.origin,
      })),
    revoke,
    revokeAll(userId, except) {
      const ids = live(userId).flatMap(({ id }) => (id === except ? [] : [id]));
      for (const id of ids) revoke(id);
      onChanged({ userId });
      return ids;
    },
    factorGiven(id, at) {
      setFactor.run(at, id);
      onChanged({ familyId: id });
    },
    forget: userId => onChanged({ userId }),
  };
}

const toFamily = ({ id, user_id, factor_at, expires_at }: Stored): Family => ({
  id,
  userId: user_id,
  factorAt: factor_at,
  expiresAt: expires_at,
});
