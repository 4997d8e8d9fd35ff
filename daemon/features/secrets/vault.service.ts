// The vault as a person works with it: its state and warnings, unlocking, its keys, and secrets in bundles.
import { rmSync } from 'node:fs';
import { isProblemError, type Problem, toProblem } from '../../../shared/api/problem.ts';
import type { ImportPlan, SecretBundle, VaultStatus } from '../../../shared/api/vault.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { createAttemptLimit } from './attempts.ts';
import { type BundledSecret, openBundle, sealBundle } from './bundle.ts';
import { isReadByOthers, type MasterKeyPlaces } from './master-key.ts';
import type { Rotation } from './rotation.ts';
import type { RotationSchedule } from './schedule.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { SecretService } from './secrets.service.ts';
import { recordTampering } from './tamper-alarm.ts';
import type { VaultRepository } from './vault.repository.ts';
import type { GivenKey, Vault } from './vault.ts';

export interface VaultService {
  status(): VaultStatus;
  /** What is not as it should be: for the daemon's status. */
  warnings(): Problem[];
  unlock(given: GivenKey): Promise<VaultStatus>;
  changeMaster(given: GivenKey): Promise<VaultStatus>;
  rotate(): VaultStatus;
  /** `everyDays` null: never. */
  scheduleRotation(everyDays: number | null): VaultStatus;
  exportAll(passphrase: string): Promise<SecretBundle>;
  importAll(request: {
    bundle: SecretBundle;
    passphrase: string;
    apply: boolean;
    replace: boolean;
  }): Promise<ImportPlan>;
}

export interface VaultServiceOptions {
  vault: Vault;
  vaultRepository: VaultRepository;
  repository: SecretRepository;
  secrets: SecretService;
  rotation: Rotation;
  schedule: RotationSchedule;
  /** As `vault.unseal`, but tampering goes on record. */
  unseal: Vault['unseal'];
  places: MasterKeyPlaces;
  audit: AuditSink;
  clock: Clock;
  publish: (event: { type: 'vault.changed'; vault: VaultStatus }) => void;
  /** The vault has been opened: what had to wait for it can go on. */
  onOpened: () => void;
}

export function createVaultService(options: VaultServiceOptions): VaultService {
  const { vault, vaultRepository, repository, secrets, rotation, schedule, unseal, places, audit, clock, publish } =
    options;
  const attempt = createAttemptLimit(clock);

  const warnings = (): Problem[] => findWarnings(vault, places);
  const status = (): VaultStatus => {
    const uses = vaultRepository.uses();
    const keys = vaultRepository.keys();
    return {
      state: vault.state,
      source: vault.source,
      problem: vault.problem?.problem ?? null,
      warnings: warnings(),
      secrets: repository.count(),
      keys: keys.map(({ id, version, createdAt, retiredAt }, at) => ({
        version,
        state: retiredAt === null ? (at === keys.length - 1 ? 'newest' : 'readable') : 'retired',
        secrets: uses.get(id) ?? 0,
        createdAt,
        retiredAt,
      })),
      rotation: rotation.progress(),
      schedule: describeSchedule(vaultRepository.rotationDays(), schedule.nextAt()),
    };
  };
  const changed = (): VaultStatus => {
    const now = status();
    publish({ type: 'vault.changed', vault: now });
    return now;
  };

  /** Every value under the new master key; one that cannot be read stops the change. */
  const resealAll = (unsealOld: Vault['unseal']): void => {
    for (const id of repository.ids()) {
      const stored = repository.value(id);
      if (!stored) continue;
      const value = unsealOld(stored.context, stored.record);
      try {
        repository.reseal(stored.context, stored.record, vault.seal(stored.context, value));
      } finally {
        value.fill(0);
      }
    }
  };

  return {
    status,
    warnings,
    unlock: given =>
      attempt(async () => {
        await vault.unlock(given);
        rotation.resume();
        schedule.check();
        options.onOpened();
        return changed();
      }),
    changeMaster: given =>
      attempt(async () => {
        if (vault.state === 'empty') {
          await vault.unlock(given);
          return changed();
        }
        const before = vault.source;
        try {
          await vault.changeMaster(given, resealAll);
        } catch (error) {
          // On record only now: within the transaction it would be undone with it.
          if (isProblemError(error) && error.code === 'SECRET_006') recordTampering(audit, 'the vault');
          throw error;
        }
        if (before === 'generated') rmSync(places.generatedFile, { force: true });
        return changed();
      }),
    rotate() {
      rotation.begin();
      return changed();
    },
    scheduleRotation(everyDays) {
      vaultRepository.saveRotationDays(everyDays);
      schedule.check();
      return changed();
    },
    async exportAll(passphrase) {
      vault.ensureOpen();
      const all = repository.ownIds().flatMap(id => bundled(id, repository, unseal));
      return await sealBundle(all, passphrase, toTimestamp(clock.now()));
    },
    importAll: ({ bundle, passphrase, apply, replace }) =>
      attempt(async () => {
        const content = await openBundle(bundle, passphrase);
        const items = content.map(secret => planImport(secret, replace, secrets));
        if (apply) repository.transaction(() => applyImport(content, items, secrets));
        return { applied: apply, items };
      }),
  };
}

const describeSchedule = (everyDays: number | null, nextAt: number | null): VaultStatus['schedule'] =>
  everyDays === null ? null : { everyDays, nextAt: nextAt === null ? null : toTimestamp(nextAt) };

function bundled(id: string, repository: SecretRepository, unseal: Vault['unseal']): BundledSecret[] {
  const secret = repository.find(id);
  if (!secret) return [];
  const { name, serverId } = secret;
  const stored = repository.value(id);
  if (!stored) return [{ name, serverId, value: null }];
  const bytes = unseal(stored.context, stored.record);
  try {
    return [{ name, serverId, value: bytes.toString('utf8') }];
  } finally {
    bytes.fill(0);
  }
}

type ImportItem = ImportPlan['items'][number];

function planImport({ name, serverId, value }: BundledSecret, replace: boolean, secrets: SecretService): ImportItem {
  const there = secrets.findByName(name);
  const item = { name, serverId };
  if (serverId !== null && !secrets.serverExists(serverId))
    return { ...item, act: 'skip', reason: `There is no server "${serverId}" here.` };
  if (!there) return { ...item, act: 'create', reason: null };
  if (there.serverId !== serverId)
    return { ...item, act: 'skip', reason: 'There is one of this name for another server.' };
  if (value === null) return { ...item, act: 'skip', reason: 'The bundle has no value for it.' };
  return replace
    ? { ...item, act: 'replace', reason: null }
    : { ...item, act: 'skip', reason: 'There is one of this name already.' };
}

function applyImport(content: readonly BundledSecret[], items: readonly ImportItem[], secrets: SecretService): void {
  for (const [at, { name, serverId, value }] of content.entries()) {
    const act = items[at]?.act;
    if (act === 'create') secrets.create({ name, serverId, ...(value === null ? {} : { value }) });
    const there = act === 'replace' ? secrets.findByName(name) : undefined;
    if (there && value !== null) secrets.replaceValue(there.id, value);
  }
}

function findWarnings(vault: Vault, places: MasterKeyPlaces): Problem[] {
  const { source, problem: failure } = vault;
  const warnings = failure ? [failure.problem] : [];
  if (source === 'generated') {
    warnings.push(
      toProblem('SECRET_011', {
        detail: `The vault's key is a file beside it, ${places.generatedFile}: who can read the folder can read the secrets.`,
        next: 'Set a passphrase, on the Secrets page or with "quayside secrets key passphrase", or mount a key and name it in QUAYSIDE_MASTER_KEY_FILE.',
      }),
    );
  }
  if (places.environment !== undefined) {
    warnings.push(
      toProblem('SECRET_011', {
        detail: 'THE MASTER KEY IS IN THE VARIABLE QUAYSIDE_MASTER_KEY. Other programs of this user can read it there.',
        next: 'Use this for development only. Mount the key as a file and name it in QUAYSIDE_MASTER_KEY_FILE.',
      }),
    );
  }
  const files = [places.file, source === 'generated' ? places.generatedFile : undefined];
  for (const file of files.filter(each => each !== undefined && isReadByOthers(each))) {
    warnings.push(
      toProblem('SECRET_011', {
        detail: `Others than you may read the key file ${file}.`,
        next: 'Give it mode 0600, or 0400.',
      }),
    );
  }
  return warnings;
}
