// AES-256-GCM with a 96-bit nonce and a 128-bit tag: the one cipher of the vault and its bundles.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const algorithm = 'aes-256-gcm';
export const nonceBytes = 12;
const tagBytes = 16;

export interface Encrypted {
  ciphertext: Buffer;
  tag: Buffer;
}

export const newNonce = (): Buffer => randomBytes(nonceBytes);

/** `key` has 32 bytes, `nonce` 12; a nonce is used once with a key. */
export function encrypt(key: Buffer, nonce: Buffer, associatedData: Buffer, plain: Uint8Array): Encrypted {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData);
  const ciphertext = cipher.update(plain);
  // In this mode nothing is left for the end but the tag.
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** The plain bytes, to be wiped by the caller; undefined, and nothing left of them, if anything does not fit the tag. */
export function decrypt(
  key: Buffer,
  nonce: Buffer,
  associatedData: Buffer,
  { ciphertext, tag }: Encrypted,
): Buffer | undefined {
  if (nonce.length !== nonceBytes || tag.length !== tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(tag);
  const plain = decipher.update(ciphertext);
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}
