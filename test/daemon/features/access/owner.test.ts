import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../../shared/api/problem.ts';
import { permissions } from '../../../../shared/api/route.ts';
import { type InProcessDaemon, startInProcessDaemon, testUrl } from '../../../support/in-process-daemon.ts';

const json = { 'content-type': 'application/json' };

describe('access', () => {
  let daemon: InProcessDaemon;
  let now = Date.parse('2026-01-01T10:00:00Z');
  beforeEach(async () => {
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const newTicket = async () => {
    const { url } = await daemon.api.createLoginLink();
    assert.ok(url.startsWith(`${testUrl}/#/login?ticket=`));
    return url.split('ticket=')[1] ?? '';
  };
  const trade = (ticket: string) =>
    daemon.request('/api/v1/access/sessions', { method: 'POST', headers: json, body: JSON.stringify({ ticket }) });
  const signIn = async () => {
    const response = await trade(await newTicket());
    assert.equal(response.status, 201);
    const cookie = response.headers.get('set-cookie') ?? '';
    assert.match(cookie, /^quayside_session_8083=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const { proof } = (await response.json()) as { proof: string };
    return { cookie: cookie.split(';')[0] ?? '', 'x-quayside-proof': proof };
  };

  it('trades a login link for a session that lets the page in', async () => {
    const headers = await signIn();
    const response = await daemon.request('/api/v1/access/session', { headers });
    assert.deepEqual(await response.json(), {
      principal: {
        kind: 'owner',
        id: 'owner',
        name: 'owner',
        roles: [],
        via: 'session',
        secondFactor: { enrolled: false, at: null },
      },
      permissions: [...permissions],
      expiresAt: '2026-01-01T22:00:00.000Z',
      mcpUrl: `${testUrl}/mcp`,
    });
  });

  it('asks for both halves of a session, because cookies go to every port of this machine', async () => {
    const { cookie, 'x-quayside-proof': proof } = await signIn();
    const other = await signIn();
    for (const headers of [
      { cookie },
      { cookie, 'x-quayside-proof': '' },
      { cookie, 'x-quayside-proof': other['x-quayside-proof'] },
      { cookie, 'x-quayside-proof': 'not asked' },
      { 'x-quayside-proof': proof },
    ]) {
      const response = await daemon.request('/api/v1/access/token', { headers });
      assert.equal(response.status, 401, JSON.stringify(headers));
    }
    assert.equal((await daemon.request('/api/docs', { headers: { cookie } })).status, 200);
  });

  it('takes a ticket once and for five minutes', async () => {
    const ticket = await newTicket();
    assert.equal((await trade(ticket)).status, 201);
    assert.equal(Problem.parse(await (await trade(ticket)).json()).code, 'ACCESS_005');
    const late = await newTicket();
    now += 301_000;
    assert.equal((await trade(late)).status, 401);
    assert.equal((await trade('made-up')).status, 401);
  });

  it('ends a session by sign-out, by time and by a new token', async () => {
    const first = await signIn();
    await daemon.request('/api/v1/access/session', { method: 'DELETE', headers: first });
    assert.equal((await daemon.request('/api/v1/servers', { headers: first })).status, 401);

    const second = await signIn();
    now += 13 * 3_600_000;
    assert.equal((await daemon.request('/api/v1/servers', { headers: second })).status, 401);

    const third = await signIn();
    await daemon.api.rotateToken();
    assert.equal((await daemon.request('/api/v1/servers', { headers: third })).status, 401);
  });

  it('keeps sessions and the token when the daemon is replaced', async () => {
    const headers = await signIn();
    const { token } = await daemon.api.getToken();
    await daemon.restart();
    assert.equal((await daemon.request('/api/v1/servers', { headers })).status, 200);
    assert.equal(daemon.daemon.token, token);
  });

  it('closes the event stream of a session that signs out', async () => {
    const headers = await signIn();
    const stream = await daemon.request('/api/v1/events', { headers });
    await daemon.request('/api/v1/access/session', { method: 'DELETE', headers });
    assert.match(await stream.text(), /event: reset/);
  });

  it('refuses the old token at once when it was replaced', async () => {
    const old = daemon.asOwner;
    const { token } = await daemon.api.rotateToken();
    assert.equal((await daemon.request('/api/v1/servers', { headers: old })).status, 401);
    assert.equal(
      (await daemon.request('/api/v1/servers', { headers: { authorization: `Bearer ${token}` } })).status,
      200,
    );
  });

  it('keeps the token in a file that only the user can read', () => {
    assert.equal(statSync(join(daemon.home, 'owner-token')).mode & 0o777, 0o600);
  });

  it('stores neither a session’s secret nor a ticket', async () => {
    const { cookie } = await signIn();
    const secret = cookie.split('=')[1] ?? '';
    const { readFileSync, readdirSync } = await import('node:fs');
    for (const file of readdirSync(daemon.home).filter(name => name.startsWith('quayside.db'))) {
      assert.equal(readFileSync(join(daemon.home, file)).includes(secret), false, file);
    }
  });
});
