// Test files in parts, against an API that is written here: one that fails or is interrupted between two parts.
import assert from 'node:assert/strict';
import type { CommandContext } from '../../../daemon/cli/command-context.ts';
import { toJUnit } from '../../../daemon/cli/tests/junit.ts';
import { runParts } from '../../../daemon/cli/tests/run-parts.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { NewTestRun, TestRun } from '../../../shared/api/tests.ts';

const partOf = (path: string): NewTestRun => ({
  ...{ files: [{ path, text: '' }], environment: {}, snapshots: 'new', trace: false },
});
const runOf = (path: string, state: TestRun['state'] = 'passed'): TestRun =>
  ({
    ...{ id: `run of ${path}`, state, reason: null, files: [path], servers: [], caller: 'owner', durationMs: 1 },
    ...{ startedAt: '2026-03-01T10:00:00.000Z', endedAt: '2026-03-01T10:00:01.000Z' },
    counts: { total: 1, passed: state === 'passed' ? 1 : 0, failed: 0, skipped: 0, cancelled: 0 },
    ...{
      results: [
        { file: path, caseId: 'one', label: 'one', serverId: null, outcome: state, durationMs: 1, failures: [] },
      ],
      problems: [],
      snapshots: [],
    },
  }) as unknown as TestRun;

/** `onStart` may fail, or press Ctrl-C. */
function createWorld(onStart: (path: string, press: () => void) => void, onRead = onStart) {
  const abort = new AbortController();
  let handler: (() => void) | undefined;
  const cancelled: string[] = [];
  const press = () => (handler ? handler() : abort.abort(new Error('interrupted')));
  const context = {
    output: { progress() {}, notice() {} },
    signal: abort.signal,
    interrupt: {
      signal: abort.signal,
      handle(onInterrupt: () => void) {
        handler = onInterrupt;
        return () => {
          handler = undefined;
        };
      },
    },
  } as unknown as CommandContext;
  const pathIn = (id: string) => id.replace('run of ', '');
  const api = {
    async startTestRun({ body }: { body: NewTestRun }, { signal }: { signal: AbortSignal }) {
      const path = body.files[0]?.path ?? '';
      onStart(path, press);
      signal.throwIfAborted();
      return runOf(path, 'running');
    },
    async getTestRun({ params }: { params: { id: string } }) {
      onRead(pathIn(params.id), press);
      return runOf(pathIn(params.id));
    },
    async cancelTestRun({ params }: { params: { id: string } }) {
      cancelled.push(params.id);
      return runOf(pathIn(params.id), 'cancelled');
    },
    followEvents: async () => {},
  } as unknown as ApiClient;
  return { run: () => runParts(context, api, ['a', 'b', 'c'].map(partOf)), cancelled };
}

describe('test files in parts, at the command line', () => {
  it('are told as far as they came when a later part cannot be run', async () => {
    const done = await createWorld(path => {
      if (path === 'b') throw problem('REQUEST_005', { detail: 'Too many test runs wait already.', next: 'Wait.' });
    }).run();
    assert.deepEqual(
      done?.run.results.map(({ file }) => file),
      ['a'],
    );
    assert.deepEqual([done?.run.state, done?.left, done?.failure?.code], ['cancelled', 2, 'REQUEST_005']);
    const report = toJUnit(done?.run ?? assert.fail());
    assert.match(report, /^<testsuites name="quayside" tests="3" failures="0" errors="2"/m);
    assert.match(
      report,
      /<testsuite name="c" .*errors="1".*>\n.*\n.*It was not run\. .*Too many test runs wait already\./,
    );
  });

  it('fail as one request does when the first part cannot be run', async () => {
    const world = createWorld(() => {
      throw problem('REQUEST_005', { detail: 'Too many test runs wait already.', next: 'Wait.' });
    });
    await assert.rejects(world.run(), { code: 'REQUEST_005' });
  });

  it('are no run that passed when Ctrl-C comes as a part ends', async () => {
    const done = await createWorld(
      () => {},
      (_, press) => press(),
    ).run();
    assert.deepEqual([done?.interrupted, done?.run.state, done?.left], [true, 'cancelled', 2]);
  });

  it('are cancelled by Ctrl-C while a later part is handed over, and what was found is told', async () => {
    const world = createWorld(
      (path, press) => {
        if (path === 'b') press();
      },
      () => {},
    );
    const done = await world.run();
    assert.deepEqual([done?.interrupted, done?.run.state, done?.left], [true, 'cancelled', 1]);
    assert.deepEqual(world.cancelled, ['run of b']);
    assert.deepEqual(
      done?.run.results.map(({ file }) => file),
      ['a', 'b'],
    );
  });
});
