// Runs named checks one after another, prints what becomes of each, and closes with one line for all.

export interface Report {
  begin(title: string): void;
  /** Runs a check. After a failed one that others need, those are skipped. Answers what it gave; undefined if it gave nothing. */
  check<T>(name: string, act: () => Promise<T>, options?: { isNeeded?: boolean }): Promise<T | undefined>;
  /** A check that cannot be made here, and why. */
  skip(name: string, reason: string): void;
  /** From here on checks run again, whatever failed before: the clean-up. */
  goOn(): void;
  /** Counts of a suite that printed its own lines. */
  add(counts: { passed: number; failed: number; skipped: number }): void;
  /** Nothing could be checked: that is a failure. */
  cannotRun(reason: string): void;
  /** Prints the closing line. Answers the exit code. */
  end(): number;
}

const limitMilliseconds = 5 * 60_000;

const withLimit = <T>(act: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${limitMilliseconds / 1_000} s.`)), limitMilliseconds);
  });
  return Promise.race([act, late]).finally(() => clearTimeout(timer));
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.stack?.split('\n').slice(0, 6).join('\n') ?? error.message;
};

/** `print` takes whole lines. */
export function createReport(print: (line: string) => void = console.log): Report {
  let [passed, failed, skipped] = [0, 0, 0];
  let stopped = false;
  const skip = (name: string, reason: string) => {
    skipped++;
    print(`  - ${name} (skipped: ${reason})`);
  };
  return {
    begin(title) {
      stopped = false;
      print(`\n${title}`);
    },
    async check(name, act, { isNeeded = false } = {}) {
      if (stopped) {
        skip(name, 'what it needs has failed');
        return undefined;
      }
      const startedAt = Date.now();
      try {
        const result = await withLimit(act());
        passed++;
        print(`  ✔ ${name} (${Date.now() - startedAt} ms)`);
        return result;
      } catch (error) {
        failed++;
        stopped ||= isNeeded;
        print(`  ✘ ${name}\n${describe(error).replace(/^/gm, '      ')}`);
        return undefined;
      }
    },
    skip,
    goOn() {
      stopped = false;
    },
    add(counts) {
      passed += counts.passed;
      failed += counts.failed;
      skipped += counts.skipped;
    },
    cannotRun(reason) {
      failed++;
      print(`\nThis cannot be checked here.\n${reason}`);
    },
    end() {
      print(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
      return failed > 0 || passed === 0 ? 1 : 0;
    },
  };
}
