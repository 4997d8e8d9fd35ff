import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from 'otpauth';
import { findStep } from '../../../../daemon/features/access/second-factor.ts';
import type { ApiClient } from '../../../../shared/api/client.ts';
import {
  addUser,
  apiWith,
  codeAt,
  codeOf,
  goodPassword,
  post,
  refusedWith,
  signIn,
} from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';

describe('the one-time code of a time', () => {
  // RFC 6238, appendix B, for SHA-1: the last six of the eight digits.
  const secret = Buffer.from('12345678901234567890');
  const vectors = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const;

  it('is the one of RFC 6238', () => {
    for (const [seconds, code] of vectors)
      assert.equal(findStep(secret, code, seconds * 1000), Math.floor(seconds / 30), code);
  });

  it('is taken one step before and after, and no further', () => {
    const [seconds, code] = vectors[3];
    const step = Math.floor(seconds / 30);
    for (const [away, found] of [
      [-60, undefined],
      [-30, step],
      [30, step],
      [60, undefined],
    ] as const)
      assert.equal(findStep(secret, code, (seconds + away) * 1000), found, String(away));
  });

  it('is nothing else than six digits', () => {
    for (const code of ['', '28708', '2870820', '28708 ', '２８７０８２'])
      assert.equal(findStep(secret, code, 59_000), undefined);
  });
});

describe('a second factor', () => {
  let daemon: InProcessDaemon;
  let now = Date.parse('2026-01-01T10:00:00Z');
  let ada: ApiClient;
  beforeEach(async () => {
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
    await addUser(daemon, 'ada', 'admin');
    ada = apiWith(daemon, await signIn(daemon, 'ada'));
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const setUp = async () => {
    const { secret, url } = await ada.beginSecondFactor();
    assert.match(url, /^otpauth:\/\/totp\/Quayside:ada\?/);
    const { recoveryCodes } = await ada.confirmSecondFactor({ body: { code: codeAt(secret, now) } });
    now += 30_000;
    return { secret, recoveryCodes };
  };
  const tryToSignIn = (code?: string) =>
    post(daemon, '/sign-in', { name: 'ada', password: goodPassword, ...(code ? { code } : {}) });

  it('protects nothing until it is confirmed, and then every sign-in', async () => {
    const { secret } = await ada.beginSecondFactor();
    assert.equal((await tryToSignIn()).status, 201);
    await assert.rejects(ada.confirmSecondFactor({ body: { code: '000000' } }), refusedWith('ACCESS_006'));
    await ada.confirmSecondFactor({ body: { code: codeAt(secret, now) } });
    now += 30_000;
    assert.equal(await codeOf(await tryToSignIn()), 'ACCESS_007');
    assert.equal(await codeOf(await tryToSignIn('000000')), 'ACCESS_006');
    assert.equal((await tryToSignIn(codeAt(secret, now))).status, 201);
    await assert.rejects(ada.beginSecondFactor(), refusedWith('USER_005'));
  });

  it('takes each code once, also the one that confirmed it', async () => {
    const { secret } = await ada.beginSecondFactor();
    const code = codeAt(secret, now);
    await ada.confirmSecondFactor({ body: { code } });
    assert.equal(await codeOf(await tryToSignIn(code)), 'ACCESS_006');
    now += 60_000;
    const next = codeAt(secret, now);
    assert.equal((await tryToSignIn(next)).status, 201);
    assert.equal(await codeOf(await tryToSignIn(next)), 'ACCESS_006');
    // The step before is within the window, and older than the one that was taken.
    assert.equal(await codeOf(await tryToSignIn(codeAt(secret, now - 30_000))), 'ACCESS_006');
  });

  it('has ten recovery codes, each good once, kept as hashes', async () => {
    const { recoveryCodes } = await setUp();
    assert.equal(new Set(recoveryCodes).size, 10);
    const [code = ''] = recoveryCodes;
    assert.match(code, /^[a-z0-9]{5}-[a-z0-9]{5}$/);
    assert.equal((await tryToSignIn(code)).status, 201);
    assert.equal(await codeOf(await tryToSignIn(code)), 'ACCESS_006');
    const [user] = (await daemon.api.listUsers()).items;
    assert.equal(user?.recoveryCodesLeft, 9);
    await daemon.restart();
    for (const file of ['quayside.db', 'quayside.db-wal']) {
      const content = readFileSync(join(daemon.home, file));
      for (const each of recoveryCodes) assert.equal(content.includes(each), false);
    }
  });

  it('keeps its secret in the vault alone, and out of the list of secrets', async () => {
    const { secret } = await setUp();
    assert.equal((await daemon.api.listSecrets()).total, 0);
    await daemon.restart();
    const content = readFileSync(join(daemon.home, 'quayside.db'));
    assert.equal(content.includes(Buffer.from(Secret.fromBase32(secret).bytes)), false);
    assert.equal(content.includes(secret), false);
  });

  it('goes along with a rotation of the vault’s keys and with another master key', async () => {
    const { secret } = await setUp();
    await daemon.api.rotateVaultKey();
    for (let i = 0; i < 50 && (await daemon.api.getVault()).rotation !== null; i++)
      await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal((await tryToSignIn(codeAt(secret, now))).status, 201);
    await daemon.api.changeMasterKey({ body: { passphrase: 'a long passphrase for the vault' } });
    now += 30_000;
    assert.equal((await tryToSignIn(codeAt(secret, now))).status, 201);
    await daemon.restart();
    now += 30_000;
    assert.equal(await codeOf(await tryToSignIn(codeAt(secret, now))), 'SECRET_003', 'a locked vault says so');
    await daemon.api.unlockVault({ body: { passphrase: 'a long passphrase for the vault' } });
    assert.equal((await tryToSignIn(codeAt(secret, now))).status, 201);
  });

  it('is asked for again after a quarter of an hour, where it matters', async () => {
    const { secret } = await setUp();
    const create = () => ada.createUser({ body: { name: 'bob', roles: ['viewer'], password: goodPassword } });
    now += 15 * 60_000;
    await assert.rejects(create(), refusedWith('ACCESS_007'));
    assert.equal((await ada.listUsers()).total, 1, 'what does not matter goes on');
    await ada.giveSecondFactor({ body: { code: codeAt(secret, now) } });
    await create();
  });

  it('is locked after five wrong codes, whatever else is right', async () => {
    const { secret } = await setUp();
    for (let i = 0; i < 5; i++) assert.equal(await codeOf(await tryToSignIn('000000')), 'ACCESS_006');
    assert.equal(await codeOf(await tryToSignIn(codeAt(secret, now))), 'ACCESS_008');
  });

  it('is removed by a code of it, and by an admin when the device was lost', async () => {
    const { secret } = await setUp();
    await assert.rejects(ada.removeSecondFactor({ body: { code: '000000' } }), refusedWith('ACCESS_006'));
    await ada.removeSecondFactor({ body: { code: codeAt(secret, now) } });
    assert.equal((await tryToSignIn()).status, 201);
    await setUp();
    const [user] = (await daemon.api.listUsers()).items;
    const after = await daemon.api.resetSecondFactor({ params: { id: user?.id ?? '' } });
    assert.deepEqual([after.secondFactor, after.recoveryCodesLeft, after.sessions], [false, null, 0]);
    assert.equal((await tryToSignIn()).status, 201);
  });

  it('is asked for by an invitation too', async () => {
    const { secret } = await setUp();
    const [user] = (await daemon.api.listUsers()).items;
    const ticket = (await daemon.api.inviteUser({ params: { id: user?.id ?? '' } })).url.split('ticket=')[1];
    const take = (code?: string) =>
      post(daemon, '/sign-in/invitation', { ticket, password: goodPassword, ...(code ? { code } : {}) });
    assert.equal(await codeOf(await take()), 'ACCESS_007');
    assert.equal((await take(codeAt(secret, now))).status, 201);
  });

  it('is for users with a password', async () => {
    await assert.rejects(daemon.api.beginSecondFactor(), refusedWith('USER_004'));
    await assert.rejects(ada.giveSecondFactor({ body: { code: '123456' } }), refusedWith('USER_004'));
  });
});
