// An event like the editor's own, for the parts that must run without an editor.

export interface Disposable {
  dispose(): void;
}

/** Calls back for each value until it is disposed of. Fits where the editor wants an `Event`. */
export type Signal<T> = (listener: (value: T) => unknown) => Disposable;

export interface SignalSource<T> {
  readonly signal: Signal<T>;
  fire(value: T): void;
  dispose(): void;
}

/** A listener that throws is passed to `onError` and keeps no other listener from being called. */
export function createSignal<T>(onError: (error: unknown) => void = () => {}): SignalSource<T> {
  const listeners = new Set<{ call: (value: T) => unknown }>();
  return {
    signal: listener => {
      const entry = { call: listener };
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
    fire(value) {
      for (const entry of [...listeners]) {
        try {
          entry.call(value);
        } catch (error) {
          onError(error);
        }
      }
    },
    dispose: () => listeners.clear(),
  };
}
