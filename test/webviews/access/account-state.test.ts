import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ApiClient } from '../../../shared/api/client.ts';
import { type AccountState, createAccountState } from '../../../webviews/access/account.state.ts';
import { createLive, type Live } from '../../../webviews/kit/live.ts';
import { addUser, apiWith, codeAt, goodPassword, signIn, statusOf } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('one’s own account on the page', () => {
  let daemon: InProcessDaemon;
  let live: Live;
  let state: AccountState;
  let api: ApiClient;
  let now: number;
  const code = () => codeAt(state.begun.value?.secret ?? '', now);
  const isSetUp = () => live.session.value.value?.principal.secondFactor.enrolled;

  beforeEach(async () => {
    now = Date.now();
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
    await addUser(daemon, 'ada', 'viewer');
    api = apiWith(daemon, await signIn(daemon, 'ada'));
    live = createLive(api);
    live.start();
    state = createAccountState({ api, live });
    await until(() => live.session.value.value && state.sessions.value.value);
  });
  afterEach(async () => {
    state.close();
    live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('sets up a second factor, shows the recovery codes once, and takes it away by a code', async () => {
    await state.beginFactor();
    assert.match(state.begun.value?.url ?? '', /^otpauth:\/\/totp\/Quayside:ada\?/);
    assert.equal(await state.confirmFactor('000000'), false);
    assert.equal(state.factor.problem.value?.code, 'ACCESS_006');
    const secret = state.begun.value?.secret ?? '';
    assert.equal(await state.confirmFactor(code()), true);
    assert.deepEqual([state.recoveryCodes.value?.length, isSetUp(), state.begun.value], [10, true, undefined]);
    const [first = ''] = state.recoveryCodes.value ?? [];
    state.forgetCodes();
    const held = inspect([state, live.session], { depth: 12, showHidden: true });
    assert.ok(!held.includes(secret) && !held.includes(first));
    assert.equal(await state.removeFactor(first), true);
    assert.equal(isSetUp(), false);
  });

  it('forgets a factor that was begun and is not wanted', async () => {
    await state.beginFactor();
    state.cancelFactor();
    assert.equal(state.begun.value, undefined);
    assert.equal(isSetUp(), false);
  });

  it('changes the password, which ends the other sessions, and says when the one of now is wrong', async () => {
    const other = await signIn(daemon, 'ada');
    assert.equal(await state.changePassword('wrong horse battery', 'another good password'), false);
    assert.equal(state.changing.problem.value?.code, 'ACCESS_006');
    assert.equal(await statusOf(daemon, '/servers', other), 200);
    assert.equal(await state.changePassword(goodPassword, 'another good password'), true);
    assert.equal(await statusOf(daemon, '/servers', other), 401);
    assert.equal((await api.getSession()).principal.name, 'ada');
  });

  it('lists the sessions, and ends another one', async () => {
    const other = await signIn(daemon, 'ada');
    await until(() => state.sessions.value.value?.length === 2, 'the other session is seen');
    const theirs = state.sessions.value.value?.find(({ current }) => !current);
    assert.ok(theirs);
    await state.end(theirs);
    assert.equal(await statusOf(daemon, '/servers', other), 401);
    assert.deepEqual(
      state.sessions.value.value?.map(({ current }) => current),
      [true],
    );
  });
});
