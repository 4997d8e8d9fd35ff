// Work per key that is asked for in bursts: while it runs, further wishes become one more run after it.

export interface Coalesced {
  /** Wishes for a run that begins after now. Resolves when it is done; rejects as it does. */
  run(key: string): Promise<void>;
  /** Waits for what runs now, or resolves at once. Never rejects. */
  settled(key: string): Promise<void>;
}

export function createCoalesced(work: (key: string) => Promise<void>): Coalesced {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  const begin = (key: string): Promise<void> => {
    const run = work(key).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  };

  return {
    run(key) {
      const current = running.get(key);
      if (!current) return begin(key);
      const waiting = next.get(key);
      if (waiting) return waiting;
      const later = current
        .catch(() => {})
        .then(() => {
          next.delete(key);
          return begin(key);
        });
      next.set(key, later);
      return later;
    },
    async settled(key) {
      await running.get(key)?.catch(() => {});
    },
  };
}
