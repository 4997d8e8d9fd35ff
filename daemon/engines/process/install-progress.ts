// A fraction and a sentence out of what npm's installer tells of itself while it works.
import type { InstallProgress } from '../engine.ts';

/** Shares of the whole: finding out what is needed takes longer than unpacking what is in npm's cache already. */
const share = { started: 0.02, resolved: 0.4, unpacked: 0.95 } as const;

export interface ProgressCounter {
  /** A package's data was asked for. How many there will be is not known yet. */
  foundOne(): void;
  /** It is known now which packages are needed. */
  resolved(total: number): void;
  unpackedOne(): void;
  /** Scripts run, or the files are checked. */
  finishing(step: string): void;
}

/** Not more often than a person can read. */
const leastMilliseconds = 60;

export function createProgressCounter(report: (progress: InstallProgress) => void): ProgressCounter {
  let found = 0;
  let unpacked = 0;
  let total = 1;
  let last = 0;
  let toldAt = 0;
  const tell = (step: string, fraction: number) => {
    last = Math.max(last, Math.min(1, fraction));
    toldAt = Date.now();
    report({ step, progress: last });
  };
  const tellNowAndThen = (step: string, fraction: number) => {
    if (Date.now() - toldAt >= leastMilliseconds) tell(step, fraction);
  };
  return {
    foundOne() {
      found += 1;
      // Comes ever closer to its share without reaching it.
      const part = found / (found + 40);
      tellNowAndThen(`Finding packages: ${found} so far`, share.started + (share.resolved - share.started) * part);
    },
    resolved(count) {
      total = Math.max(1, count);
      tell(`Downloading ${total} ${total === 1 ? 'package' : 'packages'}`, share.resolved);
    },
    unpackedOne() {
      unpacked = Math.min(total, unpacked + 1);
      const fraction = share.resolved + (share.unpacked - share.resolved) * (unpacked / total);
      const step = `Downloading: ${unpacked} of ${total} packages`;
      if (unpacked === total) tell(step, fraction);
      else tellNowAndThen(step, fraction);
    },
    finishing: step => tell(step, share.unpacked),
  };
}
