// A server may say a thousand times a second that a list has changed; it is told a few times.
import type { ListKind } from './upstream-session.ts';

export interface ChangeTeller {
  tell(what: ListKind): void;
  stop(): void;
}

export function createChangeTeller(tell: (what: ListKind) => void, milliseconds = 100): ChangeTeller {
  const waiting = new Map<ListKind, NodeJS.Timeout>();
  return {
    tell(what) {
      if (waiting.has(what)) return;
      const timer = setTimeout(() => {
        waiting.delete(what);
        tell(what);
      }, milliseconds);
      waiting.set(what, timer);
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
