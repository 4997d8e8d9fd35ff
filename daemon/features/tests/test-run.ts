// One run as it goes on: what it is to run, what has come of it, and what may end it.
import { randomUUID } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';
import type { NewTestRun, TestCaseResult, TestRun, TestRunSummary } from '../../../shared/api/tests.ts';
import { testFileLimits } from '../../../shared/domain/mcptest.ts';
import { createProgress, type Progress, type PublishProgress } from './progress.ts';
import { toWaiting, withNeeded } from './run-test-file.ts';
import type { ReadFile } from './test-file.ts';

/** Of all results of a run, as JSON: what is beyond that is told in short. */
const mostBytes = 33_554_432;

export interface Run {
  view: TestRun;
  results: Map<string, TestCaseResult>;
  bytes: number;
  abort: AbortController;
  /** Aborts with `abort`, and when who started it is dismissed. */
  signal: AbortSignal;
  progress: Progress;
  done: Promise<void>;
}

/** `dismissal`: aborts when whoever started it is not let in any more. Errors: TEST_002. */
export function createRun(
  request: NewTestRun,
  read: readonly ReadFile[],
  { caller, dismissal, startedAt }: { caller: string; dismissal: AbortSignal; startedAt: string },
  publish: PublishProgress,
): Run {
  const paths = request.files.map(({ path }) => path);
  if (new Set(paths).size < paths.length)
    throw problem('TEST_002', { detail: 'A file is named twice.', next: 'Name each file once.' });
  const results = new Map(
    read.flatMap(each => casesOf(request, each).map(result => [keyOf(each.path, result.caseId), result] as const)),
  );
  if (results.size > testFileLimits.casesOfRun)
    throw problem('TEST_002', {
      detail: `These are ${results.size} tests, and ${testFileLimits.casesOfRun} are the most at once.`,
      next: 'Run fewer files at once.',
    });
  const servers = [...new Set([...results.values()].flatMap(({ serverId }) => (serverId === null ? [] : [serverId])))];
  const counts = { total: results.size, passed: 0, failed: 0, skipped: 0, cancelled: 0 };
  const view: TestRun = {
    ...{ id: randomUUID(), state: 'running', files: paths, servers, caller, startedAt, counts },
    reason: null,
    endedAt: null,
    durationMs: 0,
    results: [],
    problems: read.flatMap(({ path, problems }) => (problems.length > 0 ? [{ file: path, problems }] : [])),
    snapshots: [],
  };
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, dismissal]);
  const run: Run = {
    ...{ view, results, bytes: 0, abort, signal, done: Promise.resolve() },
    progress: createProgress(publish, () => ({ ...toSummary(run.view), counts: countOf(run) })),
  };
  return run;
}

/** The cases that the request is about, with those before them that they need. */
function casesOf(request: NewTestRun, { path, file, tests, cases }: ReadFile): TestCaseResult[] {
  if (!file) return [];
  const only = request.files.find(each => each.path === path)?.only;
  const ids = only && new Set(only);
  const wanted = request.filter?.toLowerCase();
  const tags = new Set(request.tags ?? []);
  const fits = cases.filter(each => {
    const test = tests[each.test];
    if (ids && !ids.has(each.id)) return false;
    if (wanted !== undefined && !each.label.toLowerCase().includes(wanted) && !each.id.toLowerCase().includes(wanted))
      return false;
    return tags.size === 0 || (test?.tags ?? []).some(tag => tags.has(tag));
  });
  const all = withNeeded(file, cases, new Set(fits.map(({ id }) => id)));
  return cases.flatMap(each => (all.has(each.id) ? [toWaiting(path, each)] : []));
}

export const keyOf = (file: string, caseId: string): string => JSON.stringify([file, caseId]);
export const toSummary = ({ results: _, problems: __, snapshots: ___, ...summary }: TestRun): TestRunSummary => summary;

export function countOf({ results }: Run): TestRun['counts'] {
  const of = (outcome: TestCaseResult['outcome']) =>
    [...results.values()].filter(each => each.outcome === outcome).length;
  return {
    total: results.size,
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    cancelled: of('cancelled'),
  };
}

/** Without its messages and texts, once a run has too many of them. */
export function withinBudget(run: Run, result: TestCaseResult): TestCaseResult {
  run.bytes += JSON.stringify([result.failures, result.trace]).length;
  if (run.bytes <= mostBytes) return result;
  const failures = result.failures.map(failure => ({ ...failure, expected: null, actual: null, diff: null }));
  return { ...result, failures, trace: [] };
}

export function addProblems(run: Run, file: string, problems: TestRun['problems'][number]['problems']): void {
  const before = run.view.problems.find(each => each.file === file)?.problems ?? [];
  const others = run.view.problems.filter(each => each.file !== file);
  run.view = { ...run.view, problems: [...others, { file, problems: [...before, ...problems] }] };
}
