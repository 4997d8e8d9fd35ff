// What an attacker would try who has read the source: each of these got somewhere once, or would have got somewhere elsewhere.
import assert from 'node:assert/strict';
import { createLockOut } from '../../../../daemon/features/access/lock-out.ts';
import { createSignIn } from '../../../../daemon/features/access/sign-in.ts';
import { createAuditRepository } from '../../../../daemon/features/audit/audit.repository.ts';
import { networkOf } from '../../../../daemon/http/network.ts';
import { isFiltered } from '../../../../daemon/http/scope.ts';
import { openDatabase } from '../../../../daemon/storage/database.ts';
import { toPath } from '../../../../shared/api/client.ts';
import { problem } from '../../../../shared/api/problem.ts';
import type { Route } from '../../../../shared/api/route.ts';
import { operationIds, routes } from '../../../../shared/api/routes.ts';
import { addUser, bearer, codeOf, goodPassword, post, signIn, statusOf } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';

describe('An attacker', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  it('gets no session by planting a cookie before the sign-in, and none without both halves', async () => {
    await addUser(daemon, 'ada', 'admin');
    const planted = 'quayside_session_8083=planted-by-somebody-else';
    const response = await post(daemon, '/sign-in', { name: 'ada', password: goodPassword }, { cookie: planted });
    const given = response.headers.get('set-cookie') ?? '';
    assert.match(given, /^quayside_session_8083=[\w-]{43}; /);
    for (const part of ['Path=/', 'HttpOnly', 'SameSite=Strict']) assert.ok(given.includes(part), given);
    assert.ok(!/Domain/i.test(given));
    const { proof } = (await response.json()) as { proof: string };
    const cookie = given.split(';')[0] ?? '';
    assert.equal(await statusOf(daemon, '/users', { cookie: planted, 'x-quayside-proof': proof }), 401);
    assert.equal(await statusOf(daemon, '/users', { cookie }), 401);
    // Two cookies of one name, as a page at another port could set one: whichever is taken, the proof fits one session.
    assert.notEqual(await statusOf(daemon, '/users', { cookie: `${planted}; ${cookie}` }), 200);
    assert.equal(await statusOf(daemon, '/users', { cookie, 'x-quayside-proof': proof }), 200);
    const change = await post(daemon, '/keys', { name: 'x', kind: 'key', roles: ['admin'] }, { cookie });
    assert.equal(change.status, 401);
  });

  it('gets no more guesses by writing a name in other letters', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const guess = (name: string, password = 'wrong') => post(daemon, '/sign-in', { name, password });
    for (const name of ['ada', 'ADA', 'Ada', 'aDA', 'adA']) assert.equal((await guess(name)).status, 401);
    for (const name of ['ada', 'AdA']) assert.equal(await codeOf(await guess(name, goodPassword)), 'ACCESS_008');
    for (const name of ['ada ', ' ada', 'ada\u0000', 'ａｄａ', 'аda', 'ada\u200b'])
      assert.notEqual((await guess(name, goodPassword)).status, 201, JSON.stringify(name));
  });

  it('locks nobody’s second factor by signing in under a name that is made to look like it', async () => {
    const database = openDatabase(':memory:');
    const lockOut = createLockOut(database, { now: Date.now });
    for (let turn = 0; turn < 5; turn++) lockOut.begin('some-id', null);
    assert.throws(() => lockOut.begin('some-id', null), /too many/);
    lockOut.begin('some-id', null, 'code').succeeded();
    for (let turn = 0; turn < 5; turn++) lockOut.begin('code some-id', null);
    lockOut.begin('some-id', null, 'code').succeeded();
    database.close();
  });

  it('locks nobody out by keeping the daemon busy with guesses', async () => {
    const database = openDatabase(':memory:');
    const lockOut = createLockOut(database, { now: Date.now });
    const busy = problem('ACCESS_008', { detail: 'Many sign-ins are being checked at this moment.' });
    const passwords = { hash: () => Promise.reject(busy), check: () => Promise.reject(busy) };
    const nobody = { findByName: () => undefined } as never;
    const door = createSignIn({
      users: nobody,
      passwords,
      secondFactor: {} as never,
      lockOut,
      clock: { now: Date.now },
    });
    for (let turn = 0; turn < 12; turn++)
      await assert.rejects(door.byPassword({ name: 'ada', password: 'x' }, '10.0.0.1'), busy);
    assert.equal(lockOut.lockedUntil('ada'), null);
    database.close();
  });

  it('is one household, however many addresses of IPv6 it takes', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::1'));
    assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
    assert.equal(networkOf('::ffff:10.0.0.1'), '10.0.0.1');
    assert.equal(networkOf('10.0.0.1'), '10.0.0.1');
    const database = openDatabase(':memory:');
    const lockOut = createLockOut(database, { now: Date.now });
    for (let host = 0; host < 20; host++) lockOut.begin(`name-${host}`, `2001:db8:1:2::${host.toString(16)}`);
    assert.throws(() => lockOut.begin('another', '2001:db8:1:2:ffff::1'), /too many/);
    database.close();
  });

  it('hides nothing that was refused to it behind a flood of others', () => {
    const database = openDatabase(':memory:');
    const audit = createAuditRepository(database, { now: () => 0 });
    const denied = { resource: null, outcome: 'denied', code: 'ACCESS_001', requestId: null } as const;
    for (let turn = 0; turn < 500; turn++) audit.record({ ...denied, principal: 'anonymous', action: 'listServers' });
    audit.record({ ...denied, principal: 'user eve (jwt)', action: 'createKey' });
    audit.record({ ...denied, principal: 'anonymous', action: 'signIn' });
    const { items, total } = audit.list({ page: 1, limit: 2, sort_by: 'id', sort_order: 'desc' });
    assert.deepEqual(
      items.map(({ action }) => action),
      ['signIn', 'createKey'],
    );
    assert.equal(total, 62);
    database.close();
  });

  it('writes nothing of its own into a redirect', async () => {
    for (const id of ['%0d%0aset-cookie:%20x=1', '..%2f..%2fevil', '%2f%2fevil.test', 'none']) {
      const path = `/api/v1/oidc/${id}/start`;
      for (const host of ['localhost:8083', '127.0.0.1:8083']) {
        const response = await daemon.request(path, { headers: { host } });
        assert.equal(response.status, 404, `${id} at ${host}`);
        assert.equal(response.headers.get('location'), null);
      }
    }
  });

  it('takes an invitation once, also with two requests at the same time', async () => {
    const { invitation } = await daemon.api.createUser({ body: { name: 'eve', roles: ['viewer'] } });
    const ticket = invitation?.url.split('ticket=')[1];
    const take = () => post(daemon, '/sign-in/invitation', { ticket, password: goodPassword });
    const statuses = (await Promise.all([take(), take(), take()])).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [201, 401, 401]);
  });

  it('learns nothing by a refused token of another kind: each is taken for what it is alone', async () => {
    await addUser(daemon, 'ada', 'admin');
    const made = await post(daemon, '/tokens', { grant: 'password', name: 'ada', password: goodPassword });
    const { accessToken, refreshToken } = (await made.json()) as { accessToken: string; refreshToken: string };
    const { cookie = '', 'x-quayside-proof': proof = '' } = await signIn(daemon, 'ada');
    for (const token of [refreshToken, cookie.split('=')[1] ?? '', proof, `${accessToken}.x`, accessToken.slice(0, -2)])
      assert.equal(await statusOf(daemon, '/users', bearer(token)), 401);
    const swapped = await post(daemon, '/tokens', { grant: 'refresh', refreshToken: accessToken });
    assert.equal(await codeOf(swapped), 'ACCESS_010');
  });
});

describe('A key for one server', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
    for (const id of ['mine', 'other'])
      await daemon.api.createServer({
        body: { type: 'command', id, title: `title-of-${id}`, command: process.execPath },
      });
  });
  after(() => daemon[Symbol.asyncDispose]());

  it('gets nothing of another one from any route: neither by its path, nor by its query, nor by its body', async () => {
    const body = { name: 'k', kind: 'key', roles: ['admin'], servers: ['mine'] } as const;
    const { secret } = await daemon.api.createKey({ body: { ...body, roles: ['admin'], servers: ['mine'] } });
    const before = JSON.stringify(await daemon.api.getServer({ params: { id: 'other' } }));
    const named = {
      id: 'other',
      serverId: 'other',
      server: 'other',
      server_id: 'other',
      servers: ['other'],
      force: true,
    };
    for (const operation of operationIds) {
      const route: Route = routes[operation];
      if (route.permission === 'public' || operation === 'streamEvents' || operation === 'deleteSession') continue;
      const params = { id: 'other', tool: 'echo', profile: 'other' };
      const path = `${toPath(route, { params })}${route.method === 'get' ? '?server_id=other&server=other&limit=100' : ''}`;
      const response = await daemon.request(path, {
        method: route.method.toUpperCase(),
        headers: { ...bearer(secret), 'content-type': 'application/json' },
        ...(route.method === 'get' ? {} : { body: JSON.stringify(named) }),
      });
      const text = await response.text();
      assert.ok(!text.includes('title-of-other'), `${operation}: ${text.slice(0, 300)}`);
      assert.ok(response.status === 403 || isFiltered(operation), `${operation} answered ${response.status}`);
    }
    assert.equal(JSON.stringify(await daemon.api.getServer({ params: { id: 'other' } })), before);
  });
});
