// Values that other features keep in the vault: encrypted, rotated and moved to another master key like secrets, and shown to nobody.
import { randomUUID } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';
import type { Secret } from '../../../shared/api/secrets.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { noSuchSecret } from './hand-over.ts';
import { internalMark, type SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

export interface SealedValues {
  /** Returns the id under which it is kept. Errors: SECRET_003. */
  put(purpose: string, value: Uint8Array): string;
  /** To be wiped by the caller; undefined if there is none of this id. Errors: SECRET_003, SECRET_006. */
  get(id: string): Buffer | undefined;
  remove(id: string): void;
}

export const createSealedValues = (
  repository: SecretRepository,
  vault: Pick<Vault, 'seal'>,
  unseal: Vault['unseal'],
  clock: Clock,
): SealedValues => ({
  put: (purpose, value) =>
    repository.transaction(() => {
      const at = toTimestamp(clock.now());
      const secretId = repository.insert({ name: `${internalMark}${purpose} ${randomUUID()}`, serverId: null, at });
      const context = { secretId, version: 1, owner: null };
      repository.saveValue(context, vault.seal(context, value), at);
      return secretId;
    }),
  get(id) {
    const stored = repository.value(id);
    return stored && unseal(stored.context, stored.record);
  },
  remove: repository.remove,
});

/** Secrets of persons that the daemon itself uses, at a provider of identities. */
export interface ClientSecrets {
  /** Errors: SECRET_001, SECRET_008 for one that belongs to a server. */
  check(id: string): void;
  /** The value; the use goes on record. Errors: those of check, SECRET_003, SECRET_006, SECRET_009. */
  read(id: string, reader: string): string;
}

export function createClientSecrets(
  repository: SecretRepository,
  unseal: Vault['unseal'],
  audit: AuditSink,
): ClientSecrets {
  const find = (id: string): Secret => {
    const secret = repository.find(id);
    if (!secret) throw noSuchSecret(id);
    if (secret.serverId === null) return secret;
    throw problem('SECRET_008', {
      detail: `${secret.name} is for "${secret.serverId}" alone.`,
      next: 'Store one for any server, with --any-server.',
    });
  };
  return {
    check: id => void find(id),
    read(id, reader) {
      const { name } = find(id);
      const stored = repository.value(id);
      if (!stored) throw problem('SECRET_009', { detail: `${name} has no value yet.`, next: 'Give it one.' });
      const bytes = unseal(stored.context, stored.record);
      try {
        const row = { principal: 'daemon', action: 'useSecret', resource: `${name} for ${reader}`, requestId: null };
        audit.record({ ...row, outcome: 'allowed', code: null });
        return bytes.toString('utf8');
      } finally {
        bytes.fill(0);
      }
    },
  };
}
