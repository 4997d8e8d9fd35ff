// Runs of test files: a queue, results as they come, a cancel, and an end that is kept.
import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { NewTestRun, TestRun, TestRunSummary } from '../../../shared/api/tests.ts';
import { testOffers } from '../../../shared/domain/mcptest-answers.ts';
import { toTimestamp } from '../../platform/clock.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { dismissed } from './dismissal.ts';
import type { PublishProgress } from './progress.ts';
import { createHide, type Hide, type HideText } from './redaction.ts';
import { runTestFile, snapshotName } from './run-test-file.ts';
import { createServerTurns } from './server-turns.ts';
import { BrokenSnapshots, readSnapshots } from './snapshots.ts';
import { type CallPorts, createTestCaller } from './test-caller.ts';
import { hasRoots, type ReadFile, readTestFile } from './test-file.ts';
import { addProblems, countOf, createRun, keyOf, type Run, toSummary, withinBudget } from './test-run.ts';
import type { TestRunRepository } from './test-runs.repository.ts';

/** Who runs tests, and what it may see. */
export interface TestRunner {
  caller: Caller;
  requestId: string;
  maySee(serverId: string): boolean;
  /** Aborts when whoever started it is not let in any more. */
  dismissal: AbortSignal;
}

export interface TestRunService {
  /** Errors: those of the route. */
  start(request: NewTestRun, runner: TestRunner): Promise<TestRun>;
  /** Errors: TEST_001. */
  get(id: string, maySee: TestRunner['maySee']): TestRun;
  /** Resolves when the run has ended. Errors: TEST_001. */
  cancel(id: string, maySee: TestRunner['maySee']): Promise<TestRun>;
  list(query: PageQuery): Page<TestRunSummary>;
  readonly running: number;
  close(): Promise<void>;
}

export interface TestRunServiceOptions {
  repository: TestRunRepository;
  calls: CallPorts;
  /** Takes the values of the vault out of a text. */
  hideSecrets: HideText;
  publish: PublishProgress;
  onFailure: (error: unknown) => void;
}

/** Runs at once and those that wait; files of one run at once; runs whose details stay in memory. */
const atOnce = 2;
const mostWaiting = 20;
const filesAtOnce = 4;
const mostKept = 20;
const mostMinutes = 60;
const longestDetail = 16_384;

export function createTestRunService(options: TestRunServiceOptions): TestRunService {
  const { repository, calls, hideSecrets, publish, onFailure } = options;
  const { clock } = calls;
  const runs = new Map<string, Run>();
  const queue = new PQueue({ concurrency: atOnce });
  const turns = createServerTurns();
  let closing = false;

  const view = (run: Run): TestRun => ({ ...run.view, results: [...run.results.values()], counts: countOf(run) });

  const perform = async (run: Run, request: NewTestRun, read: readonly ReadFile[], runner: TestRunner) => {
    const limit = AbortSignal.timeout(mostMinutes * 60_000);
    const signal = AbortSignal.any([run.signal, limit]);
    const begin = performance.now();
    const files = new PQueue({ concurrency: filesAtOnce });
    await Promise.all(
      read.map(each => files.add(() => runOne(run, request, each, runner, signal).catch(failed(run, each, signal)))),
    );
    for (const [key, result] of run.results) {
      if (result.outcome === 'waiting' || result.outcome === 'running')
        run.results.set(key, { ...result, outcome: 'cancelled' });
    }
    const { failed: wrong } = countOf(run);
    const reason = reasonOf(run, runner.dismissal, limit);
    const state = reason !== null ? 'cancelled' : wrong > 0 || run.view.problems.length > 0 ? 'failed' : 'passed';
    const endedAt = toTimestamp(clock.now());
    run.view = { ...run.view, state, reason, endedAt, durationMs: performance.now() - begin, counts: countOf(run) };
    repository.finish(toSummary(run.view), [...run.results.values()]);
    run.progress.finish(toSummary(run.view));
  };

  /** A fault of ours in one file leaves the others alone. */
  const failed = (run: Run, read: ReadFile, signal: AbortSignal) => (error: unknown) => {
    if (signal.aborted) return;
    onFailure(error);
    addProblems(run, read.path, [
      { message: 'The file could not be run to its end. The log says why.', range: read.locate([]) },
    ]);
  };

  const runOne = async (run: Run, request: NewTestRun, read: ReadFile, runner: TestRunner, signal: AbortSignal) => {
    const { file, path } = read;
    const input = request.files.find(each => each.path === path);
    if (!file || !input) return;
    const environment = Object.fromEntries(
      (file.environment ?? []).flatMap(name => {
        const value = Object.hasOwn(request.environment, name) ? request.environment[name] : undefined;
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const hide = createHide(Object.values(environment), hideSecrets);
    const selected = new Set([...run.results.values()].flatMap(each => (each.file === path ? [each.caseId] : [])));
    const snapshots = tryReadSnapshots(input.snapshots);
    if ('problem' in snapshots) return addProblems(run, path, [{ message: snapshots.problem, range: read.locate([]) }]);
    // So that a test that fails before it comes to its snapshot does not lose it.
    for (const each of read.cases) {
      const wanted = file.tests[each.test]?.expect?.snapshot;
      if (wanted) snapshots.file.find(snapshotName(each, wanted));
    }
    await runTestFile({
      ...{ read, file, selected, environment, signal, clock, hide },
      snapshots: snapshots.file,
      snapshotMode: request.snapshots,
      keepTrace: request.trace,
      turns,
      openCaller(serverId) {
        const present = (value: unknown) => presented(value, hide);
        const offers = file.offers ?? testOffers.filter(offer => offer !== 'roots' || hasRoots(file));
        return createTestCaller({ ports: guarded(calls, runner), serverId, present, offers, ...runner });
      },
      onResult(result) {
        run.results.set(keyOf(result.file, result.caseId), withinBudget(run, result));
        run.progress.add(result);
      },
      onProblem: found => addProblems(run, path, [found]),
    });
    if (request.snapshots === 'update' && selected.size === read.cases.length) snapshots.file.dropUnused();
    const text = snapshots.file.write();
    if (text === undefined) return;
    run.view = {
      ...run.view,
      snapshots: [...run.view.snapshots, { file: path, text, changes: snapshots.file.changes }],
    };
  };

  const find = (id: string, maySee: TestRunner['maySee']): Run | undefined => {
    const run = runs.get(id);
    return run?.view.servers.every(maySee) ? run : undefined;
  };
  const getStored = (id: string, maySee: TestRunner['maySee']): TestRun => {
    const stored = repository.find(id);
    if (stored?.servers.every(maySee)) return { ...stored, results: [], problems: [], snapshots: [] };
    throw problem('TEST_001', {
      detail: `No test run has the id "${id}".`,
      next: 'The list of test runs shows the ids.',
    });
  };

  return {
    async start(request, runner) {
      refuseIfFull(closing, queue.size);
      const read: ReadFile[] = [];
      for (const { path, text } of request.files) {
        read.push(readTestFile(path, text, request.server));
        // A large file takes a while, and others wait for the daemon too.
        await nextTurn();
      }
      refuseIfFull(closing, queue.size);
      const { dismissal, caller } = runner;
      const begun = { caller: caller.name, dismissal, startedAt: toTimestamp(clock.now()) };
      const run = createRun(request, read, begun, publish);
      repository.insert(toSummary(run.view));
      runs.set(run.view.id, run);
      forgetOld(runs);
      run.done = queue
        .add(() => perform(run, request, read, runner))
        .catch(onFailure)
        .finally(() => {
          const { id, sessionId } = runner.caller;
          if (sessionId !== null) calls.onLeft(id, sessionId);
        });
      return view(run);
    },
    get(id, maySee) {
      const run = find(id, maySee);
      return run ? view(run) : getStored(id, maySee);
    },
    async cancel(id, maySee) {
      const run = find(id, maySee);
      if (!run) return getStored(id, maySee);
      run.abort.abort(new Error('It was cancelled.'));
      await run.done;
      return view(run);
    },
    list: query => repository.list(query),
    get running() {
      return queue.size + queue.pending;
    },
    async close() {
      closing = true;
      for (const run of runs.values()) run.abort.abort(new Error('The daemon stopped.'));
      await queue.onIdle();
    },
  };
}

/** Why a run ended before its time; null: it did not. */
function reasonOf({ abort }: Run, dismissal: AbortSignal, limit: AbortSignal): string | null {
  if (abort.signal.aborted)
    return abort.signal.reason instanceof Error ? abort.signal.reason.message : 'It was cancelled.';
  if (dismissal.aborted) return dismissed;
  return limit.aborted ? `It took longer than ${mostMinutes} minutes.` : null;
}

/** A server that the caller may not see is not there for it. */
function guarded(calls: CallPorts, { maySee }: TestRunner): CallPorts {
  const refuseUnseen = (serverId: string): void => {
    if (maySee(serverId)) return;
    throw problem('SERVER_001', {
      detail: `No server is called "${serverId}".`,
      next: 'The list of servers shows the names.',
    });
  };
  return {
    ...calls,
    guard: {
      admit(call) {
        refuseUnseen(call.serverId);
        return calls.guard.admit(call);
      },
    },
    upstreams: {
      left: client => calls.upstreams.left(client),
      of(serverId, client) {
        refuseUnseen(serverId);
        return calls.upstreams.of(serverId, client);
      },
    },
  };
}

function refuseIfFull(closing: boolean, waiting: number): void {
  if (closing) throw problem('DAEMON_003', { detail: 'The daemon is stopping.', next: 'Try again when it is back.' });
  if (waiting >= mostWaiting)
    throw problem('REQUEST_005', {
      detail: 'Too many test runs wait already.',
      next: 'Wait for them, or cancel some.',
    });
}

function tryReadSnapshots(text: string | undefined) {
  try {
    return { file: readSnapshots(text) };
  } catch (error) {
    if (error instanceof BrokenSnapshots) return { problem: `${error.message} Mend it, or delete it.` };
    throw error;
  }
}

/** What of a message may be shown: without secrets, and not without end. */
function presented(value: unknown, hide: Hide): unknown {
  const shown = hide.value(value);
  const text = JSON.stringify(shown) ?? 'null';
  return text.length <= longestDetail ? shown : `${text.slice(0, longestDetail)}… (${text.length} characters in all)`;
}

function forgetOld(runs: Map<string, Run>): void {
  for (const [id, run] of runs) {
    if (runs.size <= mostKept) return;
    if (run.view.endedAt !== null) runs.delete(id);
  }
}
