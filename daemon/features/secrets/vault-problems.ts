// What is said when the vault cannot be opened, and what to do then.
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { MasterKeySource } from '../../../shared/api/vault.ts';

const describeSource: Record<MasterKeySource, string> = {
  file: 'a mounted file',
  editor: 'the keychain of the editor',
  passphrase: 'a passphrase',
  environment: 'the variable QUAYSIDE_MASTER_KEY',
  generated: 'the file master.key in the state folder',
};

const describeMissing: Record<MasterKeySource, string> = {
  file: 'The mounted file with its key is not there.',
  editor: 'It waits for the key that the editor keeps.',
  passphrase: 'It waits for its passphrase.',
  environment: 'The variable QUAYSIDE_MASTER_KEY with its key is not set.',
  generated: 'The file master.key with its key is not in the state folder.',
};

const nextFor: Record<MasterKeySource, string> = {
  file: 'Mount that file again, or name it in QUAYSIDE_MASTER_KEY_FILE, and start the daemon again.',
  editor: 'Open a window of the editor in which the vault was made.',
  passphrase: 'Give it with "quayside secrets unlock".',
  environment: 'Start the daemon with that variable.',
  generated: 'Put that file back, and start the daemon again.',
};

export const locked = (source: MasterKeySource): ProblemError =>
  problem('SECRET_003', {
    detail: describeMissing[source],
    next: nextFor[source],
  });

/** `source`: of the vault; `found`: of the key, if the daemon found it and nobody gave it. */
export const wrongKey = (source: MasterKeySource, place: string, found: MasterKeySource | null = null): ProblemError =>
  problem('SECRET_004', {
    detail: `${place} does not open this vault, whose key comes from ${describeSource[source]}. Nothing was changed.`,
    next:
      found === null || found === source
        ? nextFor[source]
        : 'Start the daemon without that key. To move the vault to it then: "quayside secrets key file <file>".',
  });

export const mounted = (place: string): ProblemError =>
  problem('SECRET_005', {
    detail: `The vault takes its key from ${place}, which comes before every other one.`,
    next: 'Start the daemon without that file first.',
  });

export const unreadableLeft = (): ProblemError =>
  problem('SECRET_006', {
    detail: 'Not every value could be encrypted anew, so the key was not changed.',
    next: 'Give the secrets that cannot be read their values again, or delete them.',
  });

export const noPassphrase = (source: MasterKeySource): ProblemError =>
  problem('SECRET_004', {
    detail: `This vault has no passphrase: its key comes from ${describeSource[source]}.`,
    next: nextFor[source],
  });
