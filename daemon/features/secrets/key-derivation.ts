// From the master secret to data keys. HKDF keeps them apart: one of them tells nothing of another or of the master.
import * as crypto from 'node:crypto';
import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

export const keyBytes = 32;

/** HKDF-SHA-256 (RFC 5869). */
export const hkdf = (secret: Buffer, salt: Buffer, info: string | Uint8Array, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

export const newSalt = (): Buffer => randomBytes(32);

/** The data key of one version in one vault. The caller wipes it. */
export const deriveDataKey = (master: Buffer, salt: Buffer, vaultId: string, version: number): Buffer =>
  hkdf(master, salt, `quayside vault ${vaultId} data key ${version}`, keyBytes);

/** What tells a right master secret from a wrong one without giving anything away. */
export const deriveCheck = (master: Buffer, salt: Buffer, vaultId: string, version: number): Buffer =>
  hkdf(master, salt, `quayside vault ${vaultId} check ${version}`, keyBytes);

/** In constant time for values of one length. */
export const areEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** How a passphrase was stretched; kept beside what it opens. `salt`: base64. */
export const Derivation = z.object({
  algorithm: z.literal('argon2id'),
  memoryKiB: z.int().min(65_536).max(262_144),
  iterations: z.int().min(3).max(10),
  parallelism: z.int().min(1).max(4),
  salt: z.base64(),
});
export type Derivation = z.infer<typeof Derivation>;

/** RFC 9106's second recommended choice, with one lane, because we compute in one. */
export const newDerivation = (): Derivation => ({
  algorithm: 'argon2id',
  memoryKiB: 65_536,
  iterations: 3,
  parallelism: 1,
  salt: randomBytes(16).toString('base64'),
});

type Costs = Pick<Derivation, 'memoryKiB' | 'iterations' | 'parallelism'>;
interface Argon2Extras {
  key?: Uint8Array;
  associatedData?: Uint8Array;
}

/**
 * Argon2id (RFC 9106), 32 bytes. By Node itself where it can (24.7 and newer, off the main thread), else in JavaScript:
 * the same answer in ten times the time.
 */
export const argon2id = (
  password: Uint8Array,
  salt: Uint8Array,
  costs: Costs,
  extras: Argon2Extras = {},
): Promise<Buffer> =>
  typeof crypto.argon2 === 'function'
    ? argon2idByNode(password, salt, costs, extras)
    : argon2idInSlices(password, salt, costs, extras);

const argon2idByNode = (
  message: Uint8Array,
  nonce: Uint8Array,
  { memoryKiB: memory, iterations: passes, parallelism }: Costs,
  { key: secret, associatedData }: Argon2Extras,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const extras = { ...(secret ? { secret } : {}), ...(associatedData ? { associatedData } : {}) };
    const parameters = { message, nonce, memory, passes, parallelism, tagLength: keyBytes, ...extras };
    crypto.argon2('argon2id', parameters, (error, made) => (error ? reject(error) : resolve(made)));
  });

/** In slices that let other work through. Loaded when it is needed: most vaults never are opened so. */
export async function argon2idInSlices(
  password: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, iterations, parallelism }: Costs,
  extras: Argon2Extras = {},
): Promise<Buffer> {
  const { argon2idAsync } = await import('@noble/hashes/argon2.js');
  const made = await argon2idAsync(password, salt, {
    m: memoryKiB,
    t: iterations,
    p: parallelism,
    dkLen: keyBytes,
    asyncTick: 20,
    ...(extras.key ? { key: extras.key } : {}),
    ...(extras.associatedData ? { personalization: extras.associatedData } : {}),
  });
  return Buffer.from(made.buffer, made.byteOffset, made.byteLength);
}

/** The master secret that a passphrase stands for. Unicode is normalised, because keyboards differ. */
export async function stretchPassphrase(passphrase: string, derivation: Derivation): Promise<Buffer> {
  const bytes = Buffer.from(passphrase.normalize('NFKC'));
  try {
    return await argon2id(bytes, Buffer.from(derivation.salt, 'base64'), derivation);
  } finally {
    bytes.fill(0);
  }
}
