// Things that are written together: what costs a transaction for each costs one for all.

export interface Batch<T> {
  /** `now`: it is written before this returns, with all that waits. Errors: those of writing; it is not kept then. */
  add(item: T, now: boolean): void;
  /** Writes what waits. Never throws: what cannot be written waits on. */
  flush(): void;
}

export interface BatchOptions<T> {
  /** Writes all or nothing. */
  write: (items: readonly T[]) => void;
  /** Told of a failure that no caller hears of. */
  onFailure: (error: unknown) => void;
  everyMs?: number;
  most?: number;
  /** While nothing can be written, no more than this many wait; the oldest are given up. */
  mostWaiting?: number;
}

export function createBatch<T>(options: BatchOptions<T>): Batch<T> {
  const { write, onFailure, everyMs = 100, most = 150, mostWaiting = 10_000 } = options;
  let waiting: T[] = [];
  let timer: NodeJS.Timeout | undefined;

  const writeAll = (items: readonly T[]): void => {
    clearTimeout(timer);
    timer = undefined;
    if (items.length === 0) return;
    write(items);
    waiting = [];
  };
  const tryFlush = (): void => {
    try {
      writeAll(waiting);
    } catch (error) {
      waiting = waiting.slice(-mostWaiting);
      onFailure(error);
    }
  };

  return {
    add(item, now) {
      if (now) return writeAll([...waiting, item]);
      waiting.push(item);
      if (waiting.length >= most && waiting.length % most === 0) return tryFlush();
      timer ??= setTimeout(tryFlush, everyMs).unref();
    },
    flush: tryFlush,
  };
}
