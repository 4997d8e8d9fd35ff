// Secrets that we make ourselves: 32 random bytes, kept as their hash alone. So much chance needs no slow hash.
import { hash as hashAtOnce, randomBytes, timingSafeEqual } from 'node:crypto';

export const newSecret = (prefix = ''): string => prefix + randomBytes(32).toString('base64url');

export const hash = (secret: string): string => hashAtOnce('sha256', secret);

export const digest = (text: string): Buffer => hashAtOnce('sha256', text, 'buffer');

/** In constant time, and of any lengths: both are hashed first. */
export const areEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
