// What is said of users and keys, as functions of what is known of them.
import type { AccessKey } from '../../shared/api/keys.ts';
import type { User } from '../../shared/api/users.ts';
import { type UserState, userStateOf } from '../../shared/domain/user-state.ts';

export interface StateWords {
  text: string;
  icon: string;
  look: 'state-good' | 'state-warn' | 'state-bad' | 'state-quiet';
  /** Why, where the text alone may not say enough. */
  title?: string;
}

/** The state as it is shown. */
export function userState(user: User, now: number): StateWords {
  const state = userStateOf(user, now);
  if (state !== 'locked') return stateWords[state];
  return { ...stateWords.locked, text: `locked until ${timeOf(user.lockedUntil ?? '')}` };
}

const stateWords: Record<UserState, StateWords> = {
  disabled: { text: 'disabled', icon: 'circle-slash', look: 'state-bad' },
  locked: {
    text: 'locked',
    icon: 'lock',
    look: 'state-warn',
    title: 'After too many wrong passwords. A new invitation ends it.',
  },
  active: { text: 'active', icon: 'pass-filled', look: 'state-good' },
  invited: { text: 'invited', icon: 'mail', look: 'state-quiet', title: 'The invitation has not been taken yet' },
  elsewhere: {
    text: 'no password',
    icon: 'account',
    look: 'state-quiet',
    title: 'An invitation is open, or this user signs in at a provider',
  },
};

/** What a deletion ends, in words. */
export function endsWith({ name, sessions, secondFactor, keys }: User): string[] {
  return [
    sessions === 0 ? `${name} has nothing open now.` : `What ${name} has open ends within a second: ${sessions} now.`,
    ...(keys.length === 0 ? [] : [`These keys were made by ${name} and end with the user: ${listed(keys)}.`]),
    `${name} cannot sign in again${secondFactor ? ', and the second factor is gone' : ''}. The audit log stays.`,
  ];
}

const mostListed = 10;

/** The names, and how many more there are. */
const listed = (names: readonly string[]): string =>
  names.length <= mostListed
    ? names.join(', ')
    : `${names.slice(0, mostListed).join(', ')} and ${names.length - mostListed} more`;

/** The day on which a key ends, and whether that has come. */
export function keyEnd({ expiresAt, suspended }: AccessKey, now: number): { text: string; isOver: boolean } {
  if (suspended) return { text: 'suspended with its maker', isOver: true };
  if (expiresAt === null) return { text: 'never ends', isOver: false };
  const isOver = Date.parse(expiresAt) <= now;
  return { text: `${isOver ? 'ended' : 'ends'} on ${expiresAt.slice(0, 10)}`, isOver };
}

/** "2026-01-31 09:05 UTC". */
export const toMinute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** The hour and minute where the person is. */
const timeOf = (iso: string): string =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
