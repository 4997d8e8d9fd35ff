import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { Approval, type ApprovalState } from '../../../shared/api/approvals.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

export interface ApprovalFilter {
  state?: ApprovalState | undefined;
  /** Of these servers only. */
  servers?: readonly string[] | undefined;
}

export interface Decision {
  state: ApprovalState;
  at: string;
  by: string | null;
  decision: string | null;
  usedBy?: string | null;
}

export interface ApprovalRepository {
  add(approval: Approval): void;
  find(id: string): Approval | undefined;
  list(query: PageQuery & ApprovalFilter): Page<Approval>;
  /** Changes it if it is still in the given state; false: somebody was faster. */
  decide(id: string, from: ApprovalState, decision: Decision): boolean;
  /** Takes one grant for exactly this call, so that nobody can take it again. */
  takeGrant(digest: string, callId: string, at: string): Approval | undefined;
  /** A grant for exactly this call that is used up, has ended or was refused. */
  hasSpentGrant(digest: string): boolean;
  /** Ends grants whose time is over, and returns them. */
  expireGrants(at: string): Approval[];
  /** What waited when the last daemon ended waits no more. */
  withdrawWaiting(at: string): void;
}

const Row = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  server_id: z.string(),
  tool: z.string(),
  arguments: z.string(),
  besides: z.string(),
  digest: z.string(),
  caller_id: z.string(),
  caller_kind: z.string(),
  caller_name: z.string(),
  session: z.string().nullable(),
  client: z.string().nullable(),
  via: z.string().nullable(),
  rule_id: z.string().nullable(),
  reason: z.string(),
  annotations: z.string(),
  asked_at: z.string(),
  expires_at: z.string(),
  decided_at: z.string().nullable(),
  decided_by: z.string().nullable(),
  decision: z.string().nullable(),
  used_by: z.string().nullable(),
});

const toApproval = (raw: unknown): Approval => {
  const row = Row.parse(raw);
  const { id, kind, state, tool, digest, session, client, via, reason, decision } = row;
  return Approval.parse({
    ...{ id, kind, state, tool, digest, session, client, via, reason, decision },
    serverId: row.server_id,
    arguments: row.arguments,
    besides: row.besides,
    caller: { id: row.caller_id, kind: row.caller_kind, name: row.caller_name },
    annotations: JSON.parse(row.annotations),
    ruleId: row.rule_id,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    usedBy: row.used_by,
  });
};

const mostEnded = 5_000;
/** What callers ask for costs them nothing, and is up to a hundred kilobytes each. */
const mostBytes = 33_554_432;

export function createApprovalRepository(database: Database): ApprovalRepository {
  const insert = database.prepare(`
    insert into approvals (id, kind, state, server_id, tool, arguments, besides, digest, caller_id, caller_kind, caller_name,
      session, client, via, rule_id, reason, annotations, asked_at, expires_at, decided_at, decided_by, decision, used_by)
    values (@id, @kind, @state, @serverId, @tool, @arguments, @besides, @digest, @callerId, @callerKind, @callerName,
      @session, @client, @via, @ruleId, @reason, @annotations, @askedAt, @expiresAt, @decidedAt, @decidedBy, @decision,
      @usedBy)`);
  const trim = database.prepare(`
    delete from approvals where state not in ('waiting', 'approved')
      and rowid <= (select max(rowid) from approvals) - ${mostEnded}`);
  const trimBytes = database.prepare(`
    delete from approvals where rowid in (
      select number from (
        select rowid as number,
          sum(octet_length(arguments) + octet_length(besides)) over (order by rowid desc) as total
        from approvals where state not in ('waiting', 'approved'))
      where total > ${mostBytes})`);
  const byId = database.prepare('select * from approvals where id = ?');
  const decide = database.prepare(`
    update approvals set state = @state, decided_at = @at, decided_by = @by, decision = @decision, used_by = @usedBy
    where id = @id and state = @from`);
  const take = database.prepare(`
    update approvals set state = 'used', used_by = @callId where id = (
      select id from approvals where digest = @digest and kind = 'grant' and state = 'approved'
        -- Before it was given: the clock was set back, and how long it is good is not known any more.
        and asked_at <= @at and expires_at > @at
      order by expires_at limit 1)
    returning *`);
  const spent = database.prepare(
    "select 1 from approvals where digest = ? and kind = 'grant' and state in ('used', 'expired', 'denied') limit 1",
  );
  const expire = database.prepare(`
    update approvals set state = 'expired', decided_at = @at
    where kind = 'grant' and state = 'approved' and expires_at <= @at returning *`);
  const withdraw = database.prepare(`
    update approvals set state = 'withdrawn', decided_at = ?, decision = 'Quayside ended.' where state = 'waiting'`);

  return {
    add({ caller, annotations, ...approval }) {
      insert.run({
        ...approval,
        callerId: caller.id,
        callerKind: caller.kind,
        callerName: caller.name,
        annotations: JSON.stringify(annotations),
      });
      trim.run();
      trimBytes.run();
    },
    find: id => {
      const row = byId.get(id);
      return row === undefined ? undefined : toApproval(row);
    },
    list: query =>
      readPage(database, query, {
        table: 'approvals',
        columns: { asked_at: 'asked_at' },
        where: [
          ...(query.state ? [{ sql: 'state = ?', value: query.state }] : []),
          ...(query.servers
            ? [{ sql: 'server_id in (select value from json_each(?))', value: JSON.stringify(query.servers) }]
            : []),
        ],
        tieBreaker: 'id',
        toItem: toApproval,
      }),
    decide: (id, from, { usedBy = null, ...decision }) => decide.run({ ...decision, id, from, usedBy }).changes === 1,
    takeGrant(digest, callId, at) {
      const row = take.get({ digest, callId, at });
      return row === undefined ? undefined : toApproval(row);
    },
    hasSpentGrant: digest => spent.get(digest) !== undefined,
    expireGrants: at => expire.all({ at }).map(toApproval),
    withdrawWaiting: at => void withdraw.run(at),
  };
}
