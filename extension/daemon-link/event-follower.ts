// Follows the daemon's events once for the whole window, until the daemon is gone.
import { setTimeout as wait } from 'node:timers/promises';
import type { Carrier } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';
import { isAnswering } from './attach.ts';

export interface FollowerOptions {
  daemon: Discovery;
  carrier: Carrier;
  signal: AbortSignal;
  onEvent: (event: DaemonEvent) => void;
}

const pauses = [100, 500, 1_000, 2_000];

/** Resolves when the daemon does not answer any more (`gone`) or the signal was aborted. A lost stream is resumed. */
export async function followDaemon({ daemon, carrier, signal, onEvent }: FollowerOptions): Promise<'gone' | 'aborted'> {
  let lastEventId: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await carrier.follow({
        lastEventId,
        signal,
        onEvent: ({ id, event }) => {
          lastEventId = id;
          failures = 0;
          onEvent(event);
        },
      });
    } catch {
      // What matters is whether the daemon still answers.
    }
    if (signal.aborted) break;
    await wait(pauses[Math.min(failures++, pauses.length - 1)], undefined, { signal }).catch(() => {});
    if (!signal.aborted && !(await isAnswering(daemon))) return 'gone';
  }
  return 'aborted';
}
