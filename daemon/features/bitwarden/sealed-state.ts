// What bw keeps of the account, encrypted in the database under a key that is in the vault. It may have megabytes: only the key moves when
// the vault's own keys change.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';

/** The vault, as far as it is needed here. */
export interface SealedValues {
  /** Errors: SECRET_003. */
  put(purpose: string, value: Uint8Array): string;
  /** To be wiped by the caller. Errors: SECRET_003, SECRET_006. */
  get(id: string): Buffer | undefined;
  remove(id: string): void;
}

const context = Buffer.from('quayside bitwarden state 1');
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: nonce, tag, ciphertext. A random nonce of 96 bits is good for 2^32 writes (NIST SP 800-38D, 8.3). */
export function sealState(key: Uint8Array, state: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(state), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** Errors: SECRET_006 if it was changed, or the key is another one. */
export function openState(key: Uint8Array, sealed: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(context).setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch (cause) {
    throw problem('SECRET_006', {
      detail: 'What is kept of the Bitwarden account was changed, or damaged.',
      next: 'Log out of Bitwarden and log in again; find out who may write to the state folder.',
      cause,
    });
  }
}

/** A new key in the vault. Errors: SECRET_003. */
export function makeStateKey(sealed: SealedValues): string {
  const key = randomBytes(32);
  try {
    return sealed.put('bitwarden', key);
  } finally {
    key.fill(0);
  }
}

/** Uses the key and wipes it. Errors: SECRET_003, SECRET_006. */
export function withStateKey<T>(sealed: SealedValues, id: string, act: (key: Buffer) => T): T {
  const key = sealed.get(id);
  if (!key) throw problem('SECRET_006', { detail: 'The key of the Bitwarden account is gone.', next: 'Log in again.' });
  try {
    return act(key);
  } finally {
    key.fill(0);
  }
}
