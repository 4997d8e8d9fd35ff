// Work per key that is asked for in bursts: while it runs, further wishes become one more run after it.

export interface Coalesced {
  /** Wishes for a run that begins after now. Resolves when it is done; rejects as it does. */
  run(key: string): Promise<void>;
  /** Waits for what runs now, or resolves at once. Never rejects. */
  settled(key: string): Promise<void>;
}

/** So many runs of a key within ten seconds begin at once; further ones wait a second each, whoever asks and however often. */
const burst = 5;
const burstWindowMs = 10_000;
const slowMs = 1_000;

export function createCoalesced(work: (key: string) => Promise<void>): Coalesced {
  const begun = new Map<string, number[]>();
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  const begin = (key: string): Promise<void> => {
    begun.set(key, [...recent(key), performance.now()]);
    const run = work(key).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  };

  const recent = (key: string): number[] => (begun.get(key) ?? []).filter(at => at > performance.now() - burstWindowMs);
  const pause = (key: string): Promise<void> =>
    recent(key).length < burst ? Promise.resolve() : new Promise(resolve => setTimeout(resolve, slowMs).unref());

  return {
    run(key) {
      const current = running.get(key);
      if (!current && recent(key).length < burst) return begin(key);
      const waiting = next.get(key);
      if (waiting) return waiting;
      const later = (current ?? Promise.resolve())
        .catch(() => {})
        .then(() => pause(key))
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
