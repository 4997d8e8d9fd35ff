// One run of the Test Explorer: asks the daemon for it, shows results as they come, and writes the snapshots.
import { setTimeout as pause } from 'node:timers/promises';
import {
  type CancellationToken,
  type TestRun as EditorRun,
  Location,
  type TestController,
  type TestItem,
  TestMessage,
  type TestRunRequest,
  type Uri,
} from 'vscode';
import { isProblemError, type ProblemError } from '../../../shared/api/problem.ts';
import { joinRuns, tooLargeToSend, toParts } from '../../../shared/api/test-parts.ts';
import type { NewTestRun, TestCaseResult, TestFailure, TestRun } from '../../../shared/api/tests.ts';
import { canStart } from '../../../shared/domain/server-state.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readSnapshots, writeSnapshots } from './snapshot-file.ts';
import { pathOf, type TestDiscovery } from './test-discovery.ts';
import { type TestItems, toRange } from './test-items.ts';
import { failureText, forOutput, traceLine } from './test-text.ts';

export interface TestRunParts {
  controller: TestController;
  link: Pick<DaemonLink, 'api' | 'onEvent'>;
  items: TestItems;
  discovery: Pick<TestDiscovery, 'read'>;
  environment: Readonly<Record<string, string | undefined>>;
}

export interface RunWish {
  snapshots: NewTestRun['snapshots'];
  trace: boolean;
}

interface WantedFile {
  uri: Uri;
  /** undefined: all of it. */
  caseIds: Set<string> | undefined;
  input: NewTestRun['files'][number];
  servers: string[];
  environment: string[];
  cases: number;
}

/** Resolves with the results when the run has ended; whatever happens, the editor's run ends too. Errors: those of the API. */
export async function runTests(
  parts: TestRunParts,
  request: TestRunRequest,
  token: CancellationToken,
  wish: RunWish,
): Promise<TestRun | undefined> {
  const run = parts.controller.createTestRun(request);
  try {
    const files = await wantedFiles(parts, request);
    if (files.length === 0 || token.isCancellationRequested) return undefined;
    await startServers(parts, files, run);
    const done = await runParts(parts, run, files, token, wish);
    if (!done) return undefined;
    if (done.reason !== null) run.appendOutput(forOutput(`The run ended early: ${done.reason}`));
    for (const { file, text } of done.state === 'cancelled' ? [] : done.snapshots) {
      const wanted = files.find(each => each.input.path === file);
      if (wanted) await writeSnapshots(wanted.uri, text);
      run.appendOutput(forOutput(`Snapshots of ${file} were written.`));
    }
    return done;
  } catch (error) {
    run.appendOutput(forOutput(error instanceof Error ? error.message : String(error)));
    for (const item of request.include ?? []) run.errored(item, new TestMessage(String(error)));
    throw error;
  } finally {
    run.end();
  }
}

/** The files of a request with their text of now; what is excluded is left out. */
async function wantedFiles({ items, discovery }: TestRunParts, request: TestRunRequest): Promise<WantedFile[]> {
  const wanted = new Map<string, { uri: Uri; caseIds: Set<string> | undefined }>();
  for (const item of request.include ?? items.all()) {
    const selection = items.selectionOf(item);
    if (!selection) continue;
    const key = selection.uri.toString();
    const before = wanted.get(key);
    const all = selection.caseIds === undefined || (before !== undefined && before.caseIds === undefined);
    const caseIds = all ? undefined : new Set([...(before?.caseIds ?? []), ...(selection.caseIds ?? [])]);
    wanted.set(key, { uri: selection.uri, caseIds });
  }
  const files: WantedFile[] = [];
  for (const { uri, caseIds } of wanted.values()) {
    const read = await discovery.read(uri);
    if (!read) continue;
    const { text, parsed } = read;
    const left = exclude(
      items,
      request,
      uri,
      caseIds,
      parsed.tests.flatMap(test => test.cases.map(({ id }) => id)),
    );
    const snapshots = await readSnapshots(uri);
    const input = {
      path: pathOf(uri),
      text,
      ...(snapshots === undefined ? {} : { snapshots }),
      ...(left === undefined ? {} : { only: [...left] }),
    };
    const cases = parsed.tests.reduce((sum, test) => sum + test.cases.length, 0);
    files.push({ uri, caseIds: left, input, servers: parsed.servers, environment: parsed.environment, cases });
  }
  return files;
}

function exclude(
  items: TestItems,
  { exclude: out = [] }: TestRunRequest,
  uri: Uri,
  caseIds: Set<string> | undefined,
  all: readonly string[],
): Set<string> | undefined {
  const excluded = new Set(
    out.flatMap(item => {
      const selection = items.selectionOf(item);
      if (selection?.uri.toString() !== uri.toString()) return [];
      return selection.caseIds ?? all;
    }),
  );
  if (excluded.size === 0) return caseIds;
  return new Set([...(caseIds ?? all)].filter(id => !excluded.has(id)));
}

/** Servers that do not run are started: whoever runs their tests wants that. What cannot be started fails its tests. */
async function startServers({ link }: TestRunParts, files: readonly WantedFile[], run: EditorRun): Promise<void> {
  for (const id of new Set(files.flatMap(file => file.servers))) {
    try {
      const { state } = await link.api.getServer({ params: { id } });
      if (!canStart(state)) continue;
      run.appendOutput(forOutput(`Starting ${id}…`));
      await link.api.startServer({ params: { id } });
    } catch (error) {
      if (!isProblemError(error)) throw error;
      run.appendOutput(forOutput(`${id} could not be started: ${error.message}`));
    }
  }
}

const pollMs = 1_000;
/** A run is read as a whole: the longer it is, the less often. */
const restMs = (results: number): number => Math.min(50 + results * 2, pollMs);

/** All files, in as many requests as that takes. Files too large for any are shown as such. */
async function runParts(
  parts: TestRunParts,
  run: EditorRun,
  files: readonly WantedFile[],
  token: CancellationToken,
  { snapshots, trace }: RunWish,
): Promise<TestRun | undefined> {
  const names = new Set(files.flatMap(file => file.environment));
  const environment = Object.fromEntries(
    [...names].flatMap(name => {
      const value = parts.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const casesIn = new Map(files.map(file => [file.input.path, file.cases]));
  const whole = { files: files.map(file => file.input), environment, snapshots, trace };
  const { parts: bodies, tooLarge } = toParts(whole, path => casesIn.get(path) ?? 0);
  for (const path of tooLarge) {
    const uri = files.find(each => each.input.path === path)?.uri;
    if (uri) run.errored(parts.items.file(uri), new TestMessage(tooLargeToSend(path)));
  }
  const show = createShow(parts.items, run, files, trace);
  const runs: TestRun[] = [];
  let failure: ProblemError | undefined;
  for (const body of bodies) {
    if (token.isCancellationRequested) break;
    try {
      runs.push(await follow(parts, body, token, show));
    } catch (error) {
      if (runs.length === 0 || !isProblemError(error)) throw error;
      failure = error;
      // What the parts before it have found stays as it is shown.
      const left = new Set(bodies.slice(runs.length).flatMap(each => each.files.map(({ path }) => path)));
      for (const { uri, input } of files)
        if (left.has(input.path)) run.errored(parts.items.file(uri), new TestMessage(error.message));
    }
    const state = runs.at(-1)?.state;
    if (failure || state === 'cancelled' || state === 'interrupted') break;
  }
  const [first, ...others] = runs;
  if (!first || bodies.length === 1) return first;
  const joined = joinRuns(
    first,
    others,
    whole.files.map(({ path }) => path),
  );
  return failure ? { ...joined, state: 'cancelled', reason: failure.message } : joined;
}

async function follow(
  parts: TestRunParts,
  body: NewTestRun,
  token: CancellationToken,
  show: (run: TestRun) => void,
): Promise<TestRun> {
  const { api, onEvent } = parts.link;
  const { id } = await api.startTestRun({ body });
  const cancel = () => void api.cancelTestRun({ params: { id } }).catch(() => {});
  const cancelled = token.onCancellationRequested(cancel);
  if (token.isCancellationRequested) cancel();
  let hasChanged = false;
  let wake = () => {};
  const events = onEvent(event => {
    if (event.type !== 'test-run.changed' || event.run.id !== id) return;
    hasChanged = true;
    wake();
  });
  const woken = () =>
    new Promise<void>(resolve => {
      wake = resolve;
    });
  try {
    for (;;) {
      hasChanged = false;
      const now = await api.getTestRun({ params: { id } });
      show(now);
      if (now.endedAt !== null) return now;
      await pause(restMs(now.results.length));
      if (!hasChanged) await Promise.race([pause(pollMs), woken()]);
    }
  } finally {
    events.dispose();
    cancelled.dispose();
  }
}

/** Shows each result once for each of its outcomes. */
function createShow(items: TestItems, run: EditorRun, files: readonly WantedFile[], trace: boolean) {
  const shown = new Map<string, string>();
  return ({ results, problems }: TestRun): void => {
    for (const result of results) {
      const uri = files.find(each => each.input.path === result.file)?.uri;
      const item = uri && items.findCase(uri, result.caseId);
      const key = JSON.stringify([result.file, result.caseId]);
      if (!uri || !item || shown.get(key) === result.outcome) continue;
      shown.set(key, result.outcome);
      showResult(run, item, uri, result, trace);
    }
    for (const { file, problems: found } of problems) {
      const uri = files.find(each => each.input.path === file)?.uri;
      if (!uri || shown.has(file)) continue;
      shown.set(file, 'problems');
      const messages = found.map(problem => {
        const message = new TestMessage(problem.message);
        message.location = new Location(uri, toRange(problem.range));
        return message;
      });
      run.errored(items.file(uri), messages);
    }
  };
}

function showResult(run: EditorRun, item: TestItem, uri: Uri, result: TestCaseResult, trace: boolean): void {
  const { outcome, durationMs, failures, reason, attempts, flaky } = result;
  if (outcome === 'waiting') run.enqueued(item);
  else if (outcome === 'running') run.started(item);
  else if (outcome === 'passed') run.passed(item, durationMs);
  else if (outcome === 'failed') {
    const messages = failures.map(failure => toMessage(failure, uri));
    if (failures.every(({ kind }) => kind === 'error')) run.errored(item, messages, durationMs);
    else run.failed(item, messages, durationMs);
  } else run.skipped(item);
  if (outcome === 'skipped' && reason)
    run.appendOutput(forOutput(`${result.label}: skipped. ${reason}`), undefined, item);
  if (flaky) run.appendOutput(forOutput(`${result.label}: passed at attempt ${attempts} only.`), undefined, item);
  if (outcome === 'waiting' || outcome === 'running' || !(trace || outcome === 'failed')) return;
  for (const entry of result.trace) {
    const detail = trace ? `\n${JSON.stringify(entry.detail, null, 2)}` : '';
    run.appendOutput(forOutput(`${traceLine(entry)}${detail}`), undefined, item);
  }
}

function toMessage(failure: TestFailure, uri: Uri): TestMessage {
  const { expected, actual, range } = failure;
  const text = failureText(failure);
  const message =
    expected !== null && actual !== null ? TestMessage.diff(text, expected, actual) : new TestMessage(text);
  message.location = new Location(uri, toRange(range));
  return message;
}
