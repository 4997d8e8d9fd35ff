// What does not get through between a server and its clients, counted by what and why.
import type { UpstreamLoss } from './upstream.ts';

export interface Losses {
  count(what: string, reason: UpstreamLoss['reason']): void;
  all(): UpstreamLoss[];
  /** A new run begins. */
  clear(): void;
}

/** A hostile server must not fill the memory with names of its own. */
const mostKinds = 100;

export function createLosses(): Losses {
  const byKind = new Map<string, UpstreamLoss>();
  return {
    count(what, reason) {
      const name = what.slice(0, 100);
      const key = `${reason} ${name}`;
      const known = byKind.get(key);
      if (known) known.times += 1;
      else if (byKind.size < mostKinds) byKind.set(key, { what: name, reason, times: 1 });
    },
    all: () => [...byKind.values()].map(loss => ({ ...loss })),
    clear: () => byKind.clear(),
  };
}
