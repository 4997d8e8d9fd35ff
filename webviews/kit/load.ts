// Something read from the daemon: loading, ready or failed, and read again without losing what is shown.
import { type ReadonlySignal, signal } from '@preact/signals';
import { isProblemError, type Problem, toProblem } from '../../shared/api/problem.ts';

export interface Load<T> {
  /** The last value read; undefined until the first success. */
  readonly value: ReadonlySignal<T | undefined>;
  /** Why the last read failed. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  readonly loading: ReadonlySignal<boolean>;
  /** Reads again; a read that still runs is given up. */
  reload(): Promise<void>;
  /** Puts a value in place that came another way, by an event or an answer. */
  set(value: T): void;
  close(): void;
}

/** Any error as a problem: what is not one of ours is a defect of the app and says so. */
export const asProblem = (error: unknown): Problem =>
  isProblemError(error)
    ? error.problem
    : toProblem('DAEMON_001', {
        detail: error instanceof Error ? error.message : String(error),
        next: 'Reload the page. If it happens again, restart the daemon.',
      });

export function createLoad<T>(read: (signal: AbortSignal) => Promise<T>): Load<T> {
  const value = signal<T | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  const loading = signal(false);
  let current: AbortController | undefined;
  return {
    value,
    problem,
    loading,
    async reload() {
      current?.abort(new Error('replaced by a newer read'));
      const mine = new AbortController();
      current = mine;
      loading.value = true;
      try {
        const next = await read(mine.signal);
        if (current !== mine) return;
        value.value = next;
        problem.value = undefined;
      } catch (error) {
        if (current === mine) problem.value = asProblem(error);
      } finally {
        if (current === mine) loading.value = false;
      }
    },
    set(next) {
      value.value = next;
      problem.value = undefined;
    },
    close() {
      current?.abort(new Error('closed'));
      current = undefined;
    },
  };
}

/** One act of a person at a time: whether it runs and why it failed. */
export interface Act {
  readonly running: ReadonlySignal<string | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Runs it unless another runs. Resolves to undefined if it failed or was not run. */
  run<T>(name: string, act: () => Promise<T>): Promise<T | undefined>;
  dismiss(): void;
}

export function createAct(): Act {
  const running = signal<string | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  return {
    running,
    problem,
    async run(name, act) {
      if (running.value !== undefined) return undefined;
      running.value = name;
      problem.value = undefined;
      try {
        return await act();
      } catch (error) {
        problem.value = asProblem(error);
        return undefined;
      } finally {
        running.value = undefined;
      }
    },
    dismiss() {
      problem.value = undefined;
    },
  };
}
