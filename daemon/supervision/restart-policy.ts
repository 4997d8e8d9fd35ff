// When a server that ended is started again. A value: what it says depends on nothing but what it is asked.
import type { ServerConfiguration } from '../../shared/api/server-configuration.ts';

export interface ServerEnd {
  /** Epoch milliseconds. */
  at: number;
  /** Milliseconds from the moment it was ready, or 0 if it never was. */
  ranFor: number;
  /** False if it ended with code 0. */
  failed: boolean;
}

export interface RestartTimes {
  firstDelay: number;
  longestDelay: number;
  /** This many ends within `window` are a crash loop. */
  ends: number;
  window: number;
  /** After so long a run, what was before is forgotten. */
  stableAfter: number;
}

export const restartTimes: RestartTimes = {
  firstDelay: 1_000,
  longestDelay: 60_000,
  ends: 5,
  window: 60_000,
  stableAfter: 60_000,
};

export type RestartDecision =
  | { kind: 'rest' }
  | { kind: 'restart'; delay: number }
  | { kind: 'give-up'; ends: number; seconds: number };

export interface RestartPolicy {
  /** What to do after an end that was not asked for. `history`: the ends before it, the oldest first. */
  after(end: ServerEnd, history: readonly ServerEnd[]): RestartDecision;
  /** The history with the end in it, without what does not count any more. */
  remember(end: ServerEnd, history: readonly ServerEnd[]): ServerEnd[];
}

/**
 * `givesUp`: false for what is not ours to repair, such as a remote server that cannot be reached: it is tried for ever,
 * ever more slowly.
 */
export function createRestartPolicy(
  mode: ServerConfiguration['restart'],
  { givesUp = true, times = restartTimes }: { givesUp?: boolean; times?: RestartTimes } = {},
): RestartPolicy {
  const relevant = (end: ServerEnd, history: readonly ServerEnd[]): ServerEnd[] =>
    end.ranFor >= times.stableAfter ? [end] : [...history, end].slice(-64);

  return {
    remember: relevant,
    after(end, history) {
      if (mode === 'never' || (mode === 'on-failure' && !end.failed)) return { kind: 'rest' };
      const ends = relevant(end, history);
      const recent = ends.filter(({ at }) => end.at - at < times.window).length;
      if (givesUp && recent >= times.ends) return { kind: 'give-up', ends: recent, seconds: times.window / 1_000 };
      const delay = Math.min(times.longestDelay, times.firstDelay * 2 ** Math.min(ends.length - 1, 30));
      return { kind: 'restart', delay };
    },
  };
}
