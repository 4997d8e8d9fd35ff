// Secrets on their way to another machine: one file that opens with a passphrase and nothing else.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';
import { SecretName, SecretValue } from '../../../shared/api/secrets.ts';
import type { SecretBundle } from '../../../shared/api/vault.ts';
import { Name } from '../../../shared/domain/names.ts';
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
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(associatedData(head));
    const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]).toString('base64');
    return { ...head, nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), ciphertext };
  } finally {
    key.fill(0);
    content.fill(0);
  }
}

/** Errors: SECRET_012 if the passphrase is wrong or the bundle was changed. */
export async function openBundle(bundle: SecretBundle, passphrase: string): Promise<BundledSecret[]> {
  const key = await stretchPassphrase(passphrase, bundle.derivation);
  let content: Buffer | undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(bundle.nonce, 'base64'), { authTagLength: 16 });
    decipher.setAAD(associatedData(bundle));
    decipher.setAuthTag(Buffer.from(bundle.tag, 'base64'));
    content = decipher.update(Buffer.from(bundle.ciphertext, 'base64'));
    decipher.final();
    return Content.parse(JSON.parse(content.toString('utf8')));
  } catch {
    // Not the cause: it could hold a part of the content.
    throw problem('SECRET_012', {
      detail: 'The passphrase is not the one it was made with, or the file was changed.',
      next: 'Check both. Nothing was changed here.',
    });
  } finally {
    key.fill(0);
    content?.fill(0);
  }
}
