// Giving up while one waits, and not while one acts.

export interface UntilActing {
  readonly signal: AbortSignal;
  whileActing<T>(act: () => Promise<T>): () => Promise<T>;
  close(): void;
}

/**
 * A signal that is given only while nothing runs: whoever has given up is answered at once while he waits for his turn or
 * for another try, but not before a program that has been started has ended.
 */
export function untilActing(signal: AbortSignal): UntilActing {
  const waiting = new AbortController();
  let isActing = false;
  const give = () => {
    if (signal.aborted && !isActing) waiting.abort(signal.reason);
  };
  signal.addEventListener('abort', give);
  give();
  return {
    signal: waiting.signal,
    whileActing:
      <T>(act: () => Promise<T>) =>
      async (): Promise<T> => {
        isActing = true;
        try {
          return await act();
        } finally {
          isActing = false;
        }
      },
    close: () => signal.removeEventListener('abort', give),
  };
}
