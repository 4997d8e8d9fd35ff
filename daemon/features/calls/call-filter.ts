import type { CallFilter } from '../../../shared/api/calls.ts';
import { containing } from '../../storage/page.ts';

export interface Condition {
  sql: string;
  value: unknown;
}

export interface CallScope {
  /** Only calls of these servers; null: of all. */
  servers: readonly string[] | null;
  /** False: what was kept of arguments and results is not looked through, so that nobody learns of it by searching. */
  mayReadValues: boolean;
}

/** How a column begins, with the text taken as it is. */
const beginning = (text: string): string => containing(text).slice(1);

/** Conditions on `tool_calls` with one value each. */
export function conditionsOf(filter: Partial<CallFilter>, { servers, mayReadValues }: CallScope): Condition[] {
  const { server, tool, caller, client, session, via, outcome, code, since, until, slower_than, same_as, q } = filter;
  const kept = `exists (select 1 from tool_call_values v where v.number = tool_calls.number
    and coalesce(v.arguments, '') || ' ' || coalesce(v.result, '') like ? escape '\\')`;
  const equal = (column: string, value: string | undefined): Condition[] =>
    value === undefined ? [] : [{ sql: `${column} = ?`, value }];
  return [
    ...(servers ? [{ sql: 'server_id in (select value from json_each(?))', value: JSON.stringify(servers) }] : []),
    ...equal('server_id', server),
    ...equal('tool', tool),
    ...equal('session', session),
    ...equal('via', via),
    ...equal('outcome', outcome),
    ...equal('same', same_as),
    ...(code === undefined ? [] : equal('code', /^-?\d+$/.test(code) ? `rpc:${code}` : code)),
    ...(caller === undefined ? [] : [{ sql: "caller like ? escape '\\'", value: beginning(caller) }]),
    ...(client === undefined ? [] : [{ sql: "client like ? escape '\\'", value: beginning(client) }]),
    ...(since === undefined ? [] : [{ sql: 'started_at >= ?', value: new Date(since).toISOString() }]),
    ...(until === undefined ? [] : [{ sql: 'started_at < ?', value: new Date(until).toISOString() }]),
    ...(slower_than === undefined ? [] : [{ sql: 'duration_ms > ?', value: slower_than }]),
    ...(q === undefined ? [] : [mayReadValues ? { sql: kept, value: containing(q) } : { sql: '0 = ?', value: 1 }]),
  ];
}

export const toWhere = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '' : `where ${conditions.map(({ sql }) => sql).join(' and ')}`;
