// A value that fails its check is a security event: it goes on record before the caller hears of it.
import { isProblemError } from '../../../shared/api/problem.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

/** Reads a value as `vault.unseal` does, and records what was tampered with. */
export const createUnsealer =
  (unseal: Vault['unseal'], repository: SecretRepository, audit: AuditSink): Vault['unseal'] =>
  (context, record) => {
    try {
      return unseal(context, record);
    } catch (error) {
      if (isProblemError(error) && error.code === 'SECRET_006') {
        recordTampering(audit, repository.find(context.secretId)?.name ?? context.secretId);
      }
      throw error;
    }
  };

export const recordTampering = (audit: AuditSink, resource: string): void =>
  audit.record({
    principal: 'daemon',
    action: 'detectTampering',
    resource,
    outcome: 'failed',
    code: 'SECRET_006',
    requestId: null,
  });
