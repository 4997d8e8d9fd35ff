// Runs the cases of one file, one after the other: set-up, tests, tear-down, for each server.
import { randomUUID } from 'node:crypto';
import type { TestCaseResult, TestFailure, TestFileProblem, TraceEntry } from '../../../shared/api/tests.ts';
import { type TestDefinition, type TestFile, type TestStep, testFileLimits } from '../../../shared/domain/mcptest.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { type Answers, createAnswers } from './answers.ts';
import { type Finding, findFailures, showFinding } from './assertions.ts';
import { compilePath } from './json-path.ts';
import type { Observed } from './observed.ts';
import { type Hide, toSnapshotValue } from './redaction.ts';
import { fillRoots } from './roots.ts';
import type { ServerTurns } from './server-turns.ts';
import { type SnapshotFile, toSnapshotText } from './snapshots.ts';
import type { TestCaller } from './test-caller.ts';
import { filledIn, hasRoots, neededBy, type ReadFile, type ReadyCase } from './test-file.ts';
import { type FindVariable, fillIn, namesIn, UnknownVariable } from './variables.ts';
import type { SourcePath } from './yaml-source.ts';

/** Of one case: who reads more mends the first ones. */
const mostFailures = 20;

export interface FileRun {
  read: ReadFile;
  file: TestFile;
  /** Ids of cases. */
  selected: ReadonlySet<string>;
  snapshots: SnapshotFile;
  snapshotMode: 'new' | 'update' | 'never';
  /** Values of the variables that the file lists. */
  environment: Readonly<Record<string, string>>;
  keepTrace: boolean;
  signal: AbortSignal;
  clock: Clock;
  hide: Hide;
  openCaller(serverId: string): TestCaller;
  turns: ServerTurns;
  onResult(result: TestCaseResult): void;
  /** What belongs to no test: a tear-down that fails. */
  onProblem(problem: TestFileProblem): void;
}

export const toWaiting = (file: string, { id, label, serverId, range }: ReadyCase): TestCaseResult => ({
  ...{ file, caseId: id, label, serverId, range },
  outcome: 'waiting',
  reason: null,
  startedAt: null,
  durationMs: 0,
  attempts: 0,
  flaky: false,
  snapshot: 'none',
  failures: [],
  trace: [],
});

/** The cases that are wanted, and those before them that save what they need. */
export function withNeeded(file: TestFile, cases: readonly ReadyCase[], wanted: ReadonlySet<string>): Set<string> {
  const all = new Set(wanted);
  const names = new Set<string>();
  const always = namesIn([file.answers, file.roots]);
  for (const each of cases.toReversed()) {
    const test = file.tests[each.test];
    if (!test) continue;
    const saves = Object.keys(test.save ?? {});
    const key = (name: string) => `${each.serverId} ${name}`;
    if (saves.some(name => names.has(key(name)))) all.add(each.id);
    if (all.has(each.id)) for (const name of [...neededBy(test), ...always]) names.add(key(name));
  }
  return all;
}

/** Tells the result of each case. Never rejects but with the signal's reason. */
export async function runTestFile(run: FileRun): Promise<void> {
  for (const serverId of new Set(run.read.cases.map(each => each.serverId))) {
    const cases = run.read.cases.filter(each => each.serverId === serverId && run.selected.has(each.id));
    if (cases.length === 0) continue;
    if (serverId === null) failAll(run, cases, noServer(run));
    else await runWithServer(run, cases, serverId);
  }
}

const noServer = (run: FileRun): TestFailure =>
  toFailure(run, ['tests'], {
    at: [],
    assertion: null,
    message: 'The file names no server. Write "server: <name>" at its top, or choose one for the run.',
  });

function failAll(run: FileRun, cases: readonly ReadyCase[], failure: TestFailure): void {
  for (const each of cases) {
    const skipped = skipReason(run.file, each.test);
    const waiting = toWaiting(run.read.path, each);
    if (skipped !== undefined) run.onResult({ ...waiting, outcome: 'skipped', reason: skipped });
    else run.onResult({ ...waiting, outcome: 'failed', failures: [failure] });
  }
}

/** Why a test is left out; undefined: it runs. */
function skipReason({ tests }: TestFile, index: number): string | undefined {
  const test = tests[index];
  if (!test) return undefined;
  if (test.skip === true) return 'It says "skip".';
  if (typeof test.skip === 'string') return test.skip;
  return tests.some(each => each.only) && !test.only ? 'Another test of the file says "only".' : undefined;
}

async function runWithServer(run: FileRun, cases: readonly ReadyCase[], serverId: string): Promise<void> {
  if (cases.every(each => skipReason(run.file, each.test) !== undefined)) {
    return failAll(run, cases, noServer(run));
  }
  const leave = await run.turns.enter(serverId, answersQuestions(run.file), run.signal);
  const caller = run.openCaller(serverId);
  const saved = new Map<string, unknown>();
  try {
    const failed = await runSteps(run, 'setup', caller, saved);
    if (failed) failAll(run, cases, failed);
    else for (const each of cases) await runCase(run, each, caller, saved);
  } finally {
    try {
      const failed = run.signal.aborted ? undefined : await runSteps(run, 'teardown', caller, saved);
      if (failed) run.onProblem({ message: failed.message, range: failed.range });
    } finally {
      caller.close();
      leave();
    }
  }
}

const answersQuestions = (file: TestFile): boolean => {
  const { answers, setup = [], teardown = [], tests } = file;
  return hasRoots(file) || [{ answers }, ...setup, ...tests, ...teardown].some(each => each.answers !== undefined);
};

/** The failure of the first step that fails. */
async function runSteps(
  run: FileRun,
  part: 'setup' | 'teardown',
  caller: TestCaller,
  saved: Map<string, unknown>,
): Promise<TestFailure | undefined> {
  const what = part === 'setup' ? 'set-up' : 'tear-down';
  for (const [index, step] of (run.file[part] ?? []).entries()) {
    const findings = await callAndCheck(run, step, {}, caller, saved).then(({ found }) => found);
    caller.takeTrace();
    const [first] = findings;
    if (!first) continue;
    return toFailure(run, [part, index], { ...first, at: [], message: `The ${what} failed: ${first.message}` });
  }
  return undefined;
}

async function runCase(run: FileRun, each: ReadyCase, caller: TestCaller, saved: Map<string, unknown>): Promise<void> {
  run.signal.throwIfAborted();
  const test = run.file.tests[each.test];
  if (!test) return;
  const waiting = toWaiting(run.read.path, each);
  const reason = skipReason(run.file, each.test);
  if (reason !== undefined) return run.onResult({ ...waiting, outcome: 'skipped', reason });
  const started = { ...waiting, startedAt: toTimestamp(run.clock.now()) };
  run.onResult({ ...started, outcome: 'running' });
  const begin = performance.now();
  const trace: TraceEntry[] = [];
  for (let attempt = 1; ; attempt++) {
    const { found, snapshot } = await attemptCase(run, test, each, caller, saved);
    trace.push(...caller.takeTrace());
    const passed = found.length === 0;
    if (!passed && attempt <= (test.retries ?? 0)) continue;
    return run.onResult({
      ...started,
      outcome: passed ? 'passed' : 'failed',
      durationMs: performance.now() - begin,
      attempts: attempt,
      flaky: passed && attempt > 1,
      snapshot,
      failures: found
        .slice(0, mostFailures)
        .map(finding => toFailure(run, ['tests', each.test], finding))
        .toSorted((a, b) => a.range.line - b.range.line || a.range.column - b.range.column),
      trace: passed && !run.keepTrace ? [] : trace,
    });
  }
}

interface Attempt {
  found: Finding[];
  snapshot: TestCaseResult['snapshot'];
}

async function attemptCase(
  run: FileRun,
  test: TestDefinition,
  each: ReadyCase,
  caller: TestCaller,
  saved: Map<string, unknown>,
): Promise<Attempt> {
  const { found, observed } = await callAndCheck(run, test, each.row, caller, saved);
  const wanted = test.expect?.snapshot;
  if (found.length > 0 || !observed?.result || wanted === undefined || wanted === false)
    return { found, snapshot: 'none' };
  return compareSnapshot(run, test, snapshotName(each, wanted), observed.result);
}

export const snapshotName = ({ id }: Pick<ReadyCase, 'id'>, wanted: true | string): string =>
  wanted === true ? id : `${id}: ${wanted}`;

function compareSnapshot(run: FileRun, test: TestDefinition, name: string, result: Record<string, unknown>): Attempt {
  const rules = [...(run.file.redact ?? []), ...(test.redact ?? [])];
  const fail = (message: string, more: Partial<Finding> = {}): Attempt => ({
    found: [{ at: ['snapshot'], assertion: 'snapshot', message, ...more }],
    snapshot: 'none',
  });
  try {
    const actual = toSnapshotText(toSnapshotValue(result, rules, run.hide));
    const expected = run.snapshots.find(name);
    if (expected === actual) return { found: [], snapshot: 'same' };
    if (expected === undefined && run.snapshotMode === 'never')
      return fail('There is no snapshot of this test yet.', { actual });
    if (expected !== undefined && run.snapshotMode !== 'update')
      return fail('The result is not the one of the snapshot.', { expected, actual });
    run.snapshots.set(name, actual);
    return { found: [], snapshot: expected === undefined ? 'new' : 'updated' };
  } catch (error) {
    return fail(`The snapshot could not be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One call with its variables, what of it is not as expected, and what it saves. */
async function callAndCheck(
  run: FileRun,
  call: TestStep | TestDefinition,
  row: Record<string, unknown>,
  caller: TestCaller,
  saved: Map<string, unknown>,
): Promise<{ found: Finding[]; observed?: Observed }> {
  try {
    const find = variablesOf(run, row, saved);
    const { tool, prompt, resource } = call;
    const filled = fillIn({ tool, prompt, resource, arguments: call.arguments ?? {} }, find) as {
      arguments: Record<string, unknown>;
    };
    const timeoutMs = call.timeout ?? run.file.timeout ?? testFileLimits.timeoutMs.default;
    const expect = 'expect' in call ? call.expect : undefined;
    const wanted = { ...expect, ...(fillIn(filledIn(expect), find) as object) };
    const answers = createAnswers(call.answers ?? [], run.file.answers ?? [], value => fillIn(value, find));
    const { roots, wrong } = fillRoots(call.roots ?? run.file.roots ?? [], find);
    if (wrong) return { found: [{ at: rootPlace(call, wrong.index), assertion: null, message: wrong.message }] };
    const observed = await caller.call(filled, { signal: run.signal, timeoutMs, answers, roots });
    // Whatever else is wrong then comes of it.
    if (answers.unanswered.length > 0) return { found: unanswered(call, answers), observed };
    const found = findFailures(wanted, observed);
    if (found.length > 0) return { found, observed };
    return { found: [...unasked(answers), ...save(call.save, observed, saved)], observed };
  } catch (error) {
    if (error instanceof UnknownVariable) return { found: [{ at: [], assertion: null, message: error.message }] };
    throw error;
  }
}

/** It stands where the root is given, or where the test begins. */
const rootPlace = ({ roots }: TestStep | TestDefinition, index: number): SourcePath =>
  roots === undefined ? [] : ['', 'roots', index, 'uri'];

/** They stand where answers are given, or where the test begins. */
const unanswered = ({ answers }: TestStep | TestDefinition, { unanswered: messages }: Answers): Finding[] =>
  messages.map(message => ({ at: answers === undefined ? [] : ['', 'answers'], assertion: 'answers', message }));

const unasked = (answers: Answers): Finding[] =>
  answers.unused().map(index => ({
    at: ['', 'answers', index],
    assertion: 'answers',
    message: 'The server did not ask this. Write "optional: true" here if it need not.',
  }));

function variablesOf(run: FileRun, row: Record<string, unknown>, saved: ReadonlyMap<string, unknown>): FindVariable {
  const fixed = new Map<string, unknown>([
    ['uuid', randomUUID()],
    ['now', toTimestamp(run.clock.now())],
  ]);
  const declared = new Set<string>();
  const find: FindVariable = name => {
    if (name.startsWith('env:')) return run.environment[name.slice(4)];
    if (Object.hasOwn(row, name)) return fillIn(row[name], outside);
    if (saved.has(name)) return saved.get(name);
    return fixed.get(name) ?? outside(name);
  };
  /** The file's own variables may use those above; one that uses itself has no value. */
  const outside: FindVariable = name => {
    if (name.startsWith('env:')) return run.environment[name.slice(4)];
    if (saved.has(name)) return saved.get(name);
    if (fixed.has(name)) return fixed.get(name);
    const variables = run.file.variables ?? {};
    if (!Object.hasOwn(variables, name) || declared.has(name)) return undefined;
    declared.add(name);
    const value = fillIn(variables[name], outside);
    declared.delete(name);
    return value;
  };
  return find;
}

function save(paths: Record<string, string> | undefined, { result }: Observed, saved: Map<string, unknown>): Finding[] {
  return Object.entries(paths ?? {}).flatMap(([name, path]): Finding[] => {
    const values = result ? valuesAt(path, result) : [];
    if (values.length === 0) {
      const message = `"${name}" cannot be saved: ${path} finds nothing.`;
      return [{ at: ['', 'save', name], assertion: 'save', message, actual: result }];
    }
    saved.set(name, values.length === 1 ? values[0] : values);
    return [];
  });
}

function valuesAt(path: string, result: Record<string, unknown>): unknown[] {
  try {
    return compilePath(path).valuesIn(result);
  } catch {
    return [];
  }
}

/** Below a test, findings are of its `expect`; an empty first key means: of the test itself. */
function toFailure(run: FileRun, base: SourcePath, finding: Finding): TestFailure {
  const [first, ...rest] = finding.at;
  const place =
    first === undefined
      ? base[0] === 'tests' && base.length > 1
        ? [...base, 'name']
        : base
      : first === ''
        ? [...base, ...rest]
        : [...base, 'expect', ...finding.at];
  return {
    kind: finding.assertion === null ? 'error' : 'assertion',
    assertion: finding.assertion,
    message: run.hide.text(finding.message),
    range: run.read.locate(place),
    ...showFinding(finding, run.hide.text),
  };
}
