import type { Handlers } from '../../http/context.ts';
import type { AuditRepository } from './audit.repository.ts';
import { renderEntries } from './export.ts';

/** As many as are one answer of some megabytes at most. */
const mostAtOnce = 5_000;

export const auditHandlers = (
  audit: AuditRepository,
  version: string,
): Pick<Handlers, 'listAudit' | 'verifyAudit' | 'exportAudit'> => ({
  listAudit: ({ query }) => audit.list(query),
  verifyAudit: () => audit.verify(),
  exportAudit({ query: { format, after, ...filter } }) {
    const entries = audit.after(after, mostAtOnce, filter);
    const last = entries.length === mostAtOnce ? entries.at(-1) : undefined;
    return { text: renderEntries(entries, format, version), entries: entries.length, next: last?.id ?? null };
  },
});
