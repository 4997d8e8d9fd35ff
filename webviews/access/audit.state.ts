// The audit log: a page of it, by filters, whether it is whole, and all of it as a file.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AuditEntry, AuditVerification } from '../../shared/api/audit.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { createFilteredPages, type FilteredPages, saveExport } from '../kit/filtered-pages.ts';
import { type Act, createAct } from '../kit/load.ts';

/** As a person sets them; empty: not looked at. Days are those of where the person is. */
export interface AuditFilters {
  outcome: '' | AuditEntry['outcome'];
  action: string;
  principal: string;
  q: string;
  /** `2026-01-31`, from its start. */
  from: string;
  /** `2026-01-31`, to its end. */
  to: string;
}

export const noFilters: AuditFilters = { outcome: '', action: '', principal: '', q: '', from: '', to: '' };
export type ExportFormat = 'jsonl' | 'cef';

export interface AuditState {
  readonly entries: FilteredPages<AuditEntry, AuditFilters>;
  readonly verified: ReadonlySignal<AuditVerification | undefined>;
  readonly verifying: Act;
  readonly exporting: Act;
  verify(): Promise<void>;
  /** A download of the page; in the editor a document. With the filters of now. */
  export(format: ExportFormat): Promise<void>;
  close(): void;
}

export function createAuditState({ api, live, host }: App): AuditState {
  const verified = signal<AuditVerification | undefined>(undefined);
  const [verifying, exporting] = [createAct(), createAct()];
  const entries = createFilteredPages<AuditEntry, AuditFilters>(noFilters, ({ filters, page, limit }, abort) =>
    api.listAudit({ query: { page, limit, ...toQuery(filters) } }, { signal: abort }),
  );
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset') void entries.reload();
  });
  return {
    entries,
    verified,
    verifying,
    exporting,
    verify: async () => {
      verified.value = undefined;
      verified.value = await verifying.run('verify', () => api.verifyAudit());
      if (verified.value) announce(verified.value.detail);
    },
    export: async format => {
      await exporting.run(format, async () => {
        const query = { ...toQuery(entries.filters.value), format };
        await saveExport(host, `quayside-audit.${format}`, after => api.exportAudit({ query: { ...query, after } }));
        announce('The audit log was exported.');
      });
    },
    close() {
      stopListening();
      entries.close();
    },
  };
}

/** What is asked of the daemon for these filters. */
export function toQuery({ outcome, action, principal, q, from, to }: AuditFilters) {
  const text = (value: string, name: 'action' | 'principal' | 'q') => (value.trim() ? { [name]: value.trim() } : {});
  const time = (value: string, name: 'since' | 'until', clock: string) => {
    const at = new Date(`${value}T${clock}`);
    return value && !Number.isNaN(at.getTime()) ? { [name]: at.toISOString() } : {};
  };
  return {
    ...(outcome === '' ? {} : { outcome }),
    ...text(action, 'action'),
    ...text(principal, 'principal'),
    ...text(q, 'q'),
    ...time(from, 'since', '00:00:00.000'),
    ...time(to, 'until', '23:59:59.999'),
  };
}
