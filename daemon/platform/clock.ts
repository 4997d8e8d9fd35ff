/** The time, passed in so that tests can set it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC with milliseconds, as all our rows and answers have it. */
export function toTimestamp(epochMs: number): string {
  // Much happens in the same millisecond, and is asked for again and again.
  if (epochMs !== lastAsked) {
    lastTold = new Date(epochMs).toISOString();
    lastAsked = epochMs;
  }
  return lastTold;
}
let lastAsked: number | undefined;
let lastTold = '';
