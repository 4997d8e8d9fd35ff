// The append-only record of who did what. Each row's hash covers the row and the hash before it, so that a changed,
// removed or inserted row is found (rule D24).
import { hash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { AuditChange, type AuditEntry, type AuditVerification } from '../../../shared/api/audit.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { prepareInsert } from '../../storage/insert-rows.ts';
import { containing, readPage } from '../../storage/page.ts';
import type { AuditAnchors } from './anchors.ts';
import { createBatch } from './batch.ts';

export interface AuditRepository extends AuditSink {
  list(query: PageQuery & AuditFilter): Page<AuditEntry>;
  /** In order, those after the given number. */
  after(id: number, most: number, filter: AuditFilter): AuditEntry[];
  /** Reads the whole log, and compares it with its anchors. */
  verify(): AuditVerification;
  /** Writes what waits, and anchors the last entry. To be called before the database is closed. */
  close(): void;
}

export interface AuditFilter {
  outcome?: AuditEntry['outcome'] | undefined;
  q?: string | undefined;
  action?: string | undefined;
  principal?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

type Draft = Parameters<AuditSink['record']>[0];
/** When it happened, which may be a moment before it is written. */
type TimedDraft = Draft & { at: string };

export interface AuditRepositoryOptions {
  anchors?: AuditAnchors;
  /** Told of a batch that could not be written; it is tried again. */
  onFailure?: (error: unknown) => void;
}

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
  changes: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

const columns = Row.keyof().options;
const toValues = (row: Row): unknown[] => columns.map(column => row[column]);

/** The hash before the first row. */
const root = '0'.repeat(64);

/** Rows of the time before there were changes have none, and their hashes stay what they were. */
const hashOf = (row: Omit<Row, 'hash'>): string =>
  hash(
    'sha256',
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
      ...(row.changes === null ? [] : [row.changes]),
    ]),
  );

/** Whoever is refused may knock as often as they like; beyond this many a minute it is counted and not listed one by one. */
const mostDenialsPerMinute = 60;

export function createAuditRepository(
  database: Database,
  clock: Clock,
  { anchors = noAnchors, onFailure = () => {} }: AuditRepositoryOptions = {},
): AuditRepository {
  const last = database.prepare('select id, hash from audit order by id desc limit 1');
  const insert = prepareInsert(database, { table: 'audit', columns });
  const byId = database.prepare('select hash from audit where id = ?').pluck();
  const inOrder = database.prepare('select * from audit order by id');

  /** One transaction, and the next link of the chain for each; it is read anew, because a transaction may have failed. */
  const append = database.transaction((drafts: readonly TimedDraft[]) => {
    let link = (last.get() as { id: number; hash: string } | undefined) ?? { id: 0, hash: root };
    const rows = drafts.map(draft => {
      const row = toRow(draft, link);
      link = { id: row.id, hash: hashOf(row) };
      return { ...row, hash: link.hash };
    });
    insert(rows.map(toValues));
    return rows;
  });
  const batch = createBatch<TimedDraft>({
    // Anchored once they are really in the database.
    write: drafts => {
      for (const written of append(drafts)) anchors.seen(written);
    },
    onFailure,
  });
  const record = (draft: Draft, { durable = true }: { durable?: boolean } = {}) =>
    batch.add({ ...draft, at: toTimestamp(clock.now()) }, durable);
  const isTooMany = createDenialLimit(clock, (principal, suppressed) =>
    record({
      principal,
      action: 'deniedRequests',
      resource: `${suppressed} more in one minute`,
      outcome: 'denied',
      code: null,
      requestId: null,
    }),
  );

  return {
    record(draft, how) {
      if (draft.outcome === 'denied' && isTooMany(draft)) return;
      record(draft, how);
    },
    list(query) {
      batch.flush();
      return readPage(database, query, {
        table: 'audit',
        columns: { id: 'id' },
        where: conditions(query),
        tieBreaker: 'id',
        toItem: toEntry,
      });
    },
    after(id, most, filter) {
      batch.flush();
      const where = [{ sql: 'id > ?', value: id }, ...conditions(filter)];
      const sql = `select * from audit where ${where.map(part => part.sql).join(' and ')} order by id limit ?`;
      return database
        .prepare(sql)
        .all(...where.map(part => part.value), most)
        .map(toEntry);
    },
    verify() {
      batch.flush();
      let previous = root;
      let entries = 0;
      for (const raw of inOrder.iterate()) {
        const row = Row.parse(raw);
        entries += 1;
        if (row.id !== entries || row.previous_hash !== previous || row.hash !== hashOf(row))
          return broken(entries, row.id);
        previous = row.hash;
      }
      const anchored = anchors.check(entry => byId.get(entry) as string | undefined);
      const found = { entries, anchors: anchored.anchors };
      if (anchored.brokenAt !== null)
        return { ...found, ok: false, brokenAt: anchored.brokenAt, detail: anchored.detail };
      const detail = `All ${entries} entries are as they were written; ${anchored.detail}`;
      return { ...found, ok: true, brokenAt: null, detail };
    },
    close() {
      batch.flush();
      anchors.flush();
    },
  };
}

const broken = (entries: number, id: number): AuditVerification => ({
  ok: false,
  entries,
  anchors: 0,
  brokenAt: id,
  detail: `Entry ${id} does not fit the one before it: the log was changed outside of Quayside.`,
});

function conditions({ outcome, q, action, principal, since, until }: AuditFilter): { sql: string; value: unknown }[] {
  const text =
    "(action || ' ' || coalesce(resource, '') || ' ' || principal || ' ' || coalesce(changes, '')) like ? escape '\\'";
  return [
    ...(outcome ? [{ sql: 'outcome = ?', value: outcome }] : []),
    ...(q ? [{ sql: text, value: containing(q) }] : []),
    ...(action ? [{ sql: 'action = ?', value: action }] : []),
    ...(principal ? [{ sql: "principal like ? escape '\\'", value: containing(principal).slice(1) }] : []),
    ...(since ? [{ sql: 'at >= ?', value: new Date(since).toISOString() }] : []),
    ...(until ? [{ sql: 'at < ?', value: new Date(until).toISOString() }] : []),
  ];
}

const noAnchors: AuditAnchors = {
  seen: () => {},
  flush: () => {},
  check: () => ({ anchors: 0, brokenAt: null, detail: 'it has no anchors.' }),
};

const toRow = (
  { requestId, changes, ...draft }: TimedDraft,
  link: { id: number; hash: string },
): Omit<Row, 'hash'> => ({
  ...draft,
  id: link.id + 1,
  request_id: requestId,
  previous_hash: link.hash,
  changes: changes === undefined || changes.length === 0 ? null : JSON.stringify(changes),
});

const Changes = z.array(AuditChange);
const toEntry = (raw: unknown): AuditEntry => {
  const { request_id, previous_hash, changes, ...row } = Row.parse(raw);
  return { ...row, requestId: request_id, changes: changes === null ? [] : Changes.parse(JSON.parse(changes)) };
};

/** What strangers do to get in is counted apart from all else that they are refused. */
const waysIn: ReadonlySet<string> = new Set([
  'signIn',
  'signInByProvider',
  'createTokens',
  'takeInvitation',
  'createSession',
]);

/** Each by itself: nobody hides what is refused to it behind a flood of others. */
const countedAs = ({ principal, action }: Draft): string =>
  principal === 'anonymous' && waysIn.has(action) ? `${principal} ${action}` : principal;

function createDenialLimit(
  clock: Clock,
  onSuppressed: (principal: string, count: number) => void,
): (draft: Draft) => boolean {
  let minute = 0;
  const counts = new Map<string, { principal: string; count: number }>();
  return draft => {
    const current = Math.floor(clock.now() / 60_000);
    if (current !== minute) {
      const over = [...counts.values()].filter(({ count }) => count > mostDenialsPerMinute);
      minute = current;
      counts.clear();
      for (const { principal, count } of over) onSuppressed(principal, count - mostDenialsPerMinute);
    }
    const key = countedAs(draft);
    const counted = counts.get(key) ?? { principal: draft.principal, count: 0 };
    counts.set(key, counted);
    counted.count += 1;
    return counted.count > mostDenialsPerMinute;
  };
}
