// HMAC-SHA-256 (RFC 2104) for many short texts: Node's own object for it takes five times as long to make as the hash itself.
import { hash } from 'node:crypto';

/** The hash in base64url. */
export type KeyedHash = (text: string) => string;

const blockBytes = 64;

/** Errors: RangeError for a key longer than a block, which would have to be hashed first. */
export function createKeyedHash(key: Uint8Array): KeyedHash {
  if (key.length > blockBytes) throw new RangeError('The key is too long.');
  const padded = Buffer.alloc(blockBytes);
  padded.set(key);
  const inner = padded.map(byte => byte ^ 0x36);
  const outer = padded.map(byte => byte ^ 0x5c);
  return text => {
    const first = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, first]), 'base64url');
  };
}
