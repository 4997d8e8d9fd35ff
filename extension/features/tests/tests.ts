// Test files of MCP servers in the Test Explorer: found, run, run with a trace, run again on change, snapshots updated.
import {
  type CancellationToken,
  CancellationTokenSource,
  Disposable,
  tests as editorTests,
  type TestController,
  TestRunProfileKind,
  type TestRunRequest,
  type Uri,
  workspace,
} from 'vscode';
import type { TestRun } from '../../../shared/api/tests.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { runContinuously } from './continuous-run.ts';
import { createTestDiscovery, pathOf } from './test-discovery.ts';
import { createTestItems } from './test-items.ts';
import { type RunWish, runTests } from './test-run.ts';
import { registerTestCommands } from './tests.commands.ts';
import { createTraceDocuments } from './trace-documents.ts';

export interface TestsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  report: ReportProblem;
  log: (message: string) => void;
}

export interface TestsFeature extends Disposable {
  readonly controller: TestController;
  /** Finds all files and reads their tests. */
  refresh(): Promise<void>;
  /** Runs as the Test Explorer does; resolves with the results. */
  run(request: TestRunRequest, wish?: Partial<RunWish>): Promise<TestRun | undefined>;
}

const usual: RunWish = { snapshots: 'new', trace: false };

export function registerTests({ link, mirror, register, report, log }: TestsOptions): TestsFeature {
  const controller = editorTests.createTestController('quayside.tests', 'MCP servers (Quayside)');
  const items = createTestItems(controller, pathOf);
  const discovery = createTestDiscovery(link, items, log);
  const traces = createTraceDocuments();
  const environment = process.env;

  const runOnce = async (request: TestRunRequest, token: CancellationToken, wish: RunWish) => {
    if (!workspace.isTrusted) throw new HostProblem('restricted');
    const done = await runTests({ controller, link, items, discovery, environment }, request, token, wish);
    if (done && wish.trace) await traces.show(done);
    return done;
  };
  const addProfile = (
    label: string,
    kind: TestRunProfileKind,
    wish: RunWish,
    isDefault: boolean,
    continuous: boolean,
  ) =>
    controller.createRunProfile(
      label,
      kind,
      async (request, token) => {
        const run = (again: TestRunRequest, until: CancellationToken) => runOnce(again, until, wish);
        if (request.continuous) runContinuously({ link, items, discovery, report, run }, request, token);
        else await runOnce(request, token, wish).catch(error => report(error));
      },
      isDefault,
      undefined,
      continuous,
    );
  addProfile('Run', TestRunProfileKind.Run, usual, true, true);
  addProfile('Run with Trace', TestRunProfileKind.Debug, { ...usual, trace: true }, true, false);
  addProfile('Run and Update Snapshots', TestRunProfileKind.Run, { ...usual, snapshots: 'update' }, false, false);

  const readAll = async () => {
    await discovery.findAll();
    const found: Uri[] = [];
    for (const [, item] of controller.items) if (item.uri) found.push(item.uri);
    for (const uri of found) await discovery.read(uri);
  };
  // Files are listed without the daemon; it is asked when somebody opens one.
  controller.resolveHandler = async item => {
    if (!item) await discovery.findAll();
    else if (item.uri && workspace.isTrusted) await discovery.read(item.uri).catch(error => report(error));
    else if (item.parent === undefined) item.error = new HostProblem('restricted').message;
  };
  controller.refreshHandler = () => readAll().catch(error => report(error));

  return Object.assign(
    Disposable.from(controller, discovery, traces, registerTestCommands({ link, mirror, register })),
    {
      controller,
      refresh: readAll,
      async run(request: TestRunRequest, wish: Partial<RunWish> = {}) {
        const source = new CancellationTokenSource();
        try {
          return await runOnce(request, source.token, { ...usual, ...wish });
        } finally {
          source.dispose();
        }
      },
    },
  );
}
