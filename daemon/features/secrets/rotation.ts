// Encrypts every value anew with the newest key, one transaction each, so that it can end anywhere and go on later.
import { isProblemError } from '../../../shared/api/problem.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

export interface Rotation {
  /** Makes a new key and begins; resolves with the first step done. Errors: SECRET_003, SECRET_004. */
  begin(): void;
  /** Goes on where an earlier daemon ended. Does nothing if there is nothing to do or the vault is not open. */
  resume(): void;
  /** Null: every value that can be read is under the newest key. */
  progress(): { done: number; total: number } | null;
  /** Resolves when it has ended or come to a rest. Never rejects. */
  settled(): Promise<void>;
  stop(): void;
}

export interface RotationOptions {
  vault: Vault;
  repository: SecretRepository;
  /** As `vault.unseal`, but tampering goes on record. */
  unseal: Vault['unseal'];
  audit: AuditSink;
  /** After each step; what it is, for whoever watches. */
  onStep: (step: 'key-made' | 'resealed' | 'ended') => void;
  onFailure: (error: unknown) => void;
}

/** Values in one turn, before other work gets its own. */
const atOnce = 10;

export function createRotation({ vault, repository, unseal, audit, onStep, onFailure }: RotationOptions): Rotation {
  let running: Promise<void> | undefined;
  let stopped = false;
  /** Those that cannot be read stay under their key; a person has to give them their values again. */
  const unreadable = new Set<string>();
  const record = (action: string, resource: string) =>
    audit.record({ principal: 'daemon', action, resource, outcome: 'allowed', code: null, requestId: null });

  const remaining = (): string[] => {
    const newest = vault.newestKeyId;
    return newest === null ? [] : repository.idsNotUnder(newest).filter(id => !unreadable.has(id));
  };

  const resealOne = (id: string): void => {
    const stored = repository.value(id);
    if (!stored) return;
    let value: Buffer;
    try {
      value = unseal(stored.context, stored.record);
    } catch (error) {
      if (!isProblemError(error) || error.code !== 'SECRET_006') throw error;
      unreadable.add(id);
      return;
    }
    try {
      repository.transaction(() => {
        const isSame = repository.reseal(stored.context, stored.record, vault.seal(stored.context, value));
        if (isSame) record('resealSecret', repository.find(id)?.name ?? id);
      });
    } finally {
      value.fill(0);
    }
    onStep('resealed');
  };

  const run = async (): Promise<void> => {
    for (let ids = remaining(); ids.length > 0 && !stopped; ids = remaining()) {
      for (const [at, id] of ids.entries()) {
        if (stopped) return;
        if (at % atOnce === 0) await new Promise(resolve => setImmediate(resolve));
        // Meanwhile the daemon may have begun to end.
        if (!stopped) resealOne(id);
      }
    }
    if (stopped) return;
    for (const version of vault.retireUnused()) record('retireVaultKey', `key ${version}`);
    onStep('ended');
  };

  const start = (): void => {
    if (running || stopped || vault.state !== 'open') return;
    running = run()
      .catch(onFailure)
      .finally(() => {
        running = undefined;
      });
  };

  return {
    begin() {
      vault.ensureOpen();
      unreadable.clear();
      vault.addKey();
      onStep('key-made');
      start();
    },
    resume: start,
    progress() {
      const newest = vault.newestKeyId;
      const left = newest === null ? 0 : repository.idsNotUnder(newest).length;
      if (left === 0) return null;
      const total = repository.ids().length;
      return { done: total - left, total };
    },
    settled: async () => await running,
    stop() {
      stopped = true;
    },
  };
}
