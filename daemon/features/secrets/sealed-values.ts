// Values that other features keep in the vault: encrypted, rotated and moved to another master key like secrets, and shown to nobody.
import { randomUUID } from 'node:crypto';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { SecretRepository } from './secrets.repository.ts';
import { internalMark } from './secrets.repository.ts';
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
