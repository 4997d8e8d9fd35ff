// Secrets on their way to another machine: one file that opens with a passphrase and nothing else.
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';
import { SecretName, SecretValue } from '../../../shared/api/secrets.ts';
import type { SecretBundle } from '../../../shared/api/vault.ts';
import { Name } from '../../../shared/domain/names.ts';
import { decrypt, encrypt, newNonce } from './aes-gcm.ts';
import { newDerivation, stretchPassphrase } from './key-derivation.ts';
import { checkPassphrase } from './master-key.ts';

const Content = z.array(
  z.object({ name: SecretName, serverId: Name.nullable(), value: SecretValue.nullable() }).strict(),
);
/** What a bundle holds; null: the name alone. */
export type BundledSecret = z.infer<typeof Content>[number];

/** Everything beside the ciphertext is covered by its tag. */
const associatedData = ({
  format,
  version,
  algorithm,
  derivation,
  createdAt,
}: Omit<SecretBundle, 'nonce' | 'tag' | 'ciphertext'>) => {
  const { memoryKiB, iterations, parallelism, salt } = derivation;
  return Buffer.from(
    JSON.stringify([
      format,
      version,
      algorithm,
      derivation.algorithm,
      memoryKiB,
      iterations,
      parallelism,
      salt,
      createdAt,
    ]),
  );
};

/** Errors: SECRET_005 for a weak passphrase. */
export async function sealBundle(
  secrets: readonly BundledSecret[],
  passphrase: string,
  createdAt: string,
): Promise<SecretBundle> {
  checkPassphrase(passphrase);
  const derivation = newDerivation();
  const head = { format: 'quayside-secrets', version: 1, algorithm: 'aes-256-gcm', derivation, createdAt } as const;
  const key = await stretchPassphrase(passphrase, derivation);
  const content = Buffer.from(JSON.stringify(secrets));
  try {
    const nonce = newNonce();
    const { ciphertext, tag } = encrypt(key, nonce, associatedData(head), content);
    return { ...head, nonce: toBase64(nonce), tag: toBase64(tag), ciphertext: toBase64(ciphertext) };
  } finally {
    key.fill(0);
    content.fill(0);
  }
}

/** Errors: SECRET_012 if the passphrase is wrong or the bundle was changed. */
export async function openBundle(bundle: SecretBundle, passphrase: string): Promise<BundledSecret[]> {
  const key = await stretchPassphrase(passphrase, bundle.derivation);
  const encrypted = { ciphertext: fromBase64(bundle.ciphertext), tag: fromBase64(bundle.tag) };
  const content = decrypt(key, fromBase64(bundle.nonce), associatedData(bundle), encrypted);
  try {
    if (!content) throw cannotOpen();
    const parsed = Content.safeParse(JSON.parse(content.toString('utf8')));
    // Without the reason: it could hold a part of the content.
    if (!parsed.success) throw cannotOpen();
    return parsed.data;
  } finally {
    key.fill(0);
    content?.fill(0);
  }
}

const toBase64 = (bytes: Buffer): string => bytes.toString('base64');
const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

const cannotOpen = () =>
  problem('SECRET_012', {
    detail: 'The passphrase is not the one it was made with, or the file was changed.',
    next: 'Check both. Nothing was changed here.',
  });
