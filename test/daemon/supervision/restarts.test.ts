import assert from 'node:assert/strict';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

describe('a server that ends by itself', () => {
  let supervised: Supervised;
  beforeEach(() => {
    supervised = createSupervised();
  });
  afterEach(() => supervised.supervisor.close());

  const health = () => supervised.supervisor.health('one');
  const crash = () => supervised.supervisor.session('one').callTool('echo', { message: 'x' }, { timeoutSeconds: 5 });

  it('is restarted after a failure, and works again', async () => {
    await supervised.supervisor.start('one', planScript('crashes', ['2']), launchPolicy({ restart: 'on-failure' }));
    await crash();
    await rejectsWith('SERVER_003', crash());
    await until(() => health().state === 'running' && health().restarts === 1);
    assert.deepEqual(supervised.states('one'), ['starting', 'running', 'restarting', 'starting', 'running']);
    const waiting = supervised.health.find(entry => entry.health.state === 'restarting')?.health;
    assert.match(waiting?.problem?.detail ?? '', /exit code 7.*Something is broken inside\./);
    assert.ok(waiting?.nextTryAt);
    assert.deepEqual((await crash()).content, [{ type: 'text', text: 'Echo: x' }]);
  });

  it('fails and stays so if it may never be restarted', async () => {
    await supervised.supervisor.start('one', planScript('crashes', ['1']), launchPolicy({ restart: 'never' }));
    await rejectsWith('SERVER_003', crash());
    await until(() => health().state === 'failed');
    assert.match(health().problem?.detail ?? '', /It ended by itself with exit code 7/);
  });

  it('is in a crash loop at the fifth end within a minute, and waits for a person', async () => {
    await supervised.supervisor.start('one', planScript('crashes', ['0']), launchPolicy({ restart: 'on-failure' }));
    await until(() => health().state === 'crash-looping');
    assert.equal(health().problem?.code, 'SERVER_008');
    assert.match(health().problem?.detail ?? '', /ended 5 times within 60 seconds.*exit code 7/);
    assert.equal(health().restarts, 4);
    assert.equal(health().nextTryAt, null);
    await supervised.supervisor.start('one', planScript('echo'), launchPolicy());
    assert.deepEqual([health().state, health().restarts, health().problem], ['running', 0, null]);
  });

  it('is not restarted once it was stopped meanwhile', async () => {
    const slow = createSupervised({
      restartTimes: { firstDelay: 300, longestDelay: 300, ends: 5, window: 60_000, stableAfter: 60_000 },
    });
    await slow.supervisor.start('one', planScript('crashes', ['0']), launchPolicy({ restart: 'always' }));
    await until(() => slow.supervisor.health('one').state === 'restarting');
    await slow.supervisor.stop('one');
    assert.equal(slow.supervisor.health('one').nextTryAt, null);
    await new Promise(resolve => setTimeout(resolve, 500));
    assert.deepEqual(slow.states('one'), ['starting', 'running', 'restarting', 'stopped']);
    await slow.supervisor.close();
  });

  it('reads its plan again for each restart, and fails for good if that cannot be had', async () => {
    let plans = 0;
    const plan = async () => {
      plans += 1;
      const found = await planScript('crashes', ['0'])();
      return plans === 1 || found.kind !== 'stdio' ? found : { ...found, command: '/no/such/program' };
    };
    await supervised.supervisor.start('one', plan, launchPolicy({ restart: 'on-failure' }));
    await until(() => health().state === 'failed');
    assert.deepEqual([plans, health().problem?.code], [2, 'SERVER_004']);
  });

  it('is at rest with a reason if it ended without a failure', async () => {
    const plan = async () => ({
      kind: 'stdio' as const,
      command: process.execPath,
      args: [
        '-e',
        `import(${JSON.stringify(new URL('../../support/mcp-servers/echo.mjs', import.meta.url).href)}); setTimeout(() => process.exit(0), 400)`,
      ],
      environment: {},
      workingDirectory: '/',
    });
    await supervised.supervisor.start('one', plan, launchPolicy({ restart: 'on-failure' }));
    await until(() => health().state === 'stopped');
    assert.match(health().problem?.detail ?? '', /exit code 0/);
  });
});
