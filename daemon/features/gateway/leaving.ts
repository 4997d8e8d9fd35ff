// When somebody goes away: the connection ends, or who asks is not let in any more. What an AbortSignal has of it, and no
// more, because to make one of several costs more than the rest of a call.
import type { Lifelines } from '../../http/lifelines.ts';
import { lifelinesOf, type Principal } from '../../http/principal.ts';

export interface Leaving {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Listeners must be removed: the one that did not fire would keep them. */
export const eitherOf = (one: Leaving, other: Leaving): Leaving => ({
  get aborted() {
    return one.aborted || other.aborted;
  },
  addEventListener(type, listener, options) {
    one.addEventListener(type, listener, options);
    other.addEventListener(type, listener, options);
  },
  removeEventListener(type, listener) {
    one.removeEventListener(type, listener);
    other.removeEventListener(type, listener);
  },
});

const mostKept = 1_000;

/** One signal for all requests of a principal: it aborts when it is not let in any more. */
export function createDismissals(lifelines: Lifelines): (principal: Principal) => AbortSignal {
  const kept = new Map<string, AbortSignal>();
  return principal => {
    const key = [...lifelinesOf(principal), principal.expiresAt].join(' ');
    const known = kept.get(key);
    if (known && !known.aborted) return known;
    const fresh = lifelines.until(principal, new AbortController().signal);
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, fresh);
    return fresh;
  };
}
