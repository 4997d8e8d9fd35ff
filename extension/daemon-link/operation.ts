// One operation from its request to its end, followed by events.

import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import { ProblemError } from '../../shared/api/problem.ts';
import type { DaemonLink } from './daemon-link.ts';

export interface OperationToFollow {
  link: DaemonLink;
  /** Asks the daemon for it. */
  begin: () => Promise<Operation>;
  signal: AbortSignal;
  onProgress: (operation: Operation) => void;
}

/** How often the operation is read besides its events, in case one was missed. */
const lookEvery = 5_000;

/**
 * Resolves with the operation when it has succeeded. An abort cancels it and waits until it is undone.
 * Errors: ProblemError, INSTALL_007 when it was cancelled.
 */
export async function followOperation({ link, begin, signal, onProgress }: OperationToFollow): Promise<Operation> {
  const begun = await begin();
  const cancel = () =>
    // It may have ended a moment ago: its end is told all the same.
    void link.api.cancelOperation({ params: { id: begun.id } }).catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const ended = await waitForEnd(link, begun, onProgress);
    if (ended.problem) throw new ProblemError(ended.problem);
    return ended;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function waitForEnd(
  link: DaemonLink,
  begun: Operation,
  onProgress: (operation: Operation) => void,
): Promise<Operation> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clearInterval(timer);
      subscription.dispose();
      act();
    };
    const take = (operation: Operation) => {
      onProgress(operation);
      if (hasEnded(operation)) finish(() => resolve(operation));
    };
    const look = () =>
      void link.api.getOperation({ params: { id: begun.id } }).then(take, error => finish(() => reject(error)));
    const subscription = link.onEvent(event => {
      if (event.type === 'operation.changed' && event.operation.id === begun.id) take(event.operation);
      else if (event.type === 'reset') look();
    });
    const timer = setInterval(look, lookEvery);
    take(begun);
    // The end may have come between the answer and the first event that is heard.
    look();
  });
}
