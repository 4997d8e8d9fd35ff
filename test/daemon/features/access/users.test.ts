import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  addUser,
  apiWith,
  codeOf,
  goodPassword,
  post,
  refusedWith,
  sessionOf,
  signIn,
  statusOf,
} from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, testUrl } from '../../../support/in-process-daemon.ts';

describe('users', () => {
  let daemon: InProcessDaemon;
  let now = Date.parse('2026-01-01T10:00:00Z');
  beforeEach(async () => {
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const tryToSignIn = (name: string, password: string, headers: Record<string, string> = {}) =>
    post(daemon, '/sign-in', { name, password }, headers);

  it('are none at first, and nobody can sign in', async () => {
    assert.equal((await daemon.api.listUsers()).total, 0);
    assert.deepEqual(await daemon.api.listSignInMethods(), { password: false, providers: [], bitwarden: false });
    for (const name of ['admin', 'root', 'owner', '']) {
      assert.equal(await codeOf(await tryToSignIn(name, 'admin12345678')), 'ACCESS_006');
    }
  });

  it('sign in with their password, see what their role allows and change nothing else', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const ada = await signIn(daemon, 'ada');
    assert.equal(await statusOf(daemon, '/servers', ada), 200);
    const refused = await post(daemon, '/servers', { type: 'command', id: 'x', command: 'node' }, ada);
    assert.equal(await codeOf(refused), 'ACCESS_002');
    assert.equal(await statusOf(daemon, '/access/token', ada), 403);
    const { principal, permissions } = await apiWith(daemon, ada).getSession();
    assert.deepEqual(
      [principal.kind, principal.name, principal.roles, principal.via],
      ['user', 'ada', ['viewer'], 'session'],
    );
    assert.ok(permissions.includes('servers:read') && !permissions.includes('servers:manage'));
  });

  it('come in by an invitation once and for a day, and choose their password', async () => {
    const { user, invitation } = await daemon.api.createUser({ body: { name: 'ada', roles: ['viewer'] } });
    assert.equal(user.hasPassword, false);
    const [page, ticket = ''] = invitation?.url.split('ticket=') ?? [];
    assert.equal(page, `${testUrl}/#/invitation?`);
    const take = (password: string) => post(daemon, '/sign-in/invitation', { ticket, password });
    assert.equal(await codeOf(await take('short')), 'REQUEST_001');
    const ada = await sessionOf(await take(goodPassword));
    assert.equal(await statusOf(daemon, '/servers', ada), 200);
    assert.equal(await codeOf(await take(goodPassword)), 'ACCESS_005');
    await signIn(daemon, 'ada');

    const late = (await daemon.api.inviteUser({ params: { id: user.id } })).url.split('ticket=')[1];
    assert.equal(await statusOf(daemon, '/servers', ada), 401, 'its sessions end');
    assert.equal(await codeOf(await tryToSignIn('ada', goodPassword)), 'ACCESS_006', 'the old password is gone');
    now += 24 * 3_600_000;
    assert.equal(
      await codeOf(await post(daemon, '/sign-in/invitation', { ticket: late, password: goodPassword })),
      'ACCESS_005',
    );
  });

  it('cannot have a name twice, in whatever letters', async () => {
    await addUser(daemon, 'ada', 'viewer');
    await assert.rejects(addUser(daemon, 'ada', 'viewer'), refusedWith('USER_002'));
    await assert.rejects(addUser(daemon, 'Ada', 'viewer'), refusedWith('REQUEST_001'));
  });

  it('are told the same whether the name or the password is wrong', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const texts = await Promise.all(
      [tryToSignIn('ada', 'wrong wrong wrong'), tryToSignIn('eve', 'wrong wrong wrong')].map(async response => {
        const { requestId: _, ...rest } = (await (await response).json()) as { requestId: string };
        return JSON.stringify(rest);
      }),
    );
    assert.equal(texts[0], texts[1]);
  });

  it('have to wait after five wrong passwords, also if nobody has the name, and also after a restart', async () => {
    const id = await addUser(daemon, 'ada', 'viewer');
    for (const name of ['ada', 'nobody']) {
      for (let i = 0; i < 5; i++) assert.equal(await codeOf(await tryToSignIn(name, `wrong wrong ${i}`)), 'ACCESS_006');
    }
    await daemon.restart();
    for (const name of ['ada', 'nobody'])
      assert.equal(await codeOf(await tryToSignIn(name, goodPassword)), 'ACCESS_008');
    assert.equal((await daemon.api.getUser({ params: { id } })).lockedUntil, new Date(now + 5_000).toISOString());
    now += 5_000;
    assert.equal(await codeOf(await tryToSignIn('ada', 'wrong wrong wrong')), 'ACCESS_006');
    assert.equal(await codeOf(await tryToSignIn('ada', goodPassword)), 'ACCESS_008');
    now += 10_000;
    await signIn(daemon, 'ada');
    assert.equal((await daemon.api.getUser({ params: { id } })).lockedUntil, null);
  });

  it('gain nothing by many guesses at once', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => tryToSignIn('ada', `wrong wrong ${i}`)));
    assert.equal(answers.filter(({ status }) => status === 429).length, 7);
  });

  it('give nobody more than they have, and nobody locks the last admin out but the owner', async () => {
    const adaId = await addUser(daemon, 'ada', 'admin');
    const ada = apiWith(daemon, await signIn(daemon, 'ada'));
    const { user: bob } = await ada.createUser({
      body: { name: 'bob', roles: ['auditor', 'operator'], password: goodPassword },
    });
    await assert.rejects(ada.deleteUser({ params: { id: adaId } }), refusedWith('USER_003'));
    await assert.rejects(ada.updateUser({ params: { id: adaId }, body: { disabled: true } }), refusedWith('USER_003'));
    await assert.rejects(
      ada.updateUser({ params: { id: adaId }, body: { roles: ['viewer'] } }),
      refusedWith('USER_003'),
    );
    await ada.updateUser({ params: { id: bob.id }, body: { roles: ['admin'] } });
    await ada.updateUser({ params: { id: adaId }, body: { roles: ['viewer'] } });
    await assert.rejects(ada.createUser({ body: { name: 'eve', roles: ['viewer'] } }), refusedWith('ACCESS_002'));
    await daemon.api.deleteUser({ params: { id: bob.id } });
    assert.equal((await daemon.api.listUsers()).total, 1);
  });

  it('lose what they have open when they are disabled, removed or signed out', async () => {
    const id = await addUser(daemon, 'ada', 'viewer');
    const acts = [
      () => daemon.api.signOutUser({ params: { id } }),
      () => daemon.api.updateUser({ params: { id }, body: { disabled: true } }),
      () => daemon.api.updateUser({ params: { id }, body: { disabled: false } }).then(() => {}),
      () => daemon.api.deleteUser({ params: { id } }),
    ];
    for (const [at, act] of acts.entries()) {
      if (at === 2) {
        assert.equal(await codeOf(await tryToSignIn('ada', goodPassword)), 'ACCESS_006');
        await act();
        continue;
      }
      const ada = await signIn(daemon, 'ada');
      const stream = await daemon.request('/api/v1/events', { headers: ada });
      await act();
      assert.match(await stream.text(), /event: reset/);
      assert.equal(await statusOf(daemon, '/servers', ada), 401);
    }
  });

  it('keep their session when their roles change, but not their open streams nor the old roles', async () => {
    const id = await addUser(daemon, 'ada', 'operator');
    const ada = await signIn(daemon, 'ada');
    const stream = await daemon.request('/api/v1/events', { headers: ada });
    await daemon.api.updateUser({ params: { id }, body: { roles: ['viewer'] } });
    await stream.text();
    assert.deepEqual((await apiWith(daemon, ada).getSession()).principal.roles, ['viewer']);
  });

  it('change their own password, which ends their other sessions', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const [one, other] = [await signIn(daemon, 'ada'), await signIn(daemon, 'ada')];
    const change = (current: string) => post(daemon, '/me/password', { current, password: 'another long one' }, one);
    assert.equal(await codeOf(await change('wrong')), 'ACCESS_006');
    assert.equal((await change(goodPassword)).status, 200);
    assert.equal(await statusOf(daemon, '/servers', one), 200);
    assert.equal(await statusOf(daemon, '/servers', other), 401);
    assert.equal((await tryToSignIn('ada', 'another long one')).status, 201);
    const asOwner = await post(daemon, '/me/password', { current: 'x', password: 'another long one' }, daemon.asOwner);
    assert.equal(await codeOf(asOwner), 'USER_004');
  });

  it('see and end their own sessions, and nobody else’s', async () => {
    await addUser(daemon, 'ada', 'viewer');
    await addUser(daemon, 'bob', 'viewer');
    const ada = await signIn(daemon, 'ada');
    const second = await sessionOf(await tryToSignIn('ada', goodPassword, { 'user-agent': 'Browser\u00a01' }));
    const bob = apiWith(daemon, await signIn(daemon, 'bob'));
    const { items } = await apiWith(daemon, ada).listMySessions();
    assert.deepEqual(
      items.map(({ kind, current }) => [kind, current]).toSorted(),
      [
        ['browser', false],
        ['browser', true],
      ].toSorted(),
    );
    const other = items.find(({ current }) => !current);
    await assert.rejects(bob.endMySession({ params: { id: other?.id ?? '' } }), refusedWith('ACCESS_009'));
    await apiWith(daemon, ada).endMySession({ params: { id: other?.id ?? '' } });
    assert.equal(await statusOf(daemon, '/servers', second), 401);
    assert.equal(await statusOf(daemon, '/servers', ada), 200);
  });

  it('leave no password, ticket or session in the state folder', async () => {
    const { invitation } = await daemon.api.createUser({ body: { name: 'eve', roles: ['viewer'] } });
    await addUser(daemon, 'ada', 'viewer');
    const { cookie = '', 'x-quayside-proof': proof = '' } = await signIn(daemon, 'ada');
    const secrets = [goodPassword, cookie.split('=')[1] ?? '', proof, invitation?.url.split('=')[1] ?? ''];
    for (const file of readdirSync(daemon.home, { recursive: true, withFileTypes: true }).filter(each =>
      each.isFile(),
    )) {
      const content = readFileSync(join(file.parentPath, file.name));
      for (const secret of secrets) assert.equal(content.includes(secret), false, file.name);
    }
  });
});
