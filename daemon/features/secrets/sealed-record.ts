// One value as it is stored: encrypted, and bound to what it belongs to.
import { problem } from '../../../shared/api/problem.ts';
import { algorithm, decrypt, type Encrypted, encrypt, newNonce } from './aes-gcm.ts';

/** What a value belongs to. A record opens in its own context only. */
export interface SecretContext {
  secretId: string;
  /** Counts the values that the secret has had. */
  version: number;
  /** The one server that may use it; null: any. */
  owner: string | null;
}

export interface SealedRecord extends Encrypted {
  algorithm: string;
  keyId: string;
  nonce: Buffer;
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
  const nonce = newNonce();
  const { ciphertext, tag } = encrypt(key, nonce, associatedData(context, keyId, createdAt), value);
  return { algorithm, keyId, nonce, tag, ciphertext, createdAt };
}

/**
 * The value of a record; the caller wipes it after use.
 * Errors: SECRET_006 if anything of the record or its context is not as it was sealed. Nothing of the value is shown then.
 */
export function unseal(key: Buffer, context: SecretContext, record: SealedRecord): Buffer {
  const { keyId, nonce, createdAt } = record;
  const value =
    record.algorithm === algorithm ? decrypt(key, nonce, associatedData(context, keyId, createdAt), record) : undefined;
  if (value) return value;
  throw problem('SECRET_006', {
    detail: 'A stored value does not fit its check, so it was not used.',
    next: 'Give the secret its value again, and find out who may write to the state folder.',
  });
}
