import type { DaemonEvent } from '../../shared/api/events.ts';
import { useApp } from './app.ts';
import { createLoad, type Load } from './load.ts';
import { useOwned } from './owned.ts';

/** What is read at once, and again after each event that may have changed it. Closed with the component. */
export function useFollowed<T>(
  read: (abort: AbortSignal) => Promise<T>,
  isStaleAfter: (event: DaemonEvent) => boolean,
): Load<T> {
  const { live } = useApp();
  return useOwned(() => {
    const load = createLoad(read);
    void load.reload();
    const stop = live.onEvent(event => {
      if (isStaleAfter(event)) void load.reload();
    });
    return {
      ...load,
      close() {
        stop();
        load.close();
      },
    };
  });
}
