import type { Problem } from '../../shared/api/problem.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';

/**
 * What this window knows of the daemon.
 * `idle`: nobody has needed it yet. `stopped`: it was asked to end, here or elsewhere. `restricted`: the window is not
 * trusted and no daemon runs, so there is nothing to read.
 */
export type LinkState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'connected'; daemon: Discovery }
  | { kind: 'stopped'; reason: string }
  | { kind: 'restricted' }
  | { kind: 'failed'; problem: Problem };

const crashesInARow = 3;
const crashWindow = 5 * 60_000;

/** How long to wait before the daemon is started again after a crash, in milliseconds; null: give up. */
export function pauseAfterCrash(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter(at => now - at < crashWindow).length;
  return recent > crashesInARow ? null : 1_000 * 2 ** Math.max(0, recent - 1);
}
