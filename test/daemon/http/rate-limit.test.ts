import assert from 'node:assert/strict';
import { Hono } from 'hono';
import type { AppEnvironment } from '../../../daemon/http/app-environment.ts';
import { ownerPrincipal } from '../../../daemon/http/principal.ts';
import { limitRates } from '../../../daemon/http/rate-limit.ts';

/** An app with the limits alone; who asks is said by a header. */
function createApp(limits: { strangers: number; known: number }) {
  const app = new Hono<AppEnvironment>();
  app.use(async (c, next) => {
    c.set('requestId', 'r');
    c.set('principal', c.req.header('x-known') ? ownerPrincipal() : null);
    await next();
  });
  app.use(limitRates(limits));
  app.all('*', c => c.text('ok'));
  return (path = '/api/v1/servers', from = '10.0.0.1', known = false) =>
    app.request(path, known ? { headers: { 'x-known': '1' } } : {}, {
      incoming: { socket: { remoteAddress: from } },
    } as never);
}

describe('the rate limits', () => {
  it('refuse a stranger after so many requests, and say when to come again', async () => {
    const ask = createApp({ strangers: 2, known: 10 });
    assert.equal((await ask()).status, 200);
    assert.equal((await ask()).status, 200);
    const refused = await ask();
    assert.equal(refused.status, 429);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 60);
    const { code, next } = (await refused.json()) as { code: string; next: string };
    assert.equal(code, 'REQUEST_005');
    assert.match(next, new RegExp(`${wait} seconds`));
  });

  it('count each address by itself, and those who are known apart from strangers', async () => {
    const ask = createApp({ strangers: 1, known: 3 });
    await ask();
    assert.equal((await ask()).status, 429);
    assert.equal((await ask(undefined, '10.0.0.2')).status, 200);
    for (let i = 0; i < 3; i++) assert.equal((await ask(undefined, '10.0.0.1', true)).status, 200);
    assert.equal((await ask(undefined, '10.0.0.9', true)).status, 429);
  });

  it('tell in each answer how much is left', async () => {
    const ask = createApp({ strangers: 5, known: 10 });
    const { headers } = await ask();
    assert.equal(headers.get('ratelimit-policy'), '"stranger";q=5;w=60');
    assert.match(headers.get('ratelimit') ?? '', /^"stranger";r=4;t=\d+$/);
  });

  it('leave pages and MCP alone, and everything when they are off', async () => {
    const ask = createApp({ strangers: 1, known: 1 });
    for (let i = 0; i < 5; i++) {
      assert.equal((await ask('/')).status, 200);
      assert.equal((await ask('/mcp')).status, 200);
    }
    const free = createApp({ strangers: 0, known: 0 });
    for (let i = 0; i < 200; i++) assert.equal((await free()).status, 200);
  });
});

describe('the rate limits, walked around', () => {
  it('count an address that is written in another way, and a household of IPv6 as one', async () => {
    const ask = createApp({ strangers: 2, known: 10 });
    for (const path of ['/%61pi/v1/servers', '/api/v1/%73ervers']) assert.equal((await ask(path)).status, 200);
    assert.equal((await ask('/api/%761/servers')).status, 429);
    for (const from of ['2001:db8::1', '2001:db8::2']) assert.equal((await ask('/api/v1/servers', from)).status, 200);
    assert.equal((await ask('/api/v1/servers', '2001:db8::ffff')).status, 429);
    assert.equal((await ask('/api/v1/servers', '::ffff:10.9.9.9')).status, 200);
  });
});
