// When somebody goes away: the connection ends, or who asks is not let in any more. What an AbortSignal has of it, and no
// more, because to make one of several costs more than the rest of a call.
import type { ServerResponse } from 'node:http';
import type { Lifelines } from '../../http/lifelines.ts';
import { lifelinesOf, type Principal } from '../../http/principal.ts';

export interface Leaving {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Listeners must be removed: the one that did not fire would keep them. A class, because an object with a getter of its own has a
 * shape of its own, which stays with all that the getter sees until the whole heap is looked through.
 */
class Either implements Leaving {
  readonly #one: Leaving;
  readonly #other: Leaving;

  constructor(one: Leaving, other: Leaving) {
    this.#one = one;
    this.#other = other;
  }

  get aborted(): boolean {
    return this.#one.aborted || this.#other.aborted;
  }

  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void {
    this.#one.addEventListener(type, listener, options);
    this.#other.addEventListener(type, listener, options);
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    this.#one.removeEventListener(type, listener);
    this.#other.removeEventListener(type, listener);
  }
}

export const eitherOf = (one: Leaving, other: Leaving): Leaving => new Either(one, other);

/** The connection ended before the answer did. */
export class Disconnection implements Leaving {
  readonly #outgoing: ServerResponse;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  get aborted(): boolean {
    return this.#outgoing.closed && !this.#outgoing.writableFinished;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#outgoing.on('close', listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#outgoing.off('close', listener);
  }
}

/**
 * A signal that many wait on, each for a moment. Its own listeners are a chain, in which one that is gone still holds the next:
 * what has once grown old keeps all that came after it from being cleared away young.
 */
function forMany(signal: AbortSignal): Leaving {
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners.splice(0)) listener();
  };
  signal.addEventListener('abort', tell, { once: true });
  return {
    get aborted() {
      return signal.aborted;
    },
    addEventListener: (_type, listener) => void listeners.push(listener),
    removeEventListener(_type, listener) {
      // The one that came last goes first, more often than not.
      const at = listeners.lastIndexOf(listener);
      const last = at === -1 ? undefined : listeners.pop();
      if (last && at < listeners.length) listeners[at] = last;
    },
  };
}

const mostKept = 1_000;

/** One signal for all requests of a principal: it aborts when it is not let in any more. */
export function createDismissals(lifelines: Lifelines): (principal: Principal) => Leaving {
  const kept = new Map<string, Leaving>();
  return principal => {
    const key = `${lifelinesOf(principal).join(' ')} ${principal.expiresAt}`;
    const known = kept.get(key);
    if (known && !known.aborted) return known;
    const fresh = forMany(lifelines.until(principal, new AbortController().signal));
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, fresh);
    return fresh;
  };
}
