import assert from 'node:assert/strict';
import { type ChangesState, createChangesState } from '../../../webviews/gateway/changes.state.ts';
import { type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';
import { buildLock, buildLockDetail, buildLockedTool, digestOf } from './gateway-facts.ts';

describe('changed tools on the page', () => {
  let app: CannedApp;
  let state: ChangesState;
  const approved = { ...buildLockDetail(), ...buildLock(), items: [] };
  let detail = buildLockDetail();

  beforeEach(async () => {
    detail = buildLockDetail();
    app = createCannedApp({
      listLocks: () =>
        pageWith([
          buildLock({ serverId: 'calm' }),
          buildLock({ serverId: 'held', quarantined: 2 }),
          buildLock({ serverId: 'files', waiting: 1, quarantined: 1 }),
        ]),
      getLock: () => detail,
      approveLock: () => approved,
      rejectLock: () => buildLockDetail({ waiting: 0, items: [buildLockedTool({ rejected: true })] }),
      updateLock: ({ body }) => buildLockDetail({ mode: body.mode }),
      getLockFile: () => ({ lockFileVersion: 1, servers: {} }),
    });
    app.live.start();
    state = createChangesState(app);
    await until(() => state.locks.value.value);
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });
  const open = async () => {
    state.open('files');
    await until(() => state.detail.value.value);
  };

  it('lists first what asks for a decision, then what is held back', () => {
    assert.deepEqual(
      state.locks.value.value?.map(({ serverId }) => serverId),
      ['files', 'held', 'calm'],
    );
  });

  it('approves all as it was shown, or one tool as it was shown', async () => {
    await open();
    await state.approve([buildLockedTool()]);
    assert.deepEqual(app.askedFor('approveLock')[0]?.body, { tools: [{ name: 'read', digest: digestOf('b') }] });
    assert.deepEqual(state.detail.value.value?.items, []);
    await state.detail.reload();
    await state.approve();
    assert.deepEqual(app.askedFor('approveLock')[1]?.body, { digest: digestOf('d') });
  });

  it('shows what is now when the server has changed again before the decision', async () => {
    await open();
    app.answers.rejectLock = () => refuse('LOCK_002', { detail: 'No.', next: 'Look again.' });
    detail = buildLockDetail({ digest: digestOf('e') });
    await state.reject();
    assert.equal(state.deciding.problem.value?.code, 'LOCK_002');
    await until(() => state.detail.value.value?.digest === digestOf('e'));
  });

  it('decides nothing before it was shown what it is about', async () => {
    await state.approve();
    await state.reject([buildLockedTool()]);
    assert.deepEqual([...app.askedFor('approveLock'), ...app.askedFor('rejectLock')], []);
  });

  it('follows the server that is looked at', async () => {
    await open();
    detail = buildLockDetail({ waiting: 5 });
    app.emit({ type: 'lock.changed', serverId: 'calm', state: 'changed', waiting: 1, quarantined: 1 });
    await until(() => app.askedFor('listLocks').length === 2);
    assert.equal(app.askedFor('getLock').length, 1);
    app.emit({ type: 'lock.changed', serverId: 'files', state: 'changed', waiting: 5, quarantined: 1 });
    await until(() => state.detail.value.value?.waiting === 5);
  });

  it('sets what waits of a server, and gives the lock file as text', async () => {
    await open();
    await state.setMode('approve-additions');
    assert.equal(state.detail.value.value?.mode, 'approve-additions');
    assert.match(app.askedFor('updateLock')[0]?.path ?? '', /\/servers\/files\/lock$/);
    assert.equal(await state.lockFile(), '{\n  "lockFileVersion": 1,\n  "servers": {}\n}\n');
  });
});
