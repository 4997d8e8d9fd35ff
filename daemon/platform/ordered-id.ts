import { randomUUID } from 'node:crypto';

let millisecond = 0;
let prefix = '';

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of time, the rest random. Rows with such keys lie in their index in the
 * order in which they are made: a batch of them changes a few pages of the file, where random keys change one page each.
 */
export function orderedId(now: number = Date.now()): string {
  if (now !== millisecond || prefix === '') {
    millisecond = now;
    const time = now.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  return prefix + randomUUID().slice(15);
}
