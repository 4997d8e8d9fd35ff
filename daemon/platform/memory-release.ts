// Gives memory back in a quiet moment: by itself V8 keeps for hours what a start or one busy minute needed once.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface MemoryRelease {
  /** There is work now: a quiet moment is one that comes some time after it. Cheap enough for every request. */
  noticed(): void;
  stop(): void;
}

export interface Heap {
  /** What V8 holds of the system, used or not, in bytes. */
  heldBytes(): number;
  /** Collects all that can be and gives free pages back; stands still for some 100 ms. */
  collect(): void;
}

/** Calls back once after so many milliseconds; what it returns takes that back. */
export type After = (milliseconds: number, act: () => void) => () => void;

export interface MemoryReleaseOptions {
  /** undefined: it is left to the runtime, and nothing is ever done. */
  heap: Heap | undefined;
  now: () => number;
  after: After;
  /** After the start. */
  quietMs?: number;
  /** Later: collecting throws compiled code away as well, and calls that come soon would pay for it. */
  restMs?: number;
  /** How much more must be held than after the last time. A call now and then never comes to it. */
  growthBytes?: number;
}

/** The first quiet moment always collects, because a start leaves most behind; later a long rest does, when the heap has grown by enough. */
export function createMemoryRelease(options: MemoryReleaseOptions): MemoryRelease {
  const { heap, now, after, quietMs = 3_000, restMs = 180_000, growthBytes = 8 * 1_048_576 } = options;
  let lastWork = 0;
  let heldBefore = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const needed = () => (heldBefore === Number.NEGATIVE_INFINITY ? quietMs : restMs);
  // One timer for a whole busy time: it looks when the last work was, instead of being set anew by each.
  const look = (): void => {
    const quiet = now() - lastWork;
    if (quiet < needed()) {
      cancel = after(needed() - quiet, look);
      return;
    }
    cancel = undefined;
    if (!heap || heap.heldBytes() < heldBefore + growthBytes) return;
    heap.collect();
    heldBefore = heap.heldBytes();
  };

  let stopped = heap === undefined;
  return {
    noticed() {
      if (stopped) return;
      lastWork = now();
      cancel ??= after(needed(), look);
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}

/** The heap of this process. */
export function ownHeap(): Heap {
  let collect: typeof globalThis.gc;
  return {
    heldBytes() {
      // Not process.memoryUsage: it opens a file as well, and throws where no more can be open.
      const { total_heap_size, external_memory } = getHeapStatistics();
      return total_heap_size + external_memory;
    },
    collect() {
      collect ??= findCollector();
      // Only this kind empties V8's pages and caches until there is nothing more to get.
      collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    },
  };
}

/**
 * V8 shows its collector only where the flag is set when a context is made. With the flag on the command line Node refuses
 * the code that it has ready of itself, and a start takes 35 ms more; so it is set for as long as it takes to make one.
 * undefined: this runtime does not give it away, and the memory stays, which is no reason to end.
 */
function findCollector(): typeof globalThis.gc {
  if (globalThis.gc) return globalThis.gc;
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('globalThis.gc');
  } catch {
    return undefined;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

export const systemAfter: After = (milliseconds, act) => {
  const timer = setTimeout(act, milliseconds).unref();
  return () => clearTimeout(timer);
};
