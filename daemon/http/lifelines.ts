// What ends an open stream when its principal is not let in any more: a sign-out, a revoked key, a changed role.
import type { Clock } from '../platform/clock.ts';
import { lifelinesOf, type Principal } from './principal.ts';

export interface Lifelines {
  /** A signal that aborts with the given one, when a lifeline of the principal is cut, and when its proof expires. */
  until(principal: Principal | null, signal: AbortSignal): AbortSignal;
  /** Ends whatever hangs on it: `user:ID`, `key:ID`, `session:HASH`, `family:ID` or `owner`. */
  cut(...lifelines: string[]): void;
}

/** The longest time that a timer of Node can wait. */
const longestTimerMs = 2_147_483_647;

export function createLifelines(clock: Clock): Lifelines {
  const controllers = new Map<string, AbortController>();
  const signalOf = (lifeline: string): AbortSignal => {
    const known = controllers.get(lifeline) ?? new AbortController();
    controllers.set(lifeline, known);
    return known.signal;
  };
  return {
    until(principal, signal) {
      if (!principal) return signal;
      const { expiresAt } = principal;
      const left = expiresAt === null ? null : Math.max(0, Date.parse(expiresAt) - clock.now());
      return AbortSignal.any([
        signal,
        ...lifelinesOf(principal).map(signalOf),
        ...(left === null ? [] : [AbortSignal.timeout(Math.min(left, longestTimerMs))]),
      ]);
    },
    cut(...lifelines) {
      for (const lifeline of lifelines) {
        const controller = controllers.get(lifeline);
        // First forgotten: who comes in again while the old ones end hangs on a new one.
        controllers.delete(lifeline);
        controller?.abort();
      }
    },
  };
}
