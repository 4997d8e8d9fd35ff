// The vault: its master key while it is open, and its data keys by version. It is made when the first value is stored.
import { randomUUID } from 'node:crypto';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { MasterKeySource, VaultState } from '../../../shared/api/vault.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import {
  areEqual,
  type Derivation,
  deriveCheck,
  deriveDataKey,
  newDerivation,
  newSalt,
  stretchPassphrase,
} from './key-derivation.ts';
import {
  checkPassphrase,
  type FoundKey,
  findEnvironmentKey,
  findFileKey,
  findGeneratedKey,
  generateKey,
  type MasterKeyPlaces,
  parseMasterKey,
} from './master-key.ts';
import { type SealedRecord, type SecretContext, seal, unseal } from './sealed-record.ts';
import { isLive, type LiveKey, type StoredVault, type VaultRepository } from './vault.repository.ts';
import { locked, mounted, noPassphrase, unreadableLeft, wrongKey } from './vault-problems.ts';

/** A key as somebody hands it over. */
export type GivenKey = { passphrase: string } | { masterKey: string; keptBy?: 'editor' | 'file' };

export interface Vault {
  readonly state: VaultState;
  /** Of the vault that there is. */
  readonly source: MasterKeySource | null;
  /** Why it is not open; null also while it is empty. */
  readonly problem: ProblemError | null;
  /** Opens it, and makes it if there is none. Errors: SECRET_003, SECRET_004, SECRET_005. */
  ensureOpen(): void;
  /** Encrypts with the newest key. Errors: those of ensureOpen. */
  seal(context: SecretContext, value: Uint8Array): SealedRecord;
  /** The value, to be wiped by the caller. Errors: those of ensureOpen, SECRET_006. */
  unseal(context: SecretContext, record: SealedRecord): Buffer;
  /** Errors: SECRET_004 wrong key, SECRET_005 not usable. An open vault stays as it is. */
  unlock(given: GivenKey): Promise<void>;
  /**
   * Puts everything under another master key in one transaction, in which `reseal` encrypts every record anew:
   * `unsealOld` still reads what was, `vault.seal` uses the new key already.
   */
  changeMaster(given: GivenKey, reseal: (unsealOld: Vault['unseal']) => void): Promise<void>;
  /** Makes a new data key, which all writes use from now on. */
  addKey(): void;
  readonly newestKeyId: string | null;
  /** Retires the keys that no record uses but the newest. Returns their versions. */
  retireUnused(): number[];
  /** Wipes the keys. */
  close(): void;
}

interface OpenKey {
  id: string;
  version: number;
  bytes: Buffer;
}

interface OpenVault {
  id: string;
  source: MasterKeySource;
  master: Buffer;
  keys: Map<string, OpenKey>;
  newest: OpenKey;
}

export interface VaultOptions {
  repository: VaultRepository;
  places: MasterKeyPlaces;
  clock: Clock;
}

export function createVault({ repository, places, clock }: VaultOptions): Vault {
  let open: OpenVault | undefined;
  let failure: ProblemError | null = null;
  const now = () => toTimestamp(clock.now());

  /** Keys of a master secret that fits. Errors: SECRET_004; nothing has changed then. */
  const derive = (stored: StoredVault, master: Buffer, place: string, found?: MasterKeySource): OpenVault => {
    const live = repository.keys().filter(isLive);
    if (live.some(key => !fits(key, master, stored.id))) {
      master.fill(0);
      throw wrongKey(stored.source, place, found);
    }
    const keys = live.map(({ id, version, salt }) => ({
      id,
      version,
      bytes: deriveDataKey(master, salt, stored.id, version),
    }));
    const newest = keys.at(-1);
    if (!newest) throw problem('SECRET_006', { detail: 'The vault has no key.', next: 'Put back a backup.' });
    return { ...stored, master, newest, keys: new Map(keys.map(key => [key.id, key])) };
  };

  const insertKey = (vaultId: string, master: Buffer, version: number): OpenKey => {
    const salt = newSalt();
    const key = { id: randomUUID(), version, salt, check: deriveCheck(master, salt, vaultId, version) };
    repository.addKey({ ...key, createdAt: now(), retiredAt: null });
    return { id: key.id, version, bytes: deriveDataKey(master, salt, vaultId, version) };
  };

  const make = (source: MasterKeySource, master: Buffer, derivation: Derivation | null): void => {
    open = repository.transaction(() => {
      const id = randomUUID();
      repository.save({ id, source, derivation, createdAt: now() });
      const newest = insertKey(id, master, 1);
      return { id, source, master, newest, keys: new Map([[newest.id, newest]]) };
    });
    failure = null;
  };

  const openAtStart = (): void => {
    const stored = repository.find();
    try {
      const found = stored ? findKeyFor(stored.source, places) : (findFileKey(places) ?? findEnvironmentKey(places));
      if (stored && found) open = derive(stored, found.key, found.place, found.source);
      else if (stored) failure = locked(stored.source);
      // An empty vault takes its key when it is made; until then it was only checked.
      else found?.key.fill(0);
    } catch (error) {
      if (!isProblemError(error)) throw error;
      failure = error;
    }
  };

  const ensureOpen = (): OpenVault => {
    if (open) return open;
    if (failure) throw failure;
    const found = findFileKey(places) ?? findEnvironmentKey(places) ?? findGeneratedKey(places) ?? generateKey(places);
    make(found.source, found.key, null);
    return ensureOpen();
  };

  const unsealWith =
    (vault: OpenVault): Vault['unseal'] =>
    (context, record) => {
      const key = vault.keys.get(record.keyId);
      if (key) return unseal(key.bytes, context, record);
      throw problem('SECRET_006', {
        detail: 'A stored value names a key that this vault does not have.',
        next: 'Give the secret its value again, and find out who may write to the state folder.',
      });
    };

  const refuseIfMounted = (): void => {
    const found = findFileKey(places);
    found?.key.fill(0);
    if (found) throw mounted(found.place);
  };

  openAtStart();
  return {
    get state() {
      if (open) return 'open';
      if (!failure) return 'empty';
      return failure.code === 'SECRET_003' ? 'locked' : 'refused';
    },
    get source() {
      return open?.source ?? repository.find()?.source ?? null;
    },
    get problem() {
      return failure;
    },
    ensureOpen: () => void ensureOpen(),
    seal(context, value) {
      const { newest } = ensureOpen();
      return seal(newest.bytes, newest.id, context, value, now());
    },
    unseal: (context, record) => unsealWith(ensureOpen())(context, record),
    async unlock(given) {
      if (open) return;
      const stored = repository.find();
      if (!stored) {
        refuseIfMounted();
        const { source, master, derivation } = await newMaster(given);
        // Stretching takes a moment, in which somebody else may have made it.
        if (repository.find()) throw wrongKey(source, placeOf(given));
        return make(source, master, derivation);
      }
      const opened = derive(stored, await masterFor(stored, given), placeOf(given));
      if (open) wipe(opened);
      else open = opened;
      failure = null;
    },
    async changeMaster(given, reseal) {
      ensureOpen();
      refuseIfMounted();
      const { source, master, derivation } = await newMaster(given);
      const before = ensureOpen();
      try {
        repository.transaction(() => {
          repository.save({ id: before.id, source, derivation, createdAt: now() });
          const newest = insertKey(before.id, master, before.newest.version + 1);
          open = { id: before.id, source, master, newest, keys: new Map([[newest.id, newest]]) };
          reseal(unsealWith(before));
          for (const id of before.keys.keys()) repository.retireKey(id, now());
          if (repository.keys().filter(isLive).length > 1) throw unreadableLeft();
        });
      } catch (error) {
        if (open !== before && open) wipe(open);
        open = before;
        throw error;
      }
      wipe(before);
    },
    addKey() {
      const vault = ensureOpen();
      const newest = insertKey(vault.id, vault.master, vault.newest.version + 1);
      vault.keys.set(newest.id, newest);
      vault.newest = newest;
    },
    get newestKeyId() {
      return open?.newest.id ?? null;
    },
    retireUnused() {
      const vault = ensureOpen();
      const unused = [...vault.keys.values()].filter(
        key => key !== vault.newest && repository.retireKey(key.id, now()),
      );
      for (const key of unused) {
        key.bytes.fill(0);
        vault.keys.delete(key.id);
      }
      return unused.map(key => key.version);
    },
    close() {
      if (open) wipe(open);
      open = undefined;
      failure = locked(repository.find()?.source ?? 'generated');
    },
  };
}

const fits = ({ salt, check, version }: LiveKey, master: Buffer, vaultId: string): boolean => {
  const made = deriveCheck(master, salt, vaultId, version);
  return areEqual(made, check);
};

function wipe({ master, keys }: OpenVault): void {
  master.fill(0);
  for (const key of keys.values()) key.bytes.fill(0);
}

/** The first key at hand in the order of trust. What comes from a person or an editor stands before the variable. */
function findKeyFor(source: MasterKeySource, places: MasterKeyPlaces): FoundKey | undefined {
  const fromFile = findFileKey(places);
  if (fromFile || source === 'editor' || source === 'passphrase') return fromFile;
  return findEnvironmentKey(places) ?? (source === 'generated' ? findGeneratedKey(places) : undefined);
}

const placeOf = (given: GivenKey): string => ('passphrase' in given ? 'The passphrase' : 'The key that was given');

async function newMaster(
  given: GivenKey,
): Promise<{ source: MasterKeySource; master: Buffer; derivation: Derivation | null }> {
  if ('masterKey' in given) {
    const master = parseMasterKey(Buffer.from(given.masterKey), placeOf(given));
    return { source: given.keptBy ?? 'editor', master, derivation: null };
  }
  checkPassphrase(given.passphrase);
  const derivation = newDerivation();
  return { source: 'passphrase', master: await stretchPassphrase(given.passphrase, derivation), derivation };
}

async function masterFor({ source, derivation }: StoredVault, given: GivenKey): Promise<Buffer> {
  if ('masterKey' in given) return parseMasterKey(Buffer.from(given.masterKey), placeOf(given));
  if (derivation) return stretchPassphrase(given.passphrase, derivation);
  throw noPassphrase(source);
}
