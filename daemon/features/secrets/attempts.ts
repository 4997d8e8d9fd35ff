// How often a passphrase may be tried: one at a time, and after some failures with growing pauses.
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import type { Clock } from '../../platform/clock.ts';

const freeFailures = 3;
const longestPauseMs = 60_000;

/** Runs an attempt. Errors: SECRET_010 if it comes too soon; those of the attempt. */
export function createAttemptLimit(clock: Clock): <T>(act: () => Promise<T>) => Promise<T> {
  let failures = 0;
  let nextAt = 0;
  let busy = false;
  return async act => {
    const wait = nextAt - clock.now();
    if (busy || wait > 0) {
      throw problem('SECRET_010', {
        detail: busy ? 'Another one is being tried now.' : 'The last ones were wrong.',
        next: `Try again in ${Math.max(1, Math.ceil(wait / 1000))} seconds.`,
      });
    }
    busy = true;
    try {
      const result = await act();
      failures = 0;
      return result;
    } catch (error) {
      if (isProblemError(error) && (error.code === 'SECRET_004' || error.code === 'SECRET_012')) {
        failures += 1;
        if (failures >= freeFailures)
          nextAt = clock.now() + Math.min(1_000 * 2 ** (failures - freeFailures), longestPauseMs);
      }
      throw error;
    } finally {
      busy = false;
    }
  };
}
