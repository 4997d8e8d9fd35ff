// One act at a time: whatever is asked is noted by the caller, and this makes it so.
import { setTimeout as pause } from 'node:timers/promises';

export interface ActLoop {
  /** There is something to do. What is asked within a moment is done as one. */
  wake(): void;
  readonly isActing: boolean;
  /** Resolves when there is nothing more to do. */
  settled(): Promise<void>;
}

/** `act` does all that there is to do, and never rejects. `gather`: milliseconds. */
export function createActLoop(gather: number, act: () => Promise<void>): ActLoop {
  let acting: Promise<void> | undefined;
  let dirty = false;
  const run = async (): Promise<void> => {
    while (dirty) {
      await pause(gather);
      dirty = false;
      await act();
    }
    acting = undefined;
  };
  return {
    wake() {
      dirty = true;
      acting ??= run();
    },
    get isActing() {
      return acting !== undefined;
    },
    async settled() {
      while (acting) await acting;
    },
  };
}
