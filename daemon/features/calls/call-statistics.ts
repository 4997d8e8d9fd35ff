// Counts, error rates and percentiles, computed by SQLite from its indexes: group by group, so that a long history keeps
// nobody waiting.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { CallStatistics } from '../../../shared/api/calls.ts';
import { type Condition, toWhere } from './call-filter.ts';

export type StatisticsBy = 'server' | 'tool' | 'caller' | 'all';

const columnsOf = {
  server: ['server_id'],
  tool: ['server_id', 'tool'],
  caller: ['caller'],
  all: [],
} as const satisfies Record<StatisticsBy, readonly string[]>;

const mostGroups = 500;
/** So long a turn of the event loop may be given to it. */
const turnMs = 8;

const Group = z.object({
  server_id: z.string().nullish(),
  tool: z.string().nullish(),
  caller: z.string().nullish(),
  count: z.int(),
  errors: z.int(),
  bytes: z.int(),
  request_bytes: z.int(),
  last_at: z.string(),
});
type Group = z.infer<typeof Group>;
const Duration = z.number().optional();

/**
 * The groups with the most calls. A percentile is the smallest duration that at least that part of the calls did not exceed
 * (nearest rank).
 */
export async function readStatistics(
  database: Database,
  by: StatisticsBy,
  where: readonly Condition[],
): Promise<CallStatistics[]> {
  const columns = columnsOf[by];
  const values = where.map(({ value }) => value);
  const groups = database
    .prepare(
      `select ${columns.map(column => `${column}, `).join('')} count(*) as count, sum(outcome <> 'ok') as errors,
        sum(bytes) as bytes, sum(request_bytes) as request_bytes, max(started_at) as last_at
      from tool_calls indexed by tool_calls_by_tool ${toWhere(where)} ${columns.length > 0 ? `group by ${columns.join(', ')}` : 'having count(*) > 0'}
      order by count desc, 1 limit ${mostGroups}`,
    )
    .all(...values)
    .map(row => Group.parse(row));
  const ofGroup = [...where, ...columns.map(column => ({ sql: `${column} = ?` }))];
  const clause = ofGroup.length === 0 ? '' : `where ${ofGroup.map(({ sql }) => sql).join(' and ')}`;
  const duration = database
    .prepare(`select duration_ms from tool_calls ${clause} order by duration_ms limit 1 offset ?`)
    .pluck();

  const found: CallStatistics[] = [];
  let begin = performance.now();
  /** undefined if calls were deleted meanwhile. */
  const percentile = async (group: Group, part: number): Promise<number | undefined> => {
    const rank = Math.ceil(group.count * part) - 1;
    const read = Duration.parse(duration.get(...values, ...columns.map(column => group[column]), rank));
    if (performance.now() - begin > turnMs) {
      await nextTurn();
      begin = performance.now();
    }
    return read;
  };
  for (const group of groups) {
    const p50 = await percentile(group, 0.5);
    const p95 = await percentile(group, 0.95);
    if (p50 !== undefined && p95 !== undefined) found.push(toStatistics(group, p50, p95));
  }
  return found;
}

const toStatistics = (group: Group, p50: number, p95: number): CallStatistics => ({
  serverId: group.server_id ?? null,
  tool: group.tool ?? null,
  caller: group.caller ?? null,
  count: group.count,
  errors: group.errors,
  errorRate: group.errors / group.count,
  p50Ms: p50,
  p95Ms: p95,
  requestBytes: group.request_bytes,
  bytes: group.bytes,
  lastAt: group.last_at,
});
