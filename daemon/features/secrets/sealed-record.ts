// One value under AES-256-GCM: how it is sealed, what it is bound to, and how it is opened again.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** What a value belongs to. A record opens in its own context only. */
export interface SecretContext {
  secretId: string;
  /** Counts the values that the secret has had. */
  version: number;
  /** The one server that may use it; null: any. */
  owner: string | null;
}

export interface SealedRecord {
  algorithm: string;
  keyId: string;
  nonce: Buffer;
  tag: Buffer;
  ciphertext: Buffer;
  /** ISO 8601. */
  createdAt: string;
}

/** The bytes that the tag covers beside the value. JSON of one list of texts and numbers can be read in one way only. */
const associatedData = ({ secretId, version, owner }: SecretContext, keyId: string, createdAt: string): Buffer =>
  Buffer.from(JSON.stringify(['quayside-secret-1', algorithm, keyId, createdAt, secretId, version, owner]));

/** Encrypts a value under a nonce that was never used before. `key` has 32 bytes. */
export function seal(
  key: Buffer,
  keyId: string,
  context: SecretContext,
  value: Uint8Array,
  createdAt: string,
): SealedRecord {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(context, keyId, createdAt));
  const ciphertext = cipher.update(value);
  // In this mode nothing is left for the end but the tag.
  cipher.final();
  return { algorithm, keyId, nonce, tag: cipher.getAuthTag(), ciphertext, createdAt };
}

/**
 * The value of a record; the caller wipes it after use.
 * Errors: SECRET_006 if anything of the record or its context is not as it was sealed. Nothing of the value is shown then.
 */
export function unseal(key: Buffer, context: SecretContext, record: SealedRecord): Buffer {
  const { keyId, nonce, tag, ciphertext, createdAt } = record;
  if (record.algorithm !== algorithm || nonce.length !== nonceBytes || tag.length !== tagBytes) throw tampered();
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(context, keyId, createdAt));
  decipher.setAuthTag(tag);
  const value = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    value.fill(0);
    throw tampered();
  }
  return value;
}

const tampered = () =>
  problem('SECRET_006', {
    detail: 'A stored value does not fit its check, so it was not used.',
    next: 'Give the secret its value again, and find out who may write to the state folder.',
  });
