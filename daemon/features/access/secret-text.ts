// Secrets that we make ourselves: 32 random bytes, kept as their hash alone. So much chance needs no slow hash.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const newSecret = (prefix = ''): string => prefix + randomBytes(32).toString('base64url');

export const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In constant time, and of any lengths: both are hashed first. */
export const areEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
