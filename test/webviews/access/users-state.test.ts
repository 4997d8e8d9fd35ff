import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createKeysState, type KeysState } from '../../../webviews/access/keys.state.ts';
import { createUsersState, type UsersState } from '../../../webviews/access/users.state.ts';
import { createLive, type Live } from '../../../webviews/kit/live.ts';
import { addUser, apiWith, bearer, signIn, statusOf } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

const newcomer = { name: 'ada', displayName: '', roles: ['admin' as const], password: '' };

describe('the page of the users', () => {
  let daemon: InProcessDaemon;
  let live: Live;
  let state: UsersState;
  const names = () => state.users.value.value?.map(({ name }) => name);
  const named = (name: string) => {
    const user = state.users.value.value?.find(each => each.name === name);
    assert.ok(user, `there is no ${name}`);
    return user;
  };
  const open = (api: InProcessDaemon['api']) => {
    live = createLive(api);
    live.start();
    state = createUsersState({ api, live });
    return until(() => live.connection.value === 'live' && state.users.value.value);
  };

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    await open(daemon.api);
  });
  afterEach(async () => {
    state.close();
    live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('makes the first admin with an invitation that is shown until it was taken along', async () => {
    assert.equal(await state.add(newcomer), true);
    assert.match(state.invitation.value?.url ?? '', /#\/invitation\?ticket=/);
    assert.equal(state.invitation.value?.userName, 'ada');
    assert.deepEqual([named('ada').displayName, named('ada').hasPassword], ['ada', false]);
    state.forgetInvitation();
    assert.doesNotMatch(inspect(state, { depth: 12, showHidden: true }), /ticket=/);
  });

  it('makes a user with a password, and holds none of it', async () => {
    await state.add({ ...newcomer, displayName: ' Ada L. ', password: 'correct horse battery' });
    assert.equal(state.invitation.value, undefined);
    assert.deepEqual([named('ada').displayName, named('ada').hasPassword], ['Ada L.', true]);
    assert.doesNotMatch(inspect(state, { depth: 12, showHidden: true }), /correct horse/);
  });

  it('says why something is refused, beside the user that it is about', async () => {
    await state.add(newcomer);
    assert.equal(await state.add(newcomer), false);
    assert.equal(state.adding.problem.value?.code, 'USER_002');
    await addUser(daemon, 'eve', 'admin');
    await addUser(daemon, 'bob', 'viewer');
    state.close();
    live.stop();
    await daemon.api.updateUser({ params: { id: named('ada').id }, body: { disabled: true } });
    await open(apiWith(daemon, await signIn(daemon, 'eve')));
    assert.equal(await state.change(named('eve'), { roles: ['viewer'] }), false);
    assert.equal(state.changing.problem.value?.code, 'USER_003');
    assert.match(state.changing.problem.value?.detail ?? '', /last user with the role admin/);
    assert.equal(state.changed.value, named('eve').id);
    assert.deepEqual(named('eve').roles, ['admin']);
  });

  it('signs out, invites again, disables and deletes', async () => {
    await addUser(daemon, 'bob', 'viewer');
    const headers = await signIn(daemon, 'bob');
    await until(() => names()?.includes('bob') && named('bob').sessions === 1, 'the session is seen');
    assert.equal(await state.signOut(named('bob')), true);
    assert.equal(await statusOf(daemon, '/servers', headers), 401);
    assert.equal(named('bob').sessions, 0);
    await state.invite(named('bob'));
    assert.deepEqual([state.invitation.value?.userName, named('bob').hasPassword], ['bob', false]);
    await state.change(named('bob'), { disabled: true });
    assert.equal(named('bob').disabled, true);
    assert.equal(await state.remove(named('bob')), true);
    assert.deepEqual([names(), state.invitation.value], [[], undefined]);
  });

  it('follows what others do', async () => {
    const id = await addUser(daemon, 'bob', 'viewer');
    await until(() => names()?.includes('bob'));
    await daemon.api.deleteUser({ params: { id } });
    await until(() => names()?.length === 0);
  });
});

describe('the page of the keys', () => {
  let daemon: InProcessDaemon;
  let live: Live;
  let state: KeysState;

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    live = createLive(daemon.api);
    live.start();
    state = createKeysState({ api: daemon.api, live });
    await until(() => live.connection.value === 'live' && state.keys.value.value);
  });
  afterEach(async () => {
    state.close();
    live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('shows a new key once, which lets in until it is deleted', async () => {
    const key = { name: 'ci', kind: 'key' as const, roles: ['viewer' as const], servers: null, expiresInDays: 30 };
    assert.equal(await state.add(key), true);
    const secret = state.shown.value?.secret ?? '';
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 200);
    state.forget();
    assert.ok(!inspect(state, { depth: 12, showHidden: true }).includes(secret));
    const [listed] = state.keys.value.value ?? [];
    assert.ok(listed);
    assert.equal(await state.remove(listed), true);
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 401);
    assert.deepEqual(state.keys.value.value, []);
  });

  it('gives an agent no role, whatever was ticked before', async () => {
    await state.add({ name: 'cursor', kind: 'agent', roles: ['admin'], servers: ['files'], expiresInDays: null });
    const [listed] = state.keys.value.value ?? [];
    assert.deepEqual([listed?.kind, listed?.roles, listed?.servers, listed?.expiresAt], ['agent', [], ['files'], null]);
  });
});
