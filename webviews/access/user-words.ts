// What is said of users and keys, as functions of what is known of them.
import type { AccessKey, User } from '../../shared/api/users.ts';

export interface StateWords {
  text: string;
  icon: string;
  look: 'state-good' | 'state-warn' | 'state-bad' | 'state-quiet';
  /** Why, where the text alone may not say enough. */
  title?: string;
}

/** The first of these that is so: disabled, locked out, invited, active. */
export function userState(user: User, now: number): StateWords {
  if (user.disabled) return { text: 'disabled', icon: 'circle-slash', look: 'state-bad' };
  if (user.lockedUntil !== null && Date.parse(user.lockedUntil) > now)
    return {
      text: `locked until ${timeOf(user.lockedUntil)}`,
      icon: 'lock',
      look: 'state-warn',
      title: 'After too many wrong passwords. A new invitation ends it.',
    };
  if (user.hasPassword) return { text: 'active', icon: 'pass-filled', look: 'state-good' };
  if (user.lastSignInAt === null) return { text: 'invited', icon: 'mail', look: 'state-quiet', title: 'Not taken yet' };
  return {
    text: 'no password',
    icon: 'account',
    look: 'state-quiet',
    title: 'An invitation is open, or this user signs in at a provider',
  };
}

/** What a deletion ends, in words. */
export function endsWith({ name, sessions, secondFactor, keys }: User): string[] {
  return [
    sessions === 0 ? `${name} has nothing open now.` : `What ${name} has open ends within a second: ${sessions} now.`,
    `${name} cannot sign in again${secondFactor ? ', and the second factor is gone' : ''}.`,
    keys.length === 0
      ? 'It has made no keys. The audit log stays.'
      : `The keys that ${name} has made end as well: ${keys.join(', ')}. The audit log stays.`,
  ];
}

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
