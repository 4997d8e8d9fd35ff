import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import type { Tokens } from '../../../../shared/api/sign-in.ts';
import { addUser, apiWith, bearer, codeAt, codeOf, goodPassword, post, statusOf } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';

describe('access tokens', () => {
  let daemon: InProcessDaemon;
  let now = Date.parse('2026-01-01T10:00:00Z');
  let userId: string;
  beforeEach(async () => {
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
    userId = await addUser(daemon, 'ada', 'operator');
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const ask = (body: object) => post(daemon, '/tokens', body);
  const create = async (code?: string): Promise<Tokens> => {
    const response = await ask({ grant: 'password', name: 'ada', password: goodPassword, ...(code ? { code } : {}) });
    assert.equal(response.status, 201);
    return (await response.json()) as Tokens;
  };
  const refresh = (refreshToken: string) => ask({ grant: 'refresh', refreshToken });
  const lets = async (token: string) => (await statusOf(daemon, '/servers', bearer(token))) === 200;
  const signingKey = () => {
    const { keys } = JSON.parse(readFileSync(join(daemon.home, 'token-keys.json'), 'utf8')) as {
      keys: { kid: string; secret: string }[];
    };
    const { kid = '', secret = '' } = keys.at(-1) ?? {};
    return { kid, secret: Buffer.from(secret, 'base64url'), count: keys.length };
  };

  it('let their user in for a quarter of an hour', async () => {
    const { accessToken, expiresIn, tokenType } = await create();
    assert.deepEqual([expiresIn, tokenType], [900, 'Bearer']);
    const { principal, expiresAt } = await apiWith(daemon, bearer(accessToken)).getSession();
    assert.deepEqual([principal.name, principal.via, principal.roles], ['ada', 'jwt', ['operator']]);
    assert.equal(expiresAt, new Date(now + 900_000).toISOString());
    now += 899_000;
    assert.ok(await lets(accessToken));
    now += 7_000;
    assert.equal(await lets(accessToken), false, 'what was checked once is not good for ever');
    await daemon.restart();
    assert.equal(await lets(accessToken), false);
  });

  it('say who made them for whom, and nothing of the user but its id', async () => {
    const { accessToken } = await create();
    const { alg, typ, kid } = decodeProtectedHeader(accessToken);
    assert.deepEqual([alg, typ, kid], ['HS256', 'at+jwt', signingKey().kid]);
    const { jti, family, ...claims } = decodeJwt(accessToken);
    assert.ok(jti && family);
    const iat = Math.floor(now / 1000);
    assert.deepEqual(claims, { iss: 'urn:quayside:daemon', aud: 'urn:quayside:api', sub: userId, iat, exp: iat + 900 });
  });

  it('are refused if anything of them is another', async () => {
    const { accessToken, refreshToken } = await create();
    const { kid, secret } = signingKey();
    const { iss = '', aud = '', sub = '', jti = '', family } = decodeJwt(accessToken);
    const seconds = Math.floor(now / 1000);
    const good = { iss, aud, sub, jti, family, iat: seconds, exp: seconds + 900 };
    const header = { alg: 'HS256', typ: 'at+jwt', kid };
    const sign = (claims: object, head: object = {}, key: Uint8Array = secret) =>
      new SignJWT({ ...claims }).setProtectedHeader({ ...header, ...head }).sign(key);
    const without = (name: keyof typeof good) =>
      Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    assert.ok(await lets(await sign(good)), 'the forger has the key, so this one is good');

    const [head = '', body = '', signature = ''] = accessToken.split('.');
    const otherBody = Buffer.from(JSON.stringify({ ...good, sub: 'owner' })).toString('base64url');
    const bad: Record<string, string> = {
      'alg none': new UnsecuredJWT(good).encode(),
      'alg none with a kid': `${Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url')}.${body}.`,
      'another algorithm': await sign(good, { alg: 'HS512' }, Buffer.concat([secret, secret])),
      'another type': await sign(good, { typ: 'JWT' }),
      'another audience': await sign({ ...good, aud: 'urn:other' }),
      'another issuer': await sign({ ...good, iss: 'https://evil.test' }),
      'another user': await sign({ ...good, sub: 'somebody' }),
      'another family': await sign({ ...good, family: 'made-up' }),
      expired: await sign({ ...good, iat: seconds - 1000, exp: seconds - 100 }),
      'not yet valid': await sign({ ...good, nbf: seconds + 600 }),
      'made in the future': await sign({ ...good, iat: seconds + 600, exp: seconds + 1500 }),
      'too old for its end': await sign({ ...good, iat: seconds - 3600, exp: seconds + 86_400 }),
      'another key': await sign(good, {}, Buffer.alloc(32, 1)),
      'an unknown kid': await sign(good, { kid: 'made-up' }),
      'no kid': await new SignJWT(good).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(secret),
      'no audience': await sign(without('aud')),
      'no end': await sign(without('exp')),
      'no begin': await sign(without('iat')),
      'no id': await sign(without('jti')),
      'a body exchanged': `${head}.${otherBody}.${signature}`,
      'a signature changed': `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      'a signature cut': `${head}.${body}.${signature.slice(0, -4)}`,
      'no signature': `${head}.${body}.`,
      'a refresh token': refreshToken,
      'something with dots': 'a.b.c',
    };
    for (const [what, token] of Object.entries(bad)) assert.equal(await lets(token), false, what);
    assert.ok(await lets(accessToken));
  });

  it('are no refresh tokens', async () => {
    const { accessToken } = await create();
    assert.equal(await codeOf(await refresh(accessToken)), 'ACCESS_010');
  });

  it('are followed by others through refresh tokens, each good once', async () => {
    const first = await create();
    const response = await refresh(first.refreshToken);
    assert.equal(response.status, 201);
    const second = (await response.json()) as Tokens;
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.ok((await lets(first.accessToken)) && (await lets(second.accessToken)));
  });

  it('all end when a refresh token is used again, which is put on record', async () => {
    const first = await create();
    const other = await create();
    const second = (await (await refresh(first.refreshToken)).json()) as Tokens;
    assert.ok(await lets(second.accessToken));
    const stream = await daemon.request('/api/v1/events', { headers: bearer(second.accessToken) });
    assert.equal(await codeOf(await refresh(first.refreshToken)), 'ACCESS_010');
    await stream.text();
    assert.equal(await lets(second.accessToken), false);
    assert.equal(await codeOf(await refresh(second.refreshToken)), 'ACCESS_010');
    assert.ok(await lets(other.accessToken), 'another sign-in of the user is another family');
    const { items } = await daemon.api.listAudit({ query: { action: 'reuseRefreshToken' } });
    assert.deepEqual(
      items.map(({ principal, outcome, code }) => [principal, outcome, code]),
      [['user ada (refresh token)', 'denied', 'ACCESS_010']],
    );
  });

  it('of two who refresh at once let one go on at most', async () => {
    const { refreshToken } = await create();
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    const winner = answers.find(({ status }) => status === 201) as Response;
    const { accessToken } = (await winner.json()) as Tokens;
    assert.equal(await lets(accessToken), false);
  });

  for (const [what, end] of Object.entries({
    'its refresh token is revoked': async ({ refreshToken }: Tokens) => {
      assert.equal((await post(daemon, '/tokens/revoke', { refreshToken })).status, 200);
    },
    'it signs out': async ({ accessToken }: Tokens) => {
      await apiWith(daemon, bearer(accessToken)).deleteSession();
    },
    'its user is disabled': () => daemon.api.updateUser({ params: { id: userId }, body: { disabled: true } }),
    'its user is removed': () => daemon.api.deleteUser({ params: { id: userId } }),
    'its user is signed out': () => daemon.api.signOutUser({ params: { id: userId } }),
    'its user ends that session': async ({ accessToken }: Tokens) => {
      const me = apiWith(daemon, bearer(accessToken));
      const mine = (await me.listMySessions()).items.find(({ current }) => current);
      assert.equal(mine?.kind, 'token');
      await me.endMySession({ params: { id: mine?.id ?? '' } });
    },
  })) {
    it(`end with their streams when ${what}`, async () => {
      const tokens = await create();
      const headers = bearer(tokens.accessToken);
      const stream = await daemon.request('/api/v1/events', { headers });
      await end(tokens);
      assert.match(await stream.text(), /event: reset/);
      assert.equal(await lets(tokens.accessToken), false);
      assert.equal(await codeOf(await refresh(tokens.refreshToken)), 'ACCESS_010');
    });
  }

  it('have the roles that their user has now', async () => {
    const { accessToken } = await create();
    assert.ok(await lets(accessToken));
    await daemon.api.updateUser({ params: { id: userId }, body: { roles: ['auditor'] } });
    assert.deepEqual((await apiWith(daemon, bearer(accessToken)).getSession()).principal.roles, ['auditor']);
  });

  it('are signed by a key that only the user can read, replaced each month with an overlap', async () => {
    const { accessToken } = await create();
    assert.equal(statSync(join(daemon.home, 'token-keys.json')).mode & 0o777, 0o600);
    const before = signingKey();
    now += 30 * 86_400_000 - 60_000;
    const last = await create();
    assert.equal(signingKey().kid, before.kid);
    now += 120_000;
    const next = await create();
    assert.notEqual(signingKey().kid, before.kid);
    await daemon.restart();
    assert.ok(await lets(last.accessToken), 'the old key is good until its last token has ended');
    assert.ok(await lets(next.accessToken));
    assert.equal(await lets(accessToken), false);
    now += 31 * 86_400_000;
    await create();
    assert.equal(signingKey().count, 2);
  });

  it('need the second factor of a user who has one', async () => {
    const ada = apiWith(daemon, bearer((await create()).accessToken));
    const { secret } = await ada.beginSecondFactor();
    await ada.confirmSecondFactor({ body: { code: codeAt(secret, now) } });
    now += 30_000;
    assert.equal(await codeOf(await ask({ grant: 'password', name: 'ada', password: goodPassword })), 'ACCESS_007');
    await create(codeAt(secret, now));
  });
});
