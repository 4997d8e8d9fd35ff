import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ApiClient } from '../../../../shared/api/client.ts';
import { addUser, apiWith, bearer, codeOf, post, refusedWith, signIn, statusOf } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, testUrl, until } from '../../../support/in-process-daemon.ts';
import { stateless } from '../../../support/mcp-requests.ts';
import { addTestServer } from '../../../support/test-server.ts';

const listening = { notifications: { toolsListChanged: true } };

describe('keys', () => {
  let daemon: InProcessDaemon;
  let now = Date.parse('2026-01-01T10:00:00Z');
  beforeEach(async () => {
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  type NewKey = Parameters<ApiClient['createKey']>[0]['body'];
  const newKey = async (key: Partial<NewKey>) =>
    await daemon.api.createKey({ body: { name: 'some', kind: 'key', roles: [], ...key } });
  const addServer = async (id: string) => {
    await addTestServer(daemon.api, id);
    await daemon.api.startServer({ params: { id } });
    await until(async () => (await daemon.api.listServerTools({ params: { id } })).total > 0, 'the tools');
  };
  const connect = async (secret: string) => {
    const fetch = (url: string | URL, init: RequestInit = {}) =>
      daemon.request(new URL(url).pathname, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), ...bearer(secret) },
      });
    const client = new Client({ name: 'agent', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${testUrl}/mcp`), { fetch: fetch as never }) as never,
    );
    return client;
  };

  it('are shown once, and let a program in with the roles that they have', async () => {
    const { key, secret } = await newKey({ name: 'build', roles: ['operator'] });
    assert.match(secret, /^qk_[\w-]{43}$/);
    assert.ok(secret.startsWith(key.hint));
    assert.equal(JSON.stringify(await daemon.api.listKeys()).includes(secret), false);
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 200);
    assert.equal(await statusOf(daemon, '/audit', bearer(secret)), 403);
    const { principal } = await apiWith(daemon, bearer(secret)).getSession();
    assert.deepEqual([principal.kind, principal.name, principal.via], ['key', 'build', 'key']);
    for (const wrong of [`${secret}x`, secret.slice(0, -1), 'qk_', `qa_${secret.slice(3)}`])
      assert.equal(await statusOf(daemon, '/servers', bearer(wrong)), 401);
  });

  it('end when they are revoked, and with them what they have open', async () => {
    const { key, secret } = await newKey({ roles: ['viewer'] });
    const stream = await daemon.request('/api/v1/events', { headers: bearer(secret) });
    await daemon.api.deleteKey({ params: { id: key.id } });
    assert.match(await stream.text(), /event: reset/);
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 401);
    await assert.rejects(daemon.api.deleteKey({ params: { id: key.id } }), refusedWith('KEY_001'));
  });

  it('end with their time', async () => {
    const { secret } = await newKey({ roles: ['viewer'], expiresInDays: 2 });
    now += 2 * 86_400_000 - 1;
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 200);
    now += 1;
    assert.equal(await statusOf(daemon, '/servers', bearer(secret)), 401);
  });

  it('say when they were last used, to the minute', async () => {
    const { secret, key } = await newKey({ roles: ['viewer'] });
    assert.equal(key.lastUsedAt, null);
    const used = async () => {
      await statusOf(daemon, '/servers', bearer(secret));
      return (await daemon.api.listKeys()).items[0]?.lastUsedAt;
    };
    const first = new Date(now).toISOString();
    assert.equal(await used(), first);
    now += 59_000;
    assert.equal(await used(), first);
    now += 1_000;
    assert.equal(await used(), new Date(now).toISOString());
  });

  it('have no more roles than whoever makes them', async () => {
    const { secret } = await newKey({ roles: ['admin'] });
    const program = apiWith(daemon, bearer(secret));
    await program.createKey({ body: { name: 'more', kind: 'key', roles: ['admin'] } });
    await addUser(daemon, 'ada', 'operator');
    const ada = apiWith(daemon, await signIn(daemon, 'ada'));
    await assert.rejects(
      ada.createKey({ body: { name: 'x', kind: 'key', roles: ['viewer'] } }),
      refusedWith('ACCESS_002'),
    );
  });

  it('for certain servers show and touch no others', async () => {
    await addServer('mine');
    await addServer('other');
    const { secret } = await newKey({ roles: ['admin'], servers: ['mine'] });
    const program = apiWith(daemon, bearer(secret));
    const ids = (await program.listServers()).items.map(({ id }) => id);
    assert.deepEqual([ids, (await program.listServers()).total], [['mine'], 1]);
    assert.deepEqual([...new Set((await program.listTools()).items.map(({ serverId }) => serverId))], ['mine']);
    assert.equal((await program.listTools({ query: { server_id: 'other' } })).total, 0);
    assert.equal((await program.listServers({ query: { sort_by: 'state' } })).total, 1);
    await program.getServer({ params: { id: 'mine' } });
    for (const act of [
      () => program.getServer({ params: { id: 'other' } }),
      () => program.stopServer({ params: { id: 'other' } }),
      () => program.deleteServer({ params: { id: 'other' } }),
      () => program.listOperations(),
      () => program.listSecrets(),
      () => program.listUsers(),
      () => program.stopDaemon(),
      () => program.createServer({ body: { id: 'x', type: 'command', command: 'node' } as never }),
    ])
      await assert.rejects(act(), refusedWith('ACCESS_002'));
  });

  it('for certain servers hear nothing of others', async () => {
    await addServer('mine');
    await addServer('other');
    const { key, secret } = await newKey({ roles: ['viewer'], servers: ['mine'] });
    const stream = await daemon.request('/api/v1/events', { headers: bearer(secret) });
    for (const id of ['other', 'mine']) await daemon.api.stopServer({ params: { id } });
    await daemon.api.deleteKey({ params: { id: key.id } });
    const text = await stream.text();
    assert.match(text, /"id":"mine"/);
    assert.doesNotMatch(text, /other/);
  });

  it('of agents list and call the tools of their servers by MCP, and can do nothing else', async () => {
    await addServer('mine');
    await addServer('other');
    const { secret } = await newKey({ name: 'cursor', kind: 'agent', servers: ['mine'] });
    assert.match(secret, /^qa_/);
    const client = await connect(secret);
    const { tools } = await client.listTools();
    assert.deepEqual([...new Set(tools.map(({ _meta }) => _meta?.['quayside/server']))], ['mine']);
    await client.callTool({ name: 'mine__echo', arguments: { message: 'hello' } });
    await assert.rejects(client.callTool({ name: 'other__echo', arguments: { message: 'hello' } }));
    await client.close();
    assert.equal(await codeOf(await post(daemon, '/servers/mine/stop', undefined, bearer(secret))), 'ACCESS_002');
    assert.equal(await statusOf(daemon, '/events', bearer(secret)), 403);
    const { items } = await daemon.api.listAudit({ query: { action: 'callTool' } });
    assert.match(items[0]?.principal ?? '', /^agent cursor \(key\) by MCP$/);
  });

  it('of agents lose their open MCP streams when they are revoked', async () => {
    await addServer('mine');
    const { key, secret } = await newKey({ name: 'cursor', kind: 'agent' });
    const response = await daemon.request(
      '/mcp',
      stateless('subscriptions/listen', listening, { headers: bearer(secret) }),
    );
    assert.match(response.headers.get('content-type') ?? '', /event-stream/);
    const reader = response.body?.getReader();
    await reader?.read();
    await daemon.api.deleteKey({ params: { id: key.id } });
    const isOver = await reader?.read().then(
      ({ done }) => done,
      () => true,
    );
    assert.equal(isOver, true);
  });

  it('are explained, with what a rule said of them', async () => {
    const { key } = await newKey({ roles: ['operator'], servers: ['mine'], expiresInDays: 1 });
    const who = { kind: 'key', id: key.id } as const;
    const ask = (server?: string) =>
      daemon.api.explainAccess({ body: { who, permission: 'servers:operate', ...(server ? { server } : {}) } });
    assert.equal((await ask('mine')).allowed, true);
    assert.deepEqual(await ask('other'), {
      allowed: false,
      reasons: ['The role operator has the permission servers:operate.', 'This key is for other servers.'],
    });
    now += 86_400_000;
    assert.equal((await ask('mine')).allowed, false);
    await assert.rejects(
      daemon.api.explainAccess({ body: { who: { kind: 'agent', id: key.id }, permission: 'tools:call' } }),
      refusedWith('KEY_001'),
    );
  });
});
