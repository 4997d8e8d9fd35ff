import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 10;

/** Resolves when it is done, or when the time is over. */
export async function waitFor(isDone: () => boolean, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; !isDone() && Date.now() < end; ) await sleep(lookEveryMs);
}
