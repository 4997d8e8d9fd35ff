// The audit log: a page of it, by filters, whether it is whole, and all of it as a file.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AuditEntry, AuditVerification } from '../../shared/api/audit.ts';
import type { Page } from '../../shared/api/route.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { saveText } from '../kit/save-text.ts';

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
  readonly entries: Load<Page<AuditEntry>>;
  readonly filters: ReadonlySignal<AuditFilters>;
  readonly verified: ReadonlySignal<AuditVerification | undefined>;
  readonly verifying: Act;
  readonly exporting: Act;
  filter(change: Partial<AuditFilters>): void;
  turnTo(page: number): void;
  verify(): Promise<void>;
  /** A download of the page; in the editor a document. With the filters of now. */
  export(format: ExportFormat): Promise<void>;
  close(): void;
}

export const pageSize = 50;
/** While somebody types. */
const waitMilliseconds = 250;
/** More pieces than anybody exports from a page; the command has no such limit. */
const mostPieces = 200;

export function createAuditState({ api, live, host }: App): AuditState {
  const filters = signal(noFilters);
  const page = signal(1);
  const verified = signal<AuditVerification | undefined>(undefined);
  const [verifying, exporting] = [createAct(), createAct()];
  const entries = createLoad(abort =>
    api.listAudit({ query: { page: page.value, limit: pageSize, ...toQuery(filters.value) } }, { signal: abort }),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  void entries.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset') void entries.reload();
  });
  return {
    entries,
    filters,
    verified,
    verifying,
    exporting,
    filter(change) {
      filters.value = { ...filters.value, ...change };
      page.value = 1;
      clearTimeout(timer);
      timer = setTimeout(() => void entries.reload(), waitMilliseconds);
    },
    turnTo(next) {
      page.value = next;
      void entries.reload();
    },
    verify: async () => {
      verified.value = undefined;
      verified.value = await verifying.run('verify', () => api.verifyAudit());
      if (verified.value) announce(verified.value.detail);
    },
    export: async format => {
      await exporting.run(format, async () => {
        const pieces: string[] = [];
        let after: number | null = 0;
        while (after !== null && pieces.length < mostPieces) {
          const piece: { text: string; next: number | null } = await api.exportAudit({
            query: { ...toQuery(filters.value), format, after },
          });
          pieces.push(piece.text);
          after = piece.next;
        }
        saveText(host, `quayside-audit.${format}`, pieces.join(''));
        announce('The audit log was exported.');
      });
    },
    close() {
      clearTimeout(timer);
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
