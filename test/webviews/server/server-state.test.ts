import assert from 'node:assert/strict';
import type { App } from '../../../webviews/kit/app.ts';
import type { Host } from '../../../webviews/kit/host.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { createServerState, type ServerState } from '../../../webviews/server/server.state.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('a server’s page', () => {
  let daemon: InProcessDaemon;
  let app: App;
  let state: ServerState;
  const stateNow = () => state.server.value.value?.state;
  const toolStates = () => state.tools.value.value?.map(({ name, enabled }) => `${name} ${enabled ? 'on' : 'off'}`);

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    app = { api: daemon.api, live: createLive(daemon.api), host: {} as Host };
    await addTestServer(daemon.api, 'mine');
    app.live.start();
    await until(() => app.live.connection.value === 'live' && app.live.servers.value.value);
    state = createServerState(app, 'mine');
    await until(() => state.server.value.value);
  });
  afterEach(async () => {
    state.close();
    app.live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('starts and stops the server, and reads its tools when it runs', async () => {
    assert.deepEqual(state.tools.value.value ?? [], []);
    state.start();
    await until(() => stateNow() === 'running' && toolStates()?.includes('echo on'));
    state.stop();
    await until(() => stateNow() === 'stopped');
  });

  it('follows what others do to the server', async () => {
    await daemon.api.startServer({ params: { id: 'mine' } });
    await until(() => stateNow() === 'running');
    await daemon.api.updateServer({ params: { id: 'mine' }, body: { configuration: { restart: 'always' } } });
    await until(() => state.server.value.value?.configuration.restart === 'always');
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    await until(() => state.removed.value);
  });

  it('hears quick switches of several tools one after the other', async () => {
    state.start();
    await until(() => toolStates()?.includes('add on'));
    state.switchTools(['echo'], false);
    state.switchTools(['add'], false);
    await until(() => toolStates()?.includes('echo off') && toolStates()?.includes('add off'));
    const { items } = await daemon.api.listServerTools({ params: { id: 'mine' } });
    assert.deepEqual(
      items
        .filter(({ enabled }) => !enabled)
        .map(({ name }) => name)
        .sort(),
      ['add', 'echo'],
    );
  });

  it('tests the server and shows each step', async () => {
    state.runTest();
    const result = await until(() => state.test.value);
    assert.equal(result.ok, true);
    assert.deepEqual(
      result.steps.map(({ name }) => name),
      ['start', 'initialize', 'ping', 'list-tools'],
    );
  });

  it('saves a configuration, and says at which field it was refused', async () => {
    assert.equal(await state.save({ environment: { A: '1' } }), true);
    assert.deepEqual(state.server.value.value?.configuration.environment, { A: '1' });
    assert.equal(await state.save({ limits: { callSeconds: 0 } }), false);
    assert.match(state.saving.problem.value?.errors?.[0]?.path ?? '', /configuration\/limits\/callSeconds$/);
    assert.deepEqual(state.server.value.value?.configuration.environment, { A: '1' });
  });

  it('shows why a start failed, and takes the next try', async () => {
    await daemon.api.updateServer({
      params: { id: 'mine' },
      body: { configuration: { arguments: ['/nothing/here.mjs'] } },
    });
    state.start();
    const problem = await until(() => state.act.problem.value);
    assert.match(problem.code, /^SERVER_00[4-8]$/);
    assert.ok(problem.next, 'there is a next step');
    await state.save({ arguments: [testServerScript('echo')] });
    state.start();
    await until(() => stateNow() === 'running');
    assert.equal(state.act.problem.value, undefined);
  });

  it('stops a server that does not come up, and reports no failure of the start', async () => {
    await state.save({ arguments: ['-e', 'setInterval(() => {}, 1000)'] });
    state.start();
    await until(() => stateNow() === 'starting');
    state.stop();
    await until(() => stateNow() === 'stopped' && state.act.running.value === undefined);
    await until(() => state.stopping.running.value === undefined);
    assert.equal(state.act.problem.value, undefined);
    assert.equal(state.stopping.problem.value, undefined);
  });

  it('removes the server after it was asked to', async () => {
    await state.remove();
    assert.equal(state.removed.value, true);
    assert.deepEqual((await daemon.api.listServers()).items, []);
  });
});
