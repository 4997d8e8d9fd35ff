import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { type Call, CallOutcome } from '../../../shared/api/calls.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { prepareInsert } from '../../storage/insert-rows.ts';
import { readPage } from '../../storage/page.ts';
import { type Condition, toWhere } from './call-filter.ts';
import type { Redacted } from './redact-value.ts';

export interface NewCall extends Omit<Call, 'number' | 'argumentsKept' | 'resultKept' | 'protocolError' | 'code'> {
  callerId: string;
  requestId: string;
  /** A problem's code, or `rpc:` and the number of a protocol error. */
  code: string | null;
  arguments: Redacted;
  result: Redacted;
}

export interface KeptCall extends Call {
  arguments: Redacted;
  result: Redacted;
}

/** What was called, when, by whom and how it ended; with what and what came back only where it is kept. */
export interface CallRepository {
  /** All or none. Returns them as they are read from then on. */
  insert(calls: readonly NewCall[]): Call[];
  list(query: PageQuery, where: Condition[]): Page<Call>;
  find(id: string): KeptCall | undefined;
  /** In order, those after the number. */
  after(number: number, most: number, where: Condition[]): KeptCall[];
  /** So many at most; returns how many they were. `valuesOnly`: the calls stay. */
  delete(where: Condition[], most: number, valuesOnly: boolean): number;
  deleteOldest(most: number): number;
  size(): { calls: number; bytes: number; oldest: string | null };
  /** When each tool was last called. */
  lastCalls(): { serverId: string; tool: string; at: string }[];
}

const State = z.enum(['whole', 'cut', 'hidden', 'none']);
const Row = z.object({
  number: z.int(),
  id: z.string(),
  server_id: z.string(),
  tool: z.string(),
  caller: z.string(),
  caller_kind: z.enum(['owner', 'user', 'key', 'agent']),
  session: z.string().nullable(),
  client: z.string().nullable(),
  via: z.enum(['mcp', 'api', 'test']),
  started_at: z.string(),
  duration_ms: z.number(),
  outcome: CallOutcome,
  code: z.string().nullable(),
  bytes: z.int(),
  request_bytes: z.int(),
  same: z.string().nullable(),
  arguments_state: State.nullable(),
  result_state: State.nullable(),
  arguments: z.string().nullable().optional(),
  result: z.string().nullable().optional(),
});
type Row = z.infer<typeof Row>;
const Size = z.object({ calls: z.int(), bytes: z.int(), oldest: z.string().nullable() });
const Numbered = z.object({ id: z.string(), number: z.int() });
const LastCall = z.object({ server_id: z.string(), tool: z.string(), at: z.string() });

/** What a call takes without arguments and result, with its entries in the indexes; measured. */
const bytesOfRow = 600;

const states = `(select arguments_state from tool_call_values v where v.number = tool_calls.number) as arguments_state,
  (select result_state from tool_call_values v where v.number = tool_calls.number) as result_state`;

export function createCallRepository(database: Database): CallRepository {
  const add = prepareInsert(database, { table: 'tool_calls', columns: Object.keys(columns), leaveOutKnown: true });
  const lastNumber = database.prepare("select seq from sqlite_sequence where name = 'tool_calls'").pluck();
  const numbers = database.prepare('select id, number from tool_calls where number > ? order by number');
  const addValues = database.prepare(`
    insert into tool_call_values (number, arguments, arguments_state, result, result_state, bytes) values (?, ?, ?, ?, ?, ?)`);
  const withValues = `select tool_calls.*, v.arguments, v.arguments_state, v.result, v.result_state
    from tool_calls left join tool_call_values v using (number)`;
  const byId = database.prepare(`${withValues} where tool_calls.id = ?`);
  const size = database.prepare(`select (select count(*) from tool_calls) as calls,
    (select coalesce(sum(bytes), 0) from tool_call_values) as bytes, (select min(started_at) from tool_calls) as oldest`);
  const lastCalls = database.prepare('select server_id, tool, max(started_at) as at from tool_calls group by 1, 2');
  const deleteOldest = database.prepare(
    'delete from tool_calls where number in (select number from tool_calls order by number limit ?)',
  );

  /** Those of the calls that were not there yet, with their numbers. */
  const findNew = (calls: readonly NewCall[], last: number): [NewCall, number][] => {
    const byId = new Map(calls.map(call => [call.id, call]));
    return numbers.all(last).flatMap(raw => {
      const { id, number } = Numbered.parse(raw);
      const call = byId.get(id);
      return call ? [[call, number]] : [];
    });
  };

  return {
    insert: database.transaction((calls: readonly NewCall[]) => {
      const last = Number(lastNumber.get() ?? 0);
      const inserted = add(calls.map(toValues));
      // SQLite counts on by one for each row, in their order.
      const fresh: [NewCall, number][] =
        inserted === calls.length ? calls.map((call, index) => [call, last + index + 1]) : findNew(calls, last);
      for (const [{ arguments: given, result }, number] of fresh) {
        if (given.text === null && result.text === null) continue;
        const bytes = Buffer.byteLength(given.text ?? '') + Buffer.byteLength(result.text ?? '');
        addValues.run(number, given.text, given.state, result.text, result.state, bytes);
      }
      return fresh.map(([call, number]) => toInserted(call, number));
    }),
    list: (query, where) =>
      readPage(database, query, {
        table: 'tool_calls',
        selection: `*, ${states}`,
        columns: {
          number: 'number',
          duration: 'duration_ms',
          bytes: 'bytes',
          tool: 'tool',
          started_at: 'started_at',
        },
        where,
        tieBreaker: 'number',
        toItem: raw => toCall(Row.parse(raw)),
      }),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toKept(Row.parse(row));
    },
    after(number, most, where) {
      const all = [{ sql: 'tool_calls.number > ?', value: number }, ...where];
      return database
        .prepare(`${withValues} ${toWhere(all)} order by tool_calls.number limit ?`)
        .all(...all.map(({ value }) => value), most)
        .map(row => toKept(Row.parse(row)));
    },
    delete(where, most, valuesOnly) {
      const chosen = `select number from tool_calls ${toWhere(where)}`;
      const values = where.map(({ value }) => value);
      const sql = valuesOnly
        ? `delete from tool_call_values where number in (select number from tool_call_values where number in (${chosen}) limit ?)`
        : `delete from tool_calls where number in (${chosen} limit ?)`;
      return database.prepare(sql).run(...values, most).changes;
    },
    deleteOldest: most => deleteOldest.run(most).changes,
    size() {
      const { calls, bytes, oldest } = Size.parse(size.get());
      return { calls, bytes: bytes + calls * bytesOfRow, oldest };
    },
    lastCalls: () =>
      lastCalls.all().map(row => {
        const { server_id, ...rest } = LastCall.parse(row);
        return { serverId: server_id, ...rest };
      }),
  };
}

/** The columns of a call with what goes into them. */
const columns: Readonly<Record<string, (call: NewCall) => unknown>> = {
  id: call => call.id,
  server_id: call => call.serverId,
  tool: call => call.tool,
  caller: call => call.caller,
  caller_kind: call => call.callerKind,
  caller_id: call => call.callerId,
  session: call => call.session,
  client: call => call.client,
  via: call => call.via,
  request_id: call => call.requestId,
  started_at: call => call.startedAt,
  duration_ms: call => call.durationMs,
  outcome: call => call.outcome,
  code: call => call.code,
  bytes: call => call.bytes,
  request_bytes: call => call.requestBytes,
  same: call => call.sameAs,
};
const inOrder = Object.values(columns);
const toValues = (call: NewCall): unknown[] => inOrder.map(read => read(call));

function toInserted(call: NewCall, number: number): Call {
  const { callerId: _caller, requestId: _request, code, arguments: given, result, ...rest } = call;
  return { ...rest, ...splitCode(code), number, argumentsKept: given.text !== null, resultKept: result.text !== null };
}

/** Errors of the protocol have a number, all others a code of ours. */
function splitCode(code: string | null): Pick<Call, 'code' | 'protocolError'> {
  const number = code?.startsWith('rpc:') ? Number(code.slice(4)) : Number.NaN;
  return Number.isSafeInteger(number) ? { code: null, protocolError: number } : { code, protocolError: null };
}

const toCall = (row: Row): Call => ({
  id: row.id,
  number: row.number,
  serverId: row.server_id,
  tool: row.tool,
  caller: row.caller,
  callerKind: row.caller_kind,
  session: row.session,
  client: row.client,
  via: row.via,
  startedAt: row.started_at,
  durationMs: row.duration_ms,
  outcome: row.outcome,
  ...splitCode(row.code),
  requestBytes: row.request_bytes,
  bytes: row.bytes,
  sameAs: row.same,
  argumentsKept: (row.arguments_state ?? 'none') !== 'none',
  resultKept: (row.result_state ?? 'none') !== 'none',
});

const toKept = (row: Row): KeptCall => ({
  ...toCall(row),
  arguments: { text: row.arguments ?? null, state: row.arguments_state ?? 'none' },
  result: { text: row.result ?? null, state: row.result_state ?? 'none' },
});
