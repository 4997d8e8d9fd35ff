// The append-only record of who did what. Each row's hash covers the row and the hash before it, so that a changed,
// removed or inserted row is found (rule D24).
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { AuditEntry, AuditVerification } from '../../../shared/api/audit.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { readPage } from '../../storage/page.ts';

export interface AuditRepository extends AuditSink {
  list(query: PageQuery & { outcome?: AuditEntry['outcome'] | undefined }): Page<AuditEntry>;
  verify(): AuditVerification;
}

type Draft = Parameters<AuditSink['record']>[0];

const Row = z.object({
  id: z.int(),
  at: z.string(),
  principal: z.string(),
  action: z.string(),
  resource: z.string().nullable(),
  outcome: z.enum(['allowed', 'denied', 'failed']),
  code: z.string().nullable(),
  request_id: z.string().nullable(),
  previous_hash: z.string(),
  hash: z.string(),
});
type Row = z.infer<typeof Row>;

/** The hash before the first row. */
const root = '0'.repeat(64);

const hashOf = (row: Omit<Row, 'hash'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        row.previous_hash,
        row.id,
        row.at,
        row.principal,
        row.action,
        row.resource,
        row.outcome,
        row.code,
        row.request_id,
      ]),
    )
    .digest('hex');

/** Refused strangers may knock as often as they like; beyond this many a minute they are counted and not listed one by one. */
const mostDenialsPerMinute = 60;

export function createAuditRepository(database: Database, clock: Clock): AuditRepository {
  const last = database.prepare('select id, hash from audit order by id desc limit 1');
  const insert = database.prepare(`
    insert into audit (id, at, principal, action, resource, outcome, code, request_id, previous_hash, hash)
    values (@id, @at, @principal, @action, @resource, @outcome, @code, @request_id, @previous_hash, @hash)`);
  const inOrder = database.prepare('select * from audit order by id');

  const append = database.transaction((draft: Draft) => {
    const before = last.get() as { id: number; hash: string } | undefined;
    const { requestId, ...rest } = draft;
    const at = toTimestamp(clock.now());
    const row = { ...rest, id: (before?.id ?? 0) + 1, at, request_id: requestId, previous_hash: before?.hash ?? root };
    insert.run({ ...row, hash: hashOf(row) });
  });
  const isTooMany = createDenialLimit(clock, suppressed =>
    append({
      principal: 'anonymous',
      action: 'deniedRequests',
      resource: `${suppressed} more in one minute`,
      outcome: 'denied',
      code: null,
      requestId: null,
    }),
  );

  return {
    record(draft) {
      if (draft.outcome === 'denied' && isTooMany()) return;
      append(draft);
    },
    list: ({ outcome, ...query }) =>
      readPage(database, query, {
        table: 'audit',
        columns: { id: 'id' },
        where: outcome ? [{ sql: 'outcome = ?', value: outcome }] : [],
        tieBreaker: 'id',
        toItem: toEntry,
      }),
    verify() {
      let previous = root;
      let entries = 0;
      for (const raw of inOrder.iterate()) {
        const row = Row.parse(raw);
        entries += 1;
        if (row.id !== entries || row.previous_hash !== previous || row.hash !== hashOf(row))
          return broken(entries, row.id);
        previous = row.hash;
      }
      return { ok: true, entries, brokenAt: null, detail: `All ${entries} entries are as they were written.` };
    },
  };
}

const broken = (entries: number, id: number): AuditVerification => ({
  ok: false,
  entries,
  brokenAt: id,
  detail: `Entry ${id} does not fit the one before it: the log was changed outside of Quayside.`,
});

const toEntry = (raw: unknown): AuditEntry => {
  const { request_id, previous_hash, ...row } = Row.parse(raw);
  return { ...row, requestId: request_id };
};

function createDenialLimit(clock: Clock, onSuppressed: (count: number) => void): () => boolean {
  let minute = 0;
  let count = 0;
  return () => {
    const current = Math.floor(clock.now() / 60_000);
    if (current !== minute) {
      const suppressed = count - mostDenialsPerMinute;
      minute = current;
      count = 0;
      if (suppressed > 0) onSuppressed(suppressed);
    }
    count += 1;
    return count > mostDenialsPerMinute;
  };
}
