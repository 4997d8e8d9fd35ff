import { createHash } from 'node:crypto';

/** A short name for what may be long, such as an image's reference. */
export const shortId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
