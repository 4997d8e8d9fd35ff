// Who waits by the API for an approval to change.

export interface Followers {
  tell(id: string): void;
  /** Resolves with the next change, after the time, or when the asker goes away. */
  next(id: string, seconds: number, signal: AbortSignal): Promise<void>;
}

/** Beyond this many, nobody else waits: they are answered at once and ask again. */
const mostFollowers = 500;

export function createFollowers(): Followers {
  const followers = new Map<string, Set<() => void>>();
  let count = 0;
  return {
    tell(id) {
      for (const wake of followers.get(id) ?? []) wake();
    },
    next: (id, seconds, signal) =>
      new Promise(resolve => {
        if (count >= mostFollowers || signal.aborted) return resolve();
        count += 1;
        const mine = followers.get(id) ?? new Set();
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          mine.delete(wake);
          if (mine.size === 0) followers.delete(id);
          count -= 1;
          resolve();
        };
        const timer = setTimeout(wake, seconds * 1_000).unref();
        signal.addEventListener('abort', wake, { once: true });
        followers.set(id, mine.add(wake));
      }),
  };
}
