/** The time, passed in so that tests can set it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC with milliseconds, as all our rows and answers have it. */
export const toTimestamp = (epochMs: number): string => new Date(epochMs).toISOString();
