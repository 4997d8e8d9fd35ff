import assert from 'node:assert/strict';
import { problem } from '../../../shared/api/problem.ts';
import { nameFromPackage } from '../../../shared/domain/names.ts';
import { createInstallState, freeName, type InstallState } from '../../../webviews/catalog/install.state.ts';
import type { App } from '../../../webviews/kit/app.ts';
import type { Host } from '../../../webviews/kit/host.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { createFakeEngine, type FakeEngine, testPackage } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('an installation from the page', () => {
  let daemon: InProcessDaemon;
  let engine: FakeEngine;
  let app: App;
  const ended = (state: InstallState) =>
    until(() => !state.running.value && state.operation.value?.state, 'the end of the installation');

  beforeEach(async () => {
    engine = createFakeEngine();
    daemon = await startInProcessDaemon({ engine });
    app = { api: daemon.api, live: createLive(daemon.api), host: {} as Host };
    app.live.start();
    await until(() => app.live.connection.value === 'live' && app.live.operations.value.value);
  });
  afterEach(async () => {
    app.live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('installs under the name that was asked for', async () => {
    const state = createInstallState(app, () => false);
    await state.install({ from: { catalogEntry: 'echo' }, serverId: 'my-echo' });
    assert.equal(await ended(state), 'succeeded');
    const { items } = await daemon.api.listServers();
    assert.deepEqual(
      items.map(({ id }) => id),
      ['my-echo'],
    );
  });

  it('cancels on the way, and nothing is left', async () => {
    engine.behaviour.installMs = 60_000;
    const state = createInstallState(app, () => false);
    await state.install({ from: { catalogEntry: 'echo' } });
    assert.equal(state.running.value, true);
    await state.cancel();
    assert.equal(await ended(state), 'cancelled');
    assert.deepEqual((await daemon.api.listServers()).items, []);
  });

  it('offers the way on when a package wants to run scripts', async () => {
    const refusal = problem('INSTALL_006', { detail: 'It wants to run scripts.' });
    engine.behaviour.failures.set(testPackage('echo'), refusal);
    const state = createInstallState(app, () => false);
    await state.install({ from: { package: testPackage('echo') } });
    assert.equal(await ended(state), 'failed');
    assert.equal(state.operation.value?.problem?.code, 'INSTALL_006');
    engine.behaviour.failures.clear();
    assert.ok(state.asked.value);
    await state.install({ ...state.asked.value, allowScripts: true });
    assert.equal(await ended(state), 'succeeded');
  });

  it('says at once when the name is taken', async () => {
    const state = createInstallState(app, () => false);
    await state.install({ from: { catalogEntry: 'echo' } });
    await ended(state);
    const second = createInstallState(app, () => false);
    await second.install({ from: { catalogEntry: 'echo' } });
    assert.equal(second.act.problem.value?.code, 'SERVER_002');
    assert.equal(second.running.value, false);
  });

  it('takes over an installation that another window has started', async () => {
    engine.behaviour.installMs = 60_000;
    const { id } = await daemon.api.createOperation({ body: { kind: 'install', from: { catalogEntry: 'echo' } } });
    const state = createInstallState(app, operation => operation.serverId === 'echo');
    await until(() => state.operation.value?.id === id);
    assert.equal(state.running.value, true);
    await state.cancel();
    await ended(state);
  });
});

describe('a free name', () => {
  it('is the wanted one, or that with the next number', () => {
    assert.equal(freeName('memory', new Set()), 'memory');
    assert.equal(freeName('memory', new Set(['memory', 'memory-2'])), 'memory-3');
  });
  it('stays within the length that names may have', () => {
    const long = nameFromPackage(`@a/${'x'.repeat(90)}`);
    assert.ok(freeName(long, new Set([long])).length <= 64);
  });
});
