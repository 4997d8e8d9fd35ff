import type { Handlers } from '../../http/context.ts';
import type { AuditRepository } from './audit.repository.ts';

export const auditHandlers = (audit: AuditRepository): Pick<Handlers, 'listAudit' | 'verifyAudit'> => ({
  listAudit: ({ query }) => audit.list(query),
  verifyAudit: () => audit.verify(),
});
