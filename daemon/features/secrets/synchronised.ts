// Secrets whose values another feature keeps up to date: it may compare and replace them, and is shown none.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { SecretService } from './secrets.service.ts';
import type { Vault } from './vault.ts';

export interface SynchronisedSecrets {
  find(name: string): { id: string; serverId: string | null } | undefined;
  serverExists(id: string): boolean;
  /** Opens the vault, and makes it if there is none. Errors: SECRET_003, SECRET_004, SECRET_005. */
  ensureOpen(): void;
  /** Whether it has this value. Errors: those of ensureOpen, SECRET_006. */
  matches(id: string, value: string): boolean;
  /** Stores a new secret, or the value of one that is there. Returns its id. Errors: SECRET_002 to SECRET_005, SECRET_013, SERVER_001. */
  put(secret: { id: string | null; name: string; serverId: string | null; value: string }): string;
  /** Deletes it; if servers refer to it, takes only its value away. False if there was no value any more. */
  takeAway(id: string): boolean;
  hasValue(id: string): boolean;
  /** From now on it is a person’s own. */
  release(id: string): void;
}

export interface SynchronisedOptions {
  repository: SecretRepository;
  secrets: SecretService;
  vault: Pick<Vault, 'ensureOpen'>;
  unseal: Vault['unseal'];
  clock: Clock;
}

export function createSynchronisedSecrets(options: SynchronisedOptions): SynchronisedSecrets {
  const { repository, secrets, vault, unseal, clock } = options;
  return {
    find: name => repository.findByName(name),
    serverExists: repository.serverExists,
    ensureOpen: vault.ensureOpen,
    hasValue: id => repository.find(id)?.hasValue ?? false,
    matches(id, value) {
      const stored = repository.value(id);
      if (!stored) return false;
      const bytes = unseal(stored.context, stored.record);
      try {
        return timingSafeEqual(digest(bytes), digest(value));
      } finally {
        bytes.fill(0);
      }
    },
    put({ id, name, serverId, value }) {
      const stored = id === null ? secrets.create({ name, serverId, value }) : secrets.replaceValue(id, value);
      repository.setSource(stored.id, 'bitwarden');
      secrets.changed(stored.id);
      return stored.id;
    },
    takeAway(id) {
      if (!repository.find(id)?.hasValue) return false;
      if (repository.usedBy(id).length === 0) secrets.remove(id, false);
      else {
        repository.clearValue(id, toTimestamp(clock.now()));
        secrets.changed(id);
      }
      return true;
    },
    release(id) {
      repository.setSource(id, null);
      secrets.changed(id);
    },
  };
}

const digest = (value: string | Uint8Array): Buffer => createHash('sha256').update(value).digest();
