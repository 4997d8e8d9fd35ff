// Wrong attempts are counted by name and by address, in the database, so that a restart forgives nothing.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';
import { networkOf } from '../../http/network.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { hash } from './secret-text.ts';

export interface Attempt {
  /** The attempt was right: the name is free again. The address is not, because an attacker may have an account too. */
  succeeded(): void;
  /** It was neither right nor wrong. */
  withdraw(): void;
}

/** What is guessed: names that strangers type are never those under which something else is counted. */
export type Counted = 'name' | 'code';

export interface LockOut {
  /**
   * Counts an attempt as wrong before it is checked, so that many at once gain nothing.
   * Errors: ACCESS_008 while the name or the address has to wait.
   */
  begin(name: string, address: string | null, of?: Counted): Attempt;
  lockedUntil(name: string): string | null;
  forgive(name: string): void;
}

const freeByName = 5;
/** Several people may share an address. */
const freeByAddress = 20;
const firstPauseMs = 5_000;
const longestPauseMs = 15 * 60_000;
const forgottenAfterMs = 24 * 3_600_000;

const Row = z.object({ failures: z.int(), free_at: z.int() });

export function createLockOut(database: Database, clock: Clock): LockOut {
  const find = database.prepare('select failures, free_at from sign_in_failures where subject = ? and last_at > ?');
  const save = database.prepare(`
    insert into sign_in_failures (subject, failures, last_at, free_at) values (@subject, @failures, @now, @freeAt)
    on conflict (subject) do update set failures = @failures, last_at = @now, free_at = @freeAt`);
  const remove = database.prepare('delete from sign_in_failures where subject = ?');
  const forget = database.prepare('delete from sign_in_failures where last_at <= ?');
  const look = (subject: string) =>
    Row.optional().parse(find.get(subject, clock.now() - forgottenAfterMs)) ?? { failures: 0, free_at: 0 };
  const put = (subject: string, failures: number, free: number) => {
    const now = clock.now();
    if (failures <= 0) return remove.run(subject);
    return save.run({ subject, failures, now, freeAt: failures < free ? 0 : now + pauseAfter(failures - free) });
  };

  return {
    begin(name, address, of = 'name') {
      const counted = [
        { subject: subjectOf(name, of), free: freeByName },
        ...(address === null ? [] : [{ subject: hash(`address ${networkOf(address)}`), free: freeByAddress }]),
      ].map(each => ({ ...each, failures: look(each.subject).failures, freeAt: look(each.subject).free_at }));
      const freeAt = Math.max(...counted.map(each => each.freeAt));
      if (freeAt > clock.now()) throw tooMany(freeAt - clock.now());
      database.transaction(() => {
        forget.run(clock.now() - forgottenAfterMs);
        for (const { subject, failures, free } of counted) put(subject, failures + 1, free);
      })();
      return {
        succeeded() {
          const [byName, byAddress] = counted;
          if (byName) remove.run(byName.subject);
          if (byAddress) put(byAddress.subject, look(byAddress.subject).failures - 1, byAddress.free);
        },
        withdraw() {
          for (const { subject, free } of counted) put(subject, look(subject).failures - 1, free);
        },
      };
    },
    lockedUntil(name) {
      const { free_at } = look(subjectOf(name));
      return free_at > clock.now() ? toTimestamp(free_at) : null;
    },
    forgive(name) {
      remove.run(subjectOf(name));
    },
  };
}

const subjectOf = (name: string, of: Counted = 'name'): string => hash(`${of} ${name.toLowerCase()}`);

const pauseAfter = (over: number): number => Math.min(firstPauseMs * 2 ** Math.min(over, 20), longestPauseMs);

const tooMany = (milliseconds: number) =>
  problem('ACCESS_008', {
    detail: 'There were too many wrong attempts for this name or from this address.',
    next: `Try again in ${Math.ceil(milliseconds / 1000)} seconds. The owner gets in by "quayside login" at any time.`,
  });
