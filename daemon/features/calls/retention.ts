// Lets old calls go: by age, and the oldest first while the history is larger than it may be. A little at a time.
import { toTimestamp } from '../../platform/clock.ts';
import type { CallRepository } from './calls.repository.ts';

export interface RetentionParts {
  repository: Pick<CallRepository, 'delete' | 'deleteOldest' | 'size'>;
  limits(): { days: number; megabytes: number };
  now(): number;
}

/** So many rows are deleted in one turn, and so many calls there are at most whatever their size. */
const mostAtOnce = 500;
const mostCalls = 1_000_000;
const day = 86_400_000;

/** One step; true if there may be more to do. */
export function trimOnce({ repository, limits, now }: RetentionParts): boolean {
  const { days, megabytes } = limits();
  const before = { sql: 'started_at < ?', value: toTimestamp(now() - days * day) };
  if (repository.delete([before], mostAtOnce, false) > 0) return true;
  const { calls, bytes } = repository.size();
  if (calls === 0 || (bytes <= megabytes * 1_000_000 && calls <= mostCalls)) return false;
  return repository.deleteOldest(Math.min(mostAtOnce, Math.max(1, Math.ceil(calls / 10)))) > 0;
}
