import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { limits } from '../../../shared/domain/limits.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, isAlive, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

describe('a supervised server', () => {
  let supervised: Supervised;
  beforeEach(() => {
    supervised = createSupervised();
  });
  afterEach(() => supervised.supervisor.close());

  const start = (
    script: string,
    args: string[] = [],
    policy = launchPolicy(),
    environment: Record<string, string> = {},
  ) => supervised.supervisor.start('one', planScript(script, args, environment), policy);
  const health = () => supervised.supervisor.health('one');

  it('runs when it has been initialised, and tells what it is', async () => {
    await start('echo');
    const { state, pid, serverVersion, protocolVersion, instructions, startedAt, problem } = health();
    assert.deepEqual([state, serverVersion, protocolVersion, problem], ['running', '1.2.3', '2025-11-25', null]);
    assert.equal(instructions, 'Says what you say.');
    assert.ok(pid && (await isAlive(pid)) && startedAt);
    assert.deepEqual(supervised.states('one'), ['starting', 'running']);
    assert.deepEqual(supervised.toolsChanged, ['one']);
  });

  it('is gone after a stop, and can be started again', async () => {
    await start('echo');
    const { pid } = health();
    await supervised.supervisor.stop('one');
    assert.equal(await isAlive(pid ?? 0), false);
    assert.deepEqual([health().state, health().pid], ['stopped', null]);
    await start('echo');
    assert.equal(health().state, 'running');
  });

  it('is started once, however many ask at the same time', async () => {
    let plans = 0;
    const plan = async () => {
      plans += 1;
      return await planScript('echo')();
    };
    const all = [1, 2, 3].map(() => supervised.supervisor.start('one', plan, launchPolicy()));
    await Promise.all(all);
    await supervised.supervisor.start('one', plan, launchPolicy());
    assert.equal(plans, 1);
  });

  it('starts a server that ends at what it does not know once more, without asking', async () => {
    await start('strict');
    assert.deepEqual([health().state, health().protocolVersion, health().restarts], ['running', '2025-11-25', 0]);
  });

  it('speaks with servers of older revisions of the protocol', async () => {
    for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18']) {
      await start('old-protocol', [revision]);
      assert.equal(health().protocolVersion, revision);
      assert.equal((await supervised.supervisor.session('one').listTools({ timeoutSeconds: 5 })).length, 1);
      await supervised.supervisor.stop('one');
    }
  });

  it('refuses a revision that nobody knows', async () => {
    await rejectsWith('SERVER_007', start('old-protocol', ['1999-01-01']));
    assert.equal(health().state, 'failed');
  });

  it('that exits at once fails with its exit code and its last words', async () => {
    const problem = await rejectsWith(
      'SERVER_006',
      start('exits-at-once', ['3', 'The file settings.json is missing.']),
    );
    assert.match(problem.detail, /exit code 3/);
    assert.match(problem.detail, /The file settings\.json is missing\./);
    assert.deepEqual([health().state, health().problem?.code], ['failed', 'SERVER_006']);
    assert.deepEqual(supervised.supervisor.output('one'), ['The file settings.json is missing.']);
  });

  it('that exits at once shows no secret in its last words', async () => {
    const secrets = { API_TOKEN: 'canary-token-1', DATABASE: 'canary-word-2' };
    const promise = start('exits-at-once', ['1', 'bad: canary-token-1 and canary-word-2'], launchPolicy(), secrets);
    const problem = await rejectsWith('SERVER_006', promise);
    assert.doesNotMatch(
      JSON.stringify([problem, health(), supervised.batches, supervised.supervisor.output('one')]),
      /canary/,
    );
  });

  it('that never answers is ended at the time limit', async () => {
    const problem = await rejectsWith('SERVER_005', start('never-answers', [], launchPolicy({ startSeconds: 1 })));
    assert.match(problem.detail, /within 1 second\b/);
    assert.equal(await isAlive(supervised.health.find(({ health: { pid } }) => pid)?.health.pid ?? 0), false);
  });

  it('that prints only garbage is told from one that is silent', async () => {
    const problem = await rejectsWith('SERVER_007', start('garbage', [], launchPolicy({ startSeconds: 1 })));
    assert.match(problem.detail, /not MCP/);
    assert.ok(supervised.supervisor.output('one').includes('Welcome to my server!'));
    assert.ok(supervised.supervisor.output('one').includes('red'), 'without its colours');
  });

  it('that prints garbage between messages works', async () => {
    await start('noisy');
    const result = await supervised.supervisor
      .session('one')
      .callTool('echo', { message: 'hi' }, { timeoutSeconds: 5 });
    assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: hi' }]);
    assert.ok(supervised.supervisor.output('one').includes('DEBUG called with hi'));
  });

  it('that floods its error output is neither held up nor remembered in full', async () => {
    await start('stderr-flood', ['20']);
    const session = supervised.supervisor.session('one');
    for (let i = 0; i < 5; i++) {
      await session.callTool('echo', { message: 'x' }, { timeoutSeconds: 10 });
      await wait(100);
    }
    const batches = supervised.batches.map(({ at }) => at);
    const seconds = Math.max(0.3, ((batches.at(-1) ?? 0) - (batches[0] ?? 0)) / 1_000);
    assert.ok(batches.length / seconds <= 12, `${batches.length} batches in ${seconds} s`);
    assert.ok(supervised.batches.every(({ lines }) => lines.length <= limits.outputLines + 1));
    assert.ok(supervised.supervisor.output('one').length <= limits.outputLines);
    assert.ok(supervised.batches.some(({ lines }) => lines.some(line => line.includes('left out'))));
    assert.ok(supervised.batches.every(({ lines }) => lines.every(line => line.length <= limits.outputLine)));
  });

  it('that cannot be spawned says why in plain words', async () => {
    const stdio = { kind: 'stdio', args: [], environment: {}, workingDirectory: '/' } as const;
    const spawn = (command: string) =>
      supervised.supervisor.start('one', async () => ({ ...stdio, args: [], command }), launchPolicy());
    assert.match((await rejectsWith('SERVER_004', spawn('/no/such/program'))).detail, /does not exist \(ENOENT\)/);
    const file = fileURLToPath(import.meta.url);
    assert.match((await rejectsWith('SERVER_004', spawn(file))).detail, /may not run it \(EACCES\)/);
    assert.equal(health().state, 'failed');
  });

  it('that cannot be spawned shows no value of its environment', async () => {
    const plan = planScript('echo', [], { TOKEN: 'canary\0canary' });
    const problem = await rejectsWith('SERVER_004', supervised.supervisor.start('one', plan, launchPolicy()));
    assert.match(problem.detail, /holds a null character/);
    assert.doesNotMatch(problem.detail, /canary/);
  });

  it('whose plan fails, fails with the same problem', async () => {
    const plan = async () => {
      throw new Error('canary');
    };
    const problem = await rejectsWith('SERVER_004', supervised.supervisor.start('one', plan, launchPolicy()));
    assert.doesNotMatch(problem.detail, /canary/, 'what is not a problem is not shown');
  });

  it('rejects with the signal’s reason when its start is aborted, and is stopped', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const starting = supervised.supervisor.start('one', planScript('never-answers'), launchPolicy(), controller.signal);
    await until(() => health().pid);
    const { pid } = health();
    controller.abort(reason);
    await assert.rejects(starting, error => error === reason);
    assert.equal(health().state, 'stopped');
    assert.equal(await isAlive(pid ?? 0), false);
  });

  it('can be stopped while it starts', async () => {
    const starting = start('never-answers');
    await until(() => health().pid);
    const [problem] = await Promise.all([rejectsWith('SERVER_003', starting), supervised.supervisor.stop('one')]);
    assert.match(problem.detail, /stopped while it was being started/);
    assert.deepEqual(supervised.states('one'), ['starting', 'stopping', 'stopped']);
  });

  it('has no session unless it runs', async () => {
    assert.throws(() => supervised.supervisor.session('one'), { code: 'SERVER_003' });
    await start('echo');
    const session = supervised.supervisor.session('one');
    await supervised.supervisor.stop('one');
    assert.throws(() => supervised.supervisor.session('one'), { code: 'SERVER_003' });
    await rejectsWith('SERVER_003', session.ping({ timeoutSeconds: 5 }));
  });

  it('is not started any more once the supervisor closes', async () => {
    await start('echo');
    const { pid } = health();
    await supervised.supervisor.close();
    assert.equal(await isAlive(pid ?? 0), false);
    await rejectsWith('DAEMON_003', start('echo'));
  });

  it('that was forgotten is gone before a new one of its name starts, and tells nothing any more', async () => {
    await start('grandchildren');
    const { pid } = health();
    supervised.supervisor.forget('one');
    const told = supervised.health.length;
    await start('echo');
    assert.ok(pid && !(await isAlive(pid)));
    assert.equal(health().state, 'running');
    const after = supervised.health.slice(told).map(({ health: { state } }) => state);
    assert.deepEqual([...new Set(after)], ['starting', 'running']);
  });

  it('that is asked to start while it stops is not started once the supervisor closes', async () => {
    await start('grandchildren');
    const { supervisor } = supervised;
    const stopped = supervisor.stop('one');
    const refused = rejectsWith('DAEMON_003', start('echo'));
    await Promise.all([stopped, supervisor.close(), refused]);
    assert.equal(health().state, 'stopped');
  });

  it('can be stopped while its plan is waited for', async () => {
    const never = new Promise<never>(() => {});
    const starting = supervised.supervisor.start('one', () => never, launchPolicy());
    await Promise.all([rejectsWith('SERVER_003', starting), supervised.supervisor.stop('one')]);
    assert.equal(health().state, 'stopped');
  });

  it('is forgotten with its output and its state', async () => {
    await rejectsWith('SERVER_006', start('exits-at-once'));
    supervised.supervisor.forget('one');
    assert.equal(health().state, 'stopped');
    assert.deepEqual(supervised.supervisor.output('one'), []);
  });
});
