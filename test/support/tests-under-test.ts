// The tests feature with real servers behind it, and a database in memory of the file system.
import { join } from 'node:path';
import { createTests } from '../../daemon/features/tests/create-tests.ts';
import { systemClock } from '../../daemon/platform/clock.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { CallGuard, FinishedCall, ToolCall } from '../../daemon/supervision/tool-call.ts';
import type { ApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { problem } from '../../shared/api/problem.ts';
import type { NewTestRun, TestRun } from '../../shared/api/tests.ts';
import { createHandlersApp } from './handlers-app.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import { endOfTestRun } from './test-runs.ts';
import { createUpstreams } from './upstream-of-program.ts';

type Options = Parameters<typeof createTests>[0];

export interface TestsUnderTest extends AsyncDisposable {
  api: ApiClient;
  tests: ReturnType<typeof createTests>;
  events: Extract<DaemonEvent, { type: 'test-run.changed' }>[];
  finished: FinishedCall[];
  /** Of resources and prompts: by whom, of which server. */
  reads: string[];
  /** Runs that are over, as sessions of their callers. */
  left: string[];
  failures: unknown[];
  gone: number;
  /** Whoever asks is not let in any more. */
  dismiss(): void;
  /** Starts a run and waits for its end. */
  run(files: NewTestRun['files'], more?: Partial<Omit<NewTestRun, 'files'>>): Promise<TestRun>;
  ended(id: string): Promise<TestRun>;
}

export interface TestsOptions extends Partial<Pick<Options, 'readCall' | 'savedCalls' | 'servers' | 'hideSecrets'>> {
  /** Server -> program. */
  scripts?: Record<string, string>;
  guard?: (call: ToolCall) => void;
}

export async function createTestsUnderTest(options: TestsOptions = {}): Promise<TestsUnderTest> {
  const scripts = options.scripts ?? { echo: 'echo' };
  const folder = await createTemporaryFolder('tests');
  const database = openDatabase(join(folder.path, 'quayside.db'));
  const upstreams = createUpstreams(scripts);
  const events: TestsUnderTest['events'] = [];
  const finished: FinishedCall[] = [];
  const reads: string[] = [];
  const left: string[] = [];
  const failures: unknown[] = [];
  const dismissal = new AbortController();
  const guard: CallGuard = { admit: call => void options.guard?.(call) };
  const tests = createTests({
    database,
    calls: {
      upstreams,
      guard,
      recorder: { finished: call => void finished.push(call) },
      onRead: (serverId, { id, sessionId }) => void reads.push(`${serverId} ${id} ${sessionId}`),
      onLeft: (callerId, sessionId) => void left.push(`${callerId} ${sessionId}`),
      clock: systemClock,
      version: '0',
    },
    hideSecrets: options.hideSecrets ?? (text => text),
    readCall: options.readCall ?? notHere,
    savedCalls: options.savedCalls ?? (async () => []),
    servers: options.servers ?? knownServers(scripts),
    lifelines: { until: (_principal, signal) => AbortSignal.any([signal, dismissal.signal]) },
    publish: event => void events.push(event),
    onFailure: error => void failures.push(error),
  });
  const { api } = createHandlersApp(tests.handlers);
  const ended = (id: string) => endOfTestRun(api, id);
  return {
    ...{ api, tests, events, finished, reads, left, failures, ended },
    dismiss: () => dismissal.abort(),
    get gone() {
      return upstreams.gone.length;
    },
    async run(files, more = {}) {
      const { id } = await api.startTestRun({ body: { files, ...more } });
      return await ended(id);
    },
    async [Symbol.asyncDispose]() {
      await tests.close();
      await upstreams[Symbol.asyncDispose]();
      database.close();
      await folder.remove();
    },
  };
}

const notHere = () => Promise.reject(new Error('not in this test'));
const knownServers = (scripts: Record<string, string>): Options['servers'] => ({
  server(id) {
    if (!Object.hasOwn(scripts, id)) throw problem('SERVER_001', { detail: `No server is called "${id}".`, next: '' });
    return {} as never;
  },
  exists: id => Object.hasOwn(scripts, id),
  start: notHere,
  stop: notHere,
  remove: notHere,
  install: notHere,
  operation: () => {
    throw new Error('not in this test');
  },
  cancelOperation: notHere,
});
