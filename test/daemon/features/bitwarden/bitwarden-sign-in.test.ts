import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import {
  createFakeBitwarden,
  type FakeAccount,
  type FakeBitwarden,
  fakeAccount,
} from '../../../support/fake-bitwarden.ts';
import { addUser, codeOf, post, sessionOf, signIn, statusOf } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';

describe('signing in with Bitwarden', () => {
  let account: FakeAccount;
  let bitwarden: FakeBitwarden;
  let daemon: InProcessDaemon;
  let userId: string;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2026-01-01T10:00:00Z');
    account = fakeAccount({ email: 'grace@example.test', code: '123456' });
    bitwarden = createFakeBitwarden(account);
    daemon = await startInProcessDaemon({ bitwarden, clock: { now: () => now } });
    userId = await addUser(daemon, 'grace', 'operator');
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const link = (email = account.email) => daemon.api.createBitwardenLink({ body: { userId, email } });
  const tryWith = (more: object = {}) =>
    post(daemon, '/sign-in/bitwarden', { email: account.email, password: account.password, code: '123456', ...more });

  it('lets a linked user in, who is that user then', async () => {
    assert.equal((await daemon.api.listSignInMethods()).bitwarden, false);
    await link();
    assert.equal((await daemon.api.listSignInMethods()).bitwarden, true);
    const headers = await sessionOf(await tryWith());
    const response = await daemon.request('/api/v1/access/session', { headers });
    const { principal } = (await response.json()) as { principal: { name: string; roles: string[] } };
    assert.deepEqual([principal.name, principal.roles], ['grace', ['operator']]);
    const [shown] = (await daemon.api.listBitwardenLinks()).items;
    assert.deepEqual(
      [shown?.userName, shown?.confirmed, shown?.lastSignInAt],
      ['grace', true, '2026-01-01T10:00:00.000Z'],
    );
  });

  it('leaves nothing behind, and never meets the daemon’s own account', async () => {
    const own = fakeAccount({ email: 'daemon@example.test' });
    bitwarden.accounts.push(own);
    await daemon.api.loginBitwarden({ body: { email: own.email, password: own.password } });
    const before = new Set(bitwarden.folders);
    await link();
    await sessionOf(await tryWith());
    const used = [...bitwarden.folders].filter(folder => !before.has(folder));
    assert.equal(used.length, 1);
    assert.equal(existsSync(used[0] ?? ''), false);
    const { state, email } = await daemon.api.getBitwarden();
    assert.deepEqual([state, email], ['unlocked', own.email]);
  });

  it('takes an API key only together with the master password', async () => {
    await link();
    const key = { code: undefined, apiKey: account.apiKey };
    await sessionOf(await tryWith(key));
    assert.equal(await codeOf(await tryWith({ ...key, password: 'wrong' })), 'ACCESS_006');
  });

  it('says the same of a wrong password, a wrong code, and an account that is linked to nobody', async () => {
    await link();
    const answers = await Promise.all([
      tryWith({ password: 'wrong' }),
      tryWith({ code: '000000' }),
      tryWith({ email: 'nobody@example.test' }),
    ]);
    const told = await Promise.all(answers.map(async each => ({ ...((await each.json()) as object), requestId: '' })));
    assert.equal((told[0] as { code?: string }).code, 'ACCESS_006');
    assert.deepEqual(told[1], told[0]);
    assert.deepEqual(told[2], told[0]);
  });

  it('is locked out as a password is, and the password still works', async () => {
    await link();
    for (let attempt = 0; attempt < 5; attempt++) assert.equal((await tryWith({ password: 'wrong' })).status, 401);
    const calls = bitwarden.calls.length;
    assert.equal(await codeOf(await tryWith()), 'ACCESS_008');
    assert.equal(bitwarden.calls.length, calls, 'bw was asked all the same');
    assert.equal(await statusOf(daemon, '/servers', await signIn(daemon, 'grace')), 200);
  });

  it('counts nothing while Bitwarden is away', async () => {
    await link();
    bitwarden.isReachable = false;
    for (let attempt = 0; attempt < 8; attempt++) assert.equal(await codeOf(await tryWith()), 'BITWARDEN_004');
    bitwarden.isReachable = true;
    await sessionOf(await tryWith());
  });

  it('ends with the link, with the user, and for one who is disabled', async () => {
    const { id } = await link();
    await daemon.api.updateUser({ params: { id: userId }, body: { disabled: true } });
    assert.equal(await codeOf(await tryWith()), 'ACCESS_006');
    await daemon.api.updateUser({ params: { id: userId }, body: { disabled: false } });
    await sessionOf(await tryWith());
    await daemon.api.deleteBitwardenLink({ params: { id } });
    assert.equal((await daemon.api.listBitwardenLinks()).total, 0);
    await link();
    await daemon.api.deleteUser({ params: { id: userId } });
    assert.equal((await daemon.api.listBitwardenLinks()).total, 0);
  });

  it('takes no other account that has got the same address later', async () => {
    await link();
    await sessionOf(await tryWith());
    account.userId = '5d4ba0f1-0000-4000-8000-000000000002';
    assert.equal(await codeOf(await tryWith()), 'ACCESS_006');
  });

  it('is given by an admin: an address to one user, a user who is there', async () => {
    await link();
    const again = await post(
      daemon,
      '/bitwarden/links',
      { userId, email: account.email.toUpperCase() },
      daemon.asOwner,
    );
    assert.equal(await codeOf(again), 'USER_002');
    const nobody = await post(
      daemon,
      '/bitwarden/links',
      { userId: 'nobody', email: 'x@example.test' },
      daemon.asOwner,
    );
    assert.equal(await codeOf(nobody), 'USER_001');
    const plain = { userId, email: 'x@example.test', serverUrl: 'http://vault.example.test' };
    assert.equal(await codeOf(await post(daemon, '/bitwarden/links', plain, daemon.asOwner)), 'REQUEST_001');
    const asGrace = await signIn(daemon, 'grace');
    assert.equal(
      await codeOf(await post(daemon, '/bitwarden/links', { userId, email: 'y@example.test' }, asGrace)),
      'ACCESS_002',
    );
  });

  it('is on record, without what was typed', async () => {
    await link();
    await tryWith({ password: 'canary-wrong' });
    await tryWith();
    const { items } = await daemon.api.listAudit({ query: { limit: 100 } });
    const rows = items.filter(({ action }) => action === 'signInWithBitwarden').map(({ outcome }) => outcome);
    assert.deepEqual(rows.toSorted(), ['allowed', 'denied']);
    assert.doesNotMatch(JSON.stringify(items), /canary|123456|a master password/);
  });
});
