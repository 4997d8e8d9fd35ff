// What a Bitwarden client does before anything reaches its server (Bitwarden Security Whitepaper, "Password hashing, key
// derivation and encryption"): the server that the tests run only ever gets what these functions return.
import { createCipheriv, createHmac, generateKeyPairSync, pbkdf2Sync, randomBytes } from 'node:crypto';

/** 32 bytes to encrypt with and 32 to authenticate with. */
export interface SymmetricKey {
  encryption: Buffer;
  authentication: Buffer;
}

export const newSymmetricKey = (): SymmetricKey => ({ encryption: randomBytes(32), authentication: randomBytes(32) });

/** PBKDF2 with SHA-256, salted with the address. */
export const deriveMasterKey = (password: string, email: string, iterations: number): Buffer =>
  pbkdf2Sync(password, email.trim().toLowerCase(), iterations, 32, 'sha256');

/** What proves the password to the server: one round more, salted with the password, as base64. */
export const hashForServer = (masterKey: Buffer, password: string): string =>
  pbkdf2Sync(masterKey, password, 1, 32, 'sha256').toString('base64');

/** HKDF-Expand (RFC 5869) alone: the master key is as good as a pseudo-random key already. */
export const stretch = (masterKey: Buffer): SymmetricKey => ({
  encryption: expand(masterKey, 'enc'),
  authentication: expand(masterKey, 'mac'),
});
const expand = (key: Buffer, info: string): Buffer =>
  createHmac('sha256', key).update(info).update(Buffer.of(1)).digest();

/** An EncString of type 2: AES-256-CBC, then HMAC-SHA256 over the initialization vector and the ciphertext. */
export function encrypt(key: SymmetricKey, plain: string | Buffer): string {
  const vector = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key.encryption, vector);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  const mac = createHmac('sha256', key.authentication).update(vector).update(ciphertext).digest();
  return `2.${[vector, ciphertext, mac].map(part => part.toString('base64')).join('|')}`;
}

/** The 64 bytes of a key, encrypted with another one. */
export const wrap = (by: SymmetricKey, key: SymmetricKey): string =>
  encrypt(by, Buffer.concat([key.encryption, key.authentication]));

/** The pair that others share with an account: both as DER, the private one encrypted. */
export function newWrappedKeyPair(userKey: SymmetricKey): { publicKey: string; wrappedPrivateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: publicKey.toString('base64'), wrappedPrivateKey: encrypt(userKey, privateKey) };
}
