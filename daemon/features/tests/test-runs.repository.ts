import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import {
  type TestCaseResult,
  type TestHistory,
  TestOutcome,
  TestRunSummary,
  type TestTrendPoint,
} from '../../../shared/api/tests.ts';
import { pageOfList, readPage } from '../../storage/page.ts';

export interface TestRunRepository {
  insert(run: TestRunSummary): void;
  /** The end of a run and its results, in one transaction. */
  finish(run: TestRunSummary, results: readonly TestCaseResult[]): void;
  find(id: string): TestRunSummary | undefined;
  list(query: PageQuery): Page<TestRunSummary>;
  /** Each test of a server with its last outcomes. */
  ofServer(serverId: string, query: PageQuery): Page<TestHistory> & { trend: TestTrendPoint[] };
  /** Marks what an earlier daemon left unfinished. */
  interruptUnfinished(at: string): number;
}

const mostRuns = 500;
const mostResults = 50_000;
const historyLength = 20;
const trendLength = 50;

const Row = z.object({
  id: z.string(),
  state: z.string(),
  files: z.string(),
  servers: z.string(),
  caller: z.string(),
  reason: z.string().nullable(),
  counts: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  duration_ms: z.number(),
});

const toRun = (row: unknown): TestRunSummary => {
  const { files, servers, counts, started_at, ended_at, duration_ms, ...rest } = Row.parse(row);
  return TestRunSummary.parse({
    ...rest,
    files: JSON.parse(files),
    servers: JSON.parse(servers),
    counts: JSON.parse(counts),
    startedAt: started_at,
    endedAt: ended_at,
    durationMs: duration_ms,
  });
};

const fromRun = (run: TestRunSummary) => ({
  ...run,
  files: JSON.stringify(run.files),
  servers: JSON.stringify(run.servers),
  counts: JSON.stringify(run.counts),
});

export function createTestRunRepository(database: Database): TestRunRepository {
  const insert = database.prepare(`
    insert into test_runs (id, state, reason, files, servers, caller, counts, started_at, ended_at, duration_ms)
    values (@id, @state, @reason, @files, @servers, @caller, @counts, @startedAt, @endedAt, @durationMs)`);
  const update = database.prepare(`
    update test_runs set state = @state, reason = @reason, counts = @counts, ended_at = @endedAt, duration_ms = @durationMs
    where id = @id`);
  const insertResult = database.prepare(`
    insert into test_outcomes (run_id, server_id, file, case_id, label, outcome, flaky, started_at, duration_ms, message)
    values (@runId, @serverId, @file, @caseId, @label, @outcome, @flaky, @startedAt, @durationMs, @message)`);
  const trimRuns = database.prepare(
    'delete from test_runs where rowid <= (select rowid from test_runs order by rowid desc limit 1 offset ?)',
  );
  const trimResults = database.prepare('delete from test_outcomes where id <= (select max(id) from test_outcomes) - ?');
  const byId = database.prepare('select * from test_runs where id = ?');
  const recent = database.prepare(`
    select * from (
      select *, row_number() over (partition by file, case_id order by id desc) as place
      from test_outcomes where server_id = ?
    ) where place <= ${historyLength} order by id desc`);
  const trend = database.prepare(`
    select run_id, min(started_at) as at, sum(outcome = 'passed') as passed, sum(outcome = 'failed') as failed,
      sum(outcome = 'skipped') as skipped, sum(duration_ms) as duration_ms
    from test_outcomes where server_id = ? group by run_id order by max(id) desc limit ${trendLength}`);
  const interrupt = database.prepare(
    `update test_runs set state = 'interrupted', reason = 'The daemon was killed.', ended_at = ? where state = 'running'`,
  );

  return {
    insert: run => void insert.run(fromRun(run)),
    finish: database.transaction((run: TestRunSummary, results: readonly TestCaseResult[]) => {
      update.run(fromRun(run));
      for (const result of results) {
        if (result.serverId === null || !isKept(result)) continue;
        insertResult.run(toRow(run, result));
      }
      trimRuns.run(mostRuns);
      trimResults.run(mostResults);
    }),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toRun(row);
    },
    list: query =>
      readPage(database, query, {
        table: 'test_runs',
        columns: { started_at: 'started_at', state: 'state' },
        where: [],
        tieBreaker: 'rowid',
        toItem: toRun,
      }),
    ofServer(serverId, query) {
      const tests = toHistories(z.array(Outcome).parse(recent.all(serverId)));
      const points = z.array(TrendRow).parse(trend.all(serverId)).toReversed();
      const page = pageOfList(tests, query, sortKeys[query.sort_by] ?? sortByName);
      return {
        ...page,
        trend: points.map(({ run_id, duration_ms, ...rest }) => ({ runId: run_id, durationMs: duration_ms, ...rest })),
      };
    },
    interruptUnfinished: at => interrupt.run(at).changes,
  };
}

/** What was never begun says nothing of a server. */
const isKept = ({ outcome }: TestCaseResult): boolean => ['passed', 'failed', 'skipped'].includes(outcome);

const toRow = (run: TestRunSummary, result: TestCaseResult) => ({
  runId: run.id,
  serverId: result.serverId,
  file: result.file,
  caseId: result.caseId,
  label: result.label,
  outcome: result.outcome,
  flaky: Number(result.flaky),
  startedAt: result.startedAt ?? run.startedAt,
  durationMs: result.durationMs,
  message: result.failures[0]?.message.slice(0, 2_000) ?? null,
});

const Outcome = z.object({
  run_id: z.string(),
  file: z.string(),
  case_id: z.string(),
  label: z.string(),
  outcome: TestOutcome,
  flaky: z.number(),
  started_at: z.string(),
  duration_ms: z.number(),
  message: z.string().nullable(),
});
type Outcome = z.infer<typeof Outcome>;
const TrendRow = z.object({
  run_id: z.string(),
  at: z.string(),
  passed: z.int(),
  failed: z.int(),
  skipped: z.int(),
  duration_ms: z.number(),
});

const sortByName = ({ file, label }: TestHistory) => `${file} ${label}`;
const sortKeys: Record<string, (test: TestHistory) => string> = {
  name: sortByName,
  last_run_at: test => test.lastRunAt,
  duration: test => test.durationMs.toFixed(3).padStart(16, '0'),
};

/** Rows come the newest first. */
function toHistories(rows: readonly Outcome[]): TestHistory[] {
  const groups = Map.groupBy(rows, row => JSON.stringify([row.file, row.case_id]));
  return [...groups.values()].flatMap(group => {
    const [last] = group;
    if (!last) return [];
    const ran = group.filter(row => row.outcome !== 'skipped');
    const passed = ran.filter(row => row.outcome === 'passed');
    return [
      {
        file: last.file,
        caseId: last.case_id,
        label: last.label,
        outcome: last.outcome,
        lastRunAt: last.started_at,
        durationMs: last.duration_ms,
        medianMs: median(passed.map(row => row.duration_ms)),
        passRate: ran.length === 0 ? 0 : passed.length / ran.length,
        flaky: isFlaky(ran),
        message: last.message,
        history: group.map(row => ({
          runId: row.run_id,
          at: row.started_at,
          outcome: row.outcome,
          durationMs: row.duration_ms,
        })),
      },
    ];
  });
}

/** A test that was mended changes once; one that goes to and fro, or needed a second try, is flaky. */
function isFlaky(rows: readonly Outcome[]): boolean {
  const changes = rows.filter((row, index) => index > 0 && row.outcome !== rows[index - 1]?.outcome).length;
  return changes > 1 || rows.some(row => row.flaky === 1);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
