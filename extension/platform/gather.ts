export interface Gathering {
  /** Asks for the act; while it waits, asking again adds nothing. */
  soon(): void;
  /** Nothing is done any more: not what waits, nor what is asked for later. */
  dispose(): void;
}

/** Does once what is asked for many times in one burst: so many milliseconds after the first time. */
export function gather(milliseconds: number, act: () => void): Gathering {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  return {
    soon() {
      if (ended) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        act();
      }, milliseconds);
    },
    dispose() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
