// A question that may take only so long, and an answer that is kept until somebody asks anew.
import { problem } from '../../../shared/api/problem.ts';
import { tooSlow } from './probe-problems.ts';

export type Answer<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Asks, and stops asking after the time. Never rejects. */
export async function bounded<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  milliseconds: number,
  what: string,
): Promise<Answer<T>> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer<T>>(resolve => {
    timer = setTimeout(() => {
      end.abort();
      const { detail, next } = tooSlow(what);
      resolve({ ok: false, error: problem('DOCKER_015', { detail, next }) });
    }, milliseconds);
  });
  const asked = (async (): Promise<Answer<T>> => {
    try {
      return { ok: true, value: await ask(end.signal) };
    } catch (error) {
      return { ok: false, error };
    }
  })();
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Cached<T> {
  read(): Promise<T>;
  /** Asks after this call has been made, also while an older question is under way. */
  look(): Promise<T>;
  onChange(listener: (value: T) => void): () => void;
}

/** Keeps the last answer; listeners are told when its essence has changed. */
export function cached<T>(ask: () => Promise<T>, essence: (value: T) => string): Cached<T> {
  let last: { value: T; essence: string } | undefined;
  let running: Promise<T> | undefined;
  let following: Promise<T> | undefined;
  const listeners = new Set<(value: T) => void>();

  const begin = (): Promise<T> => {
    const asked = ask()
      .finally(() => {
        running = undefined;
      })
      .then(value => {
        const before = last;
        last = { value, essence: essence(value) };
        if (before && before.essence !== last.essence) for (const listener of listeners) listener(value);
        return value;
      });
    running = asked;
    return asked;
  };
  const restart = () => {
    following = undefined;
    return begin();
  };
  const look = (): Promise<T> => {
    if (!running) return begin();
    following ??= running.then(restart, restart);
    return following;
  };
  return {
    read: async () => last?.value ?? (await (running ?? begin())),
    look,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
