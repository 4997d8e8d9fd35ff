// How many calls a server gets at once, and how many may wait for a place. Beyond that callers are turned away at once.

export interface CallSlots {
  readonly underWay: number;
  readonly waiting: number;
  /**
   * True: there is a place, taken. Otherwise a promise of one, in order; it rejects with the signal's reason. Undefined:
   * too many wait. Every place is to be given back by `leave`.
   */
  enter(signal: AbortSignal): true | Promise<void> | undefined;
  leave(): void;
}

export interface CallSlotLimits {
  concurrentCalls: number;
  waitingCalls: number;
}

export function createCallSlots(limits: () => CallSlotLimits): CallSlots {
  const queue: (() => void)[] = [];
  let underWay = 0;

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = queue.indexOf(begin);
        if (at !== -1) queue.splice(at, 1);
        reject(signal.reason);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      queue.push(begin);
    });

  return {
    get underWay() {
      return underWay;
    },
    get waiting() {
      return queue.length;
    },
    enter(signal) {
      const { concurrentCalls, waitingCalls } = limits();
      if (underWay < concurrentCalls) {
        underWay += 1;
        return true;
      }
      if (queue.length >= waitingCalls) return undefined;
      return signal.aborted ? Promise.reject(signal.reason) : wait(signal);
    },
    leave() {
      // The place goes from one to the other, unless there are fewer places now.
      const next = underWay <= limits().concurrentCalls ? queue.shift() : undefined;
      if (next) next();
      else underWay -= 1;
    },
  };
}
