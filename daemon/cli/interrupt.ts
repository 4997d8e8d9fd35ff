// Ctrl-C and its like: one abort signal for everything that a command does.
import { Interrupted } from './exit-codes.ts';

/** The same press may arrive twice: from the terminal and from a parent such as npm. */
const samePressMilliseconds = 700;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Takes Ctrl-C over: the first press calls this instead of aborting; the next one aborts. Returns the way back. */
  handle(onInterrupt: () => void): () => void;
}

/** Listens for the life of the process. */
export function createInterrupt(source: NodeJS.EventEmitter): Interrupt {
  const controller = new AbortController();
  let handler: (() => void) | undefined;
  let lastPress = 0;
  const onSignal = () => {
    const now = Date.now();
    if (now - lastPress < samePressMilliseconds) return;
    lastPress = now;
    const first = handler;
    handler = undefined;
    if (first) first();
    else controller.abort(new Interrupted('Interrupted.'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) source.on(name, onSignal);
  return {
    signal: controller.signal,
    handle(onInterrupt) {
      handler = onInterrupt;
      return () => {
        if (handler === onInterrupt) handler = undefined;
      };
    },
  };
}
