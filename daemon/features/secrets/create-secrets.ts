// Puts the slice together: what the rest of the daemon needs of it is returned, and nothing else.
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Problem } from '../../../shared/api/problem.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { Clock } from '../../platform/clock.ts';
import { createHandOver, type HandOver } from './hand-over.ts';
import { createValueHider, type ValueHider } from './hide-values.ts';
import type { MasterKeyPlaces } from './master-key.ts';
import { createRotation } from './rotation.ts';
import { createRotationSchedule } from './schedule.ts';
import { type ClientSecrets, createClientSecrets, createSealedValues, type SealedValues } from './sealed-values.ts';
import { createSecretFiles, type SecretFilePlaces } from './secret-files.ts';
import { createSecretRepository } from './secrets.repository.ts';
import { secretHandlers } from './secrets.routes.ts';
import { createSecretService } from './secrets.service.ts';
import { createSynchronisedSecrets, type SynchronisedSecrets } from './synchronised.ts';
import { createUnsealer } from './tamper-alarm.ts';
import { createVaultRepository } from './vault.repository.ts';
import { createVaultService } from './vault.service.ts';
import { createVault } from './vault.ts';

export interface SecretsOptions {
  database: Database;
  places: MasterKeyPlaces;
  /** Where files with secrets are put. What an earlier daemon has left there is removed. */
  filePlaces: SecretFilePlaces;
  clock: Clock;
  audit: AuditSink;
  publish: (event: DaemonEvent) => void;
  onOpened: () => void;
  onFailure: (error: unknown, what: string) => void;
}

export interface Secrets extends HandOver, ValueHider {
  handlers: ReturnType<typeof secretHandlers>;
  /** For what other features keep in the vault. */
  sealed: SealedValues;
  clientSecrets: ClientSecrets;
  /** For what keeps secrets up to date from elsewhere. */
  synchronised: SynchronisedSecrets;
  warnings(): Problem[];
  /** There are values, and nobody can read them now. */
  isLocked(): boolean;
  /** False also for a secret that does not exist. */
  hasValue(secretId: string): boolean;
  /** Goes on with a rotation that an earlier daemon did not end, and looks whether one is due. */
  resume(): void;
  close(): Promise<void>;
}

const progressEveryMs = 250;

export function createSecrets(options: SecretsOptions): Secrets {
  const { database, places, filePlaces, clock, audit, publish, onOpened, onFailure } = options;
  const repository = createSecretRepository(database);
  const vaultRepository = createVaultRepository(database);
  const vault = createVault({ repository: vaultRepository, places, clock });
  const unseal = createUnsealer(vault.unseal, repository, audit);
  let toldAt = 0;
  const rotation = createRotation({
    vault,
    repository,
    unseal,
    audit,
    onStep: step => {
      // An event for each value would be a flood.
      const at = performance.now();
      if (step === 'resealed' && at - toldAt < progressEveryMs) return;
      toldAt = at;
      publish({ type: 'vault.changed', vault: vaultService.status() });
    },
    onFailure: error => onFailure(error, 'rotation of the vault’s key'),
  });
  const schedule = createRotationSchedule({
    vault,
    repository: vaultRepository,
    rotation,
    audit,
    clock,
    onFailure: error => onFailure(error, 'scheduled rotation of the vault’s key'),
  });
  const secrets = createSecretService({ repository, vault, clock, publish });
  const vaultService = createVaultService({
    vault,
    vaultRepository,
    repository,
    secrets,
    rotation,
    schedule,
    unseal,
    places,
    audit,
    clock,
    publish,
    onOpened,
  });
  const files = createSecretFiles(filePlaces);
  const handOver = createHandOver({ repository, unseal, files, audit, clock, onUsed: secrets.changed });
  return {
    ...handOver,
    sealed: createSealedValues(repository, vault, unseal, clock),
    clientSecrets: createClientSecrets(repository, unseal, audit),
    synchronised: createSynchronisedSecrets({ repository, secrets, vault, unseal, clock }),
    // Not the unsealer with the alarm: to look for values in a text is no use of them.
    ...createValueHider({ repository, unseal: vault.unseal }),
    handlers: secretHandlers(secrets, vaultService),
    warnings: vaultService.warnings,
    isLocked: () => vault.state === 'locked' || vault.state === 'refused',
    hasValue: id => repository.find(id)?.hasValue ?? false,
    resume() {
      rotation.resume();
      schedule.check();
    },
    async close() {
      schedule.stop();
      rotation.stop();
      await rotation.settled();
      files.close();
      vault.close();
    },
  };
}
