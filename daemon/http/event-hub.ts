// The one stream of changes. It keeps the last events so that a client that was away for a moment misses nothing.
import { randomBytes } from 'node:crypto';
import type { DaemonEvent, NumberedEvent } from '../../shared/api/events.ts';
import { limits } from '../../shared/domain/limits.ts';

export interface EventHub {
  publish(event: DaemonEvent): void;
  /**
   * Hands on what came after `lastEventId`, or a `reset` if that is not known any more, and then everything new.
   * Returns the way to stop.
   */
  subscribe(lastEventId: string | undefined, listener: (event: NumberedEvent) => void): () => void;
  readonly subscribers: number;
}

export function createEventHub(keep: number = limits.eventBuffer): EventHub {
  // An id names the daemon's life too: ids of an earlier one are unknown, so its clients read everything again.
  const life = randomBytes(4).toString('hex');
  const kept: NumberedEvent[] = [];
  const listeners = new Set<(event: NumberedEvent) => void>();
  let last = 0;

  const missedSince = (lastEventId: string | undefined): NumberedEvent[] => {
    const reset: NumberedEvent[] = [{ id: `${life}-${last}`, event: { type: 'reset' } }];
    const [ofLife, text] = lastEventId?.split('-') ?? [];
    const number = Number(text);
    if (ofLife !== life || !Number.isInteger(number) || number > last) return reset;
    const missed = last - number;
    return missed > kept.length ? reset : kept.slice(kept.length - missed);
  };

  return {
    publish(event) {
      last += 1;
      const numbered = { id: `${life}-${last}`, event };
      kept.push(numbered);
      if (kept.length > keep) kept.shift();
      for (const listener of listeners) listener(numbered);
    },
    subscribe(lastEventId, listener) {
      for (const event of missedSince(lastEventId)) listener(event);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get subscribers() {
      return listeners.size;
    },
  };
}
