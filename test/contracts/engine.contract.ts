// What every engine promises to the features, as one suite that runs on each of them.
import assert from 'node:assert/strict';
import type {
  Engine,
  Installed,
  InstallProgress,
  InstallRequest,
  LaunchPlan,
  PackageInstall,
  ServerToRun,
} from '../../daemon/engines/engine.ts';
import { CatalogEntry } from '../../shared/api/catalog.ts';
import { EngineStatus } from '../../shared/api/daemon.ts';
import { isProblemError, type ProblemCode } from '../../shared/api/problem.ts';
import type { ServerSource } from '../../shared/api/servers.ts';

export interface EngineUnderTest {
  engine: Engine;
  /** The install of something good under this id, and what it becomes. */
  good(serverId: string): { request: InstallRequest; source: ServerSource };
  /** The install of what does not exist, and how that is refused. */
  absent(serverId: string): { request: InstallRequest; code: ProblemCode };
  /** An install that does not end by itself. */
  neverEnding(serverId: string): InstallRequest;
  /** Whether the engine has a server's files, or has it in a profile. */
  has(serverId: string): Promise<boolean>;
  /** How a server of it is run. */
  planKind: LaunchPlan['kind'];
  close(): Promise<void>;
}

/** An engine for packages: what it is good for can be told by name. */
export interface PackageEngineUnderTest {
  engine: Engine;
  /** A package that can be installed and run. */
  good: { package: string; version: string; integrity: string };
  /** From now on the installation of this package does not end by itself. */
  neverEnding(): string;
  close(): Promise<void>;
}

const absentPackage = '@quayside-test/there-is-no-such-package';

const request = (serverId: string, more: Partial<PackageInstall> & { package: string }): PackageInstall => ({
  kind: 'package',
  serverId,
  version: 'latest',
  integrity: undefined,
  allowScripts: false,
  ...more,
});

/** A server with a source and an otherwise empty configuration. */
export const serverToRun = (
  id: string,
  source: ServerSource,
  configuration: Partial<ServerToRun['configuration']> = {},
): ServerToRun => ({
  id,
  source,
  configuration: {
    id: `${id}-configuration`,
    serverId: id,
    arguments: [],
    environment: {},
    workingDirectory: null,
    restart: 'on-failure',
    session: 'shared',
    disabledTools: [],
    settings: {},
    limits: { startSeconds: 30, callSeconds: 120, messageBytes: 10_485_760, concurrentCalls: 32, waitingCalls: 256 },
    network: { inheritProxy: true, headers: {} },
    secretReferences: [],
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...configuration,
  },
});

/** Asserts that the promise rejects with a problem of this code, and answers the problem. */
export async function rejectsWith(code: ProblemCode, promise: Promise<unknown>) {
  const error = await promise.then(
    () => assert.fail(`${code} was expected, and it succeeded`),
    (reason: unknown) => reason,
  );
  if (!isProblemError(error)) throw error;
  assert.equal(error.code, code, error.problem.detail);
  assert.match(error.problem.detail, /^\S.{10,}/, 'a problem says why');
  return error.problem;
}

const stdio = (plan: LaunchPlan) => (plan.kind === 'stdio' ? plan : assert.fail('a plan for a child was expected'));

async function hasFiles(engine: Engine, id: string, source: ServerSource): Promise<boolean> {
  try {
    await engine.plan(serverToRun(id, source));
    return true;
  } catch (error) {
    if (isProblemError(error) && error.code === 'SERVER_004') return false;
    throw error;
  }
}

const inProfileOf = (installed: Installed) => (installed.inProfile ? { inProfile: installed.inProfile } : {});

/** What every engine promises, whatever it installs. */
export function describeEngineContract(name: string, make: () => Promise<EngineUnderTest>): void {
  describe(`the contract of an engine, kept by ${name}`, () => {
    let subject: EngineUnderTest;
    let steps: InstallProgress[];

    beforeEach(async () => {
      subject = await make();
      steps = [];
    });
    afterEach(() => subject.close());

    const run = (wanted: InstallRequest, signal = new AbortController().signal) =>
      subject.engine.install(wanted, { onProgress: step => steps.push(step), signal });
    const install = (serverId = 'one') => run(subject.good(serverId).request);
    const remove = (id: string, installed?: Installed) =>
      subject.engine.remove({ id, ...(installed ? inProfileOf(installed) : {}) });

    it('tells whether it can be used', async () => {
      const status = EngineStatus.parse(await subject.engine.probe());
      assert.equal(status.kind, subject.engine.kind);
      assert.equal(status.reason, null);
      assert.equal(status.available, true);
    });

    it('offers entries that are valid, pinned and named once', async () => {
      const offers = await subject.engine.catalog();
      for (const offer of offers) CatalogEntry.parse({ ...offer, installed: [] });
      assert.ok(offers.length > 0);
      assert.equal(new Set(offers.map(({ id }) => id)).size, offers.length);
      assert.deepEqual(JSON.parse(JSON.stringify(offers)), offers, 'offers are plain JSON');
    });

    it('installs, says what it has installed, and tells how to run it', async () => {
      const installed = await install();
      assert.deepEqual(installed.source, subject.good('one').source);
      assert.equal(await subject.has('one'), true);
      const server = { ...serverToRun('one', installed.source), ...inProfileOf(installed) };
      assert.equal((await subject.engine.plan(server)).kind, subject.planKind);
    });

    it('tells of its progress in sentences, and never goes back', async () => {
      await install();
      const fractions = steps.flatMap(({ progress }) => (progress === null ? [] : [progress]));
      assert.deepEqual(
        fractions,
        [...fractions].sort((a, b) => a - b),
      );
      assert.equal(fractions.at(-1), 1);
      assert.ok(fractions.every(fraction => fraction >= 0 && fraction <= 1));
      assert.ok(steps.every(({ step }) => /^[A-Z]/.test(step)));
    });

    it('refuses what does not exist and leaves nothing of it', async () => {
      const { request: wanted, code } = subject.absent('one');
      await rejectsWith(code, run(wanted));
      assert.equal(await subject.has('one'), false);
    });

    it('stops when it is cancelled and leaves nothing', async () => {
      const controller = new AbortController();
      const running = run(subject.neverEnding('one'), controller.signal);
      setTimeout(() => controller.abort(), 300);
      const started = Date.now();
      await rejectsWith('INSTALL_007', running);
      assert.ok(Date.now() - started < 15_000);
      assert.equal(await subject.has('one'), false);
    });

    it('does not begin what is cancelled already', async () => {
      await rejectsWith('INSTALL_007', run(subject.good('one').request, AbortSignal.abort()));
      assert.equal(await subject.has('one'), false);
    });

    it('keeps an install when another of the same server fails', async () => {
      await install();
      const { request: wanted, code } = subject.absent('one');
      await rejectsWith(code, run(wanted));
      assert.equal(await subject.has('one'), true);
    });

    it('removes a server, and does not mind if there is none', async () => {
      const installed = await install();
      await remove('one', installed);
      assert.equal(await subject.has('one'), false);
      await remove('one', installed);
      await remove('never-installed');
    });

    it('tidies away nothing that is known', async () => {
      await install();
      await install('two');
      await subject.engine.tidy(new Set(['one', 'two']));
      assert.deepEqual([await subject.has('one'), await subject.has('two')], [true, true]);
    });
  });
}

/** What engines for packages promise beyond that: exact versions, files of their own, commands and remote servers. */
export function describePackageEngineContract(name: string, make: () => Promise<PackageEngineUnderTest>): void {
  describeEngineContract(name, async () => {
    const subject = await make();
    const { engine, good } = subject;
    const source = { type: 'npm', ...good } as const;
    return {
      engine,
      good: serverId => ({ request: request(serverId, { package: good.package }), source }),
      absent: serverId => ({ request: request(serverId, { package: absentPackage }), code: 'INSTALL_001' }),
      neverEnding: serverId => request(serverId, { package: subject.neverEnding() }),
      has: id => hasFiles(engine, id, source),
      planKind: 'stdio',
      close: subject.close,
    };
  });

  describe(`the contract of an engine for packages, kept by ${name}`, () => {
    let subject: PackageEngineUnderTest;

    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.close());

    const install = (more: Partial<PackageInstall> = {}) =>
      subject.engine.install(request(more.serverId ?? 'one', { package: subject.good.package, ...more }), {
        onProgress: () => {},
        signal: new AbortController().signal,
      });

    it('hands the arguments of the configuration to what it installed', async () => {
      const { source } = await install();
      const plan = stdio(await subject.engine.plan(serverToRun('one', source, { arguments: ['--flag'] })));
      assert.ok(plan.command.startsWith('/'), plan.command);
      assert.equal(plan.args.at(-1), '--flag');
    });

    it('refuses a version that does not exist', async () => {
      await rejectsWith('INSTALL_001', install({ version: '99.99.99' }));
    });

    it('refuses a package that is not the pinned one', async () => {
      const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
      await rejectsWith('INSTALL_002', install({ integrity }));
    });

    it('tidies away what nobody knows and keeps the rest', async () => {
      const { source } = await install();
      await install({ serverId: 'two' });
      await subject.engine.tidy(new Set(['one']));
      await subject.engine.plan(serverToRun('one', source));
      await rejectsWith('SERVER_004', subject.engine.plan(serverToRun('two', source)));
    });

    it('runs a command by its absolute path, and finds it on PATH', async () => {
      const plan = stdio(
        await subject.engine.plan(
          serverToRun('sh', { type: 'command', command: 'sh' }, { arguments: ['-c', 'exit 0'] }),
        ),
      );
      assert.match(plan.command, /^\/.*\/sh$/);
      assert.deepEqual(plan.args, ['-c', 'exit 0']);
      const again = stdio(await subject.engine.plan(serverToRun('sh', { type: 'command', command: plan.command })));
      assert.equal(again.command, plan.command);
    });

    it('refuses a command that does not exist', async () => {
      const source = { type: 'command', command: 'quayside-there-is-no-such-program' } as const;
      await rejectsWith('SERVER_004', subject.engine.plan(serverToRun('none', source)));
    });

    it('hands a child the variables of its configuration', async () => {
      const server = serverToRun('sh', { type: 'command', command: 'sh' }, { environment: { GREETING: 'hello' } });
      assert.equal(stdio(await subject.engine.plan(server)).environment['GREETING'], 'hello');
    });

    it('sends a remote server the headers of its configuration', async () => {
      const url = 'https://example.test/mcp';
      const headers = { 'X-Key': 'value' };
      const server = serverToRun('far', { type: 'remote', url }, { network: { inheritProxy: true, headers } });
      assert.deepEqual(await subject.engine.plan(server), { kind: 'http', url, headers });
    });
  });
}
