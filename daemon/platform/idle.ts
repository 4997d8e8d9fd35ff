// Ends a daemon that nobody uses: it counts who is there and calls back when nobody was for a while.

export interface IdleWatch {
  /** Somebody came; call what it returns when they are gone. */
  enter(): () => void;
  /** How many have come and are not gone. */
  readonly present: number;
  stop(): void;
}

export interface IdleOptions {
  /** null: never. */
  seconds: number | null;
  /** Work that goes on without a client, such as an install: the daemon stays for it. */
  isBusy: () => boolean;
  onIdle: () => void;
}

export function createIdleWatch({ seconds, isBusy, onIdle }: IdleOptions): IdleWatch {
  let present = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const wait = () => {
    clearTimeout(timer);
    if (seconds === null || stopped || present > 0) return;
    timer = setTimeout(() => (isBusy() ? wait() : onIdle()), seconds * 1000).unref();
  };
  wait();

  return {
    enter() {
      present += 1;
      clearTimeout(timer);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        present -= 1;
        wait();
      };
    },
    get present() {
      return present;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
