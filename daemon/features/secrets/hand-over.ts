// Gives a server its secrets just before it is started: by exact reference, only its own, and every use on record.
import { isProblemError, type ProblemCode, type ProblemError, problem } from '../../../shared/api/problem.ts';
import { isFile, type Secret, type SecretReference, type SecretUse } from '../../../shared/api/secrets.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { SecretFiles } from './secret-files.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

/** Values in the clear: they go to the child or the wire, and to whatever takes them out of what is shown. */
export interface HandedOver {
  environment: Record<string, string>;
  headers: Record<string, string>;
  /** The paths of files by the variables that get them. */
  files: Record<string, string>;
  /** The values in the files. */
  inFiles: string[];
}

export interface HandOverOptions {
  repository: SecretRepository;
  unseal: Vault['unseal'];
  files: SecretFiles;
  audit: AuditSink;
  clock: Clock;
  onUsed: (secretId: string) => void;
}

export interface HandOver {
  /** Errors: SECRET_001 no such secret, SECRET_008 belongs to another server. */
  check(serverId: string, references: readonly SecretReference[]): void;
  /**
   * The values of a server's references. One without a value stops the start if it is required; one that cannot be
   * read stops it always. Errors: SECRET_001, SECRET_003, SECRET_004, SECRET_006, SECRET_008, SECRET_009; for files
   * DAEMON_006 and DAEMON_009.
   */
  handOver(serverId: string, references: readonly SecretReference[], caller: string): HandedOver;
  /** Removes the files of a server that does not run any more. Never throws. */
  takeBack(serverId: string): void;
}

export function createHandOver({ repository, unseal, files, audit, clock, onUsed }: HandOverOptions): HandOver {
  const find = ({ secretId }: SecretReference): Secret => {
    const secret = repository.find(secretId);
    if (!secret) throw noSuchSecret(secretId);
    return secret;
  };

  const record = (
    secret: Secret,
    serverId: string,
    caller: string,
    outcome: SecretUse['outcome'],
    code: ProblemCode | null,
  ) => {
    const use = { secretId: secret.id, secretName: secret.name, serverId, caller, outcome, code };
    repository.addUse({ ...use, at: toTimestamp(clock.now()) });
    audit.record({
      principal: caller,
      action: 'useSecret',
      resource: `${secret.name} for ${serverId}`,
      outcome: auditOutcome[outcome],
      code,
      requestId: null,
    });
    onUsed(secret.id);
  };

  const resolve = (serverId: string, reference: SecretReference): { secret: Secret; value: string | null } => {
    const secret = find(reference);
    refuseForeign(secret, serverId);
    const stored = repository.value(secret.id);
    if (!stored) {
      if (reference.required) throw noValue(secret, serverId);
      return { secret, value: null };
    }
    const bytes = unseal(stored.context, stored.record);
    try {
      const value = bytes.toString('utf8');
      if ('header' in reference && !/^[\t\x20-\x7e]*$/.test(value)) throw noHeader(secret, reference.header);
      return { secret, value };
    } finally {
      bytes.fill(0);
    }
  };

  return {
    check(serverId, references) {
      for (const reference of references) refuseForeign(find(reference), serverId);
    },
    handOver(serverId, references, caller) {
      const environment: Record<string, string> = {};
      const headers: Record<string, string> = {};
      const toFiles: Record<string, string> = {};
      for (const reference of references) {
        try {
          const { secret, value } = resolve(serverId, reference);
          record(secret, serverId, caller, value === null ? 'missing' : 'handed-over', null);
          if (value === null) continue;
          if ('header' in reference) headers[reference.header] = value;
          else (isFile(reference) ? toFiles : environment)[reference.environmentVariable] = value;
        } catch (error) {
          const secret = repository.find(reference.secretId);
          if (secret && isProblemError(error)) record(secret, serverId, caller, outcomeOf(error.code), error.code);
          throw error;
        }
      }
      // Last of all: what stops the start leaves no file behind.
      const paths = Object.keys(toFiles).length === 0 ? {} : files.write(serverId, toFiles);
      return { headers, environment, files: paths, inFiles: Object.values(toFiles) };
    },
    takeBack: serverId => files.release(serverId),
  };
}

const auditOutcome = {
  'handed-over': 'allowed',
  missing: 'failed',
  refused: 'denied',
  failed: 'failed',
} as const satisfies Record<SecretUse['outcome'], 'allowed' | 'denied' | 'failed'>;

const outcomeOf = (code: ProblemCode): SecretUse['outcome'] => {
  if (code === 'SECRET_009') return 'missing';
  return code === 'SECRET_008' ? 'refused' : 'failed';
};

function refuseForeign(secret: Secret, serverId: string): void {
  if (secret.serverId === null || secret.serverId === serverId) return;
  throw problem('SECRET_008', {
    detail: `${secret.name} is for "${secret.serverId}" alone, and "${serverId}" asked for it.`,
    next: 'Store a secret of its own for this server.',
  });
}

/** SECRET_001. */
export const noSuchSecret = (id: string): ProblemError =>
  problem('SECRET_001', { detail: `No secret has the id "${id}".`, next: 'The list of secrets shows the ids.' });

const noValue = (secret: Secret, serverId: string): ProblemError =>
  problem('SECRET_009', {
    detail: `"${serverId}" needs ${secret.name}, which has no value yet. It was not started.`,
    next: `Give it with "quayside secrets set ${secret.name}".`,
  });

const noHeader = (secret: Secret, header: string): ProblemError =>
  problem('SECRET_009', {
    detail: `${secret.name} cannot be sent as the header ${header}: it has characters that headers may not have.`,
    next: 'Check its value for line breaks.',
  });
