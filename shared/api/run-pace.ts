// When tests run again for what their server says: at once, but not for what they did themselves, which would never end.
import type { ServerNews } from './server-news.ts';

/**
 * What a server says so soon after its tests ran comes of them. Of tools the news takes longer: a list that changes often is
 * read once a second.
 */
export const comesOfRunMs = { back: 1_000, tools: 2_500 } as const;
const leastPauseMs = 2_000;
const mostPauseMs = 60_000;
/** After so long without a run nothing was coming of anything. */
const restMs = 10_000;

export interface RunPace {
  /** Milliseconds until a run may begin for news that comes now; undefined: it comes of the last run. */
  waitFor(what: ServerNews['what']): number | undefined;
  /**
   * After each run, with what it came of. Runs that come of other tools soon after one another come more and more slowly, up to
   * one a minute. A server that comes back needs no such thing: one that keeps ending is not started again for ever.
   */
  ended(cause: ServerNews['what'] | 'file'): void;
}

export function createRunPace(now: () => number = Date.now): RunPace {
  let endedAt = Number.NEGATIVE_INFINITY;
  let pauseMs = 0;
  return {
    waitFor(what) {
      const since = now() - endedAt;
      if (since < comesOfRunMs[what]) return undefined;
      if (what === 'back' || since > Math.max(2 * pauseMs, restMs)) pauseMs = 0;
      return Math.max(0, pauseMs - since);
    },
    ended(cause) {
      endedAt = now();
      pauseMs = cause !== 'tools' ? 0 : Math.min(Math.max(2 * pauseMs, leastPauseMs), mostPauseMs);
    },
  };
}
