// What a user's row says first, for the page, the editor and the command line alike.

export type UserState = 'disabled' | 'locked' | 'active' | 'invited' | 'elsewhere';

/** What is known of a user, as far as this depends on it. Times are ISO 8601. */
export interface UserFacts {
  disabled: boolean;
  lockedUntil: string | null;
  hasPassword: boolean;
  lastSignInAt: string | null;
}

/**
 * The first of these that is so. `elsewhere`: without a password, but has signed in: by a provider, or an invitation is
 * open again. `now` in epoch milliseconds.
 */
export function userStateOf({ disabled, lockedUntil, hasPassword, lastSignInAt }: UserFacts, now: number): UserState {
  if (disabled) return 'disabled';
  if (lockedUntil !== null && Date.parse(lockedUntil) > now) return 'locked';
  if (hasPassword) return 'active';
  return lastSignInAt === null ? 'invited' : 'elsewhere';
}
