import assert from 'node:assert/strict';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { until } from '../../support/in-process-daemon.ts';
import { initialize, lastMessage, openSession, post, readEvents } from '../../support/mcp-requests.ts';

const echo = {
  offer: { capabilities: { tools: { listChanged: true }, prompts: { listChanged: true } } },
  answers: {
    'tools/call': ({ arguments: args }: Record<string, unknown>) => ({
      content: [{ type: 'text', text: JSON.stringify(args) }],
      strange: { kept: [1, null] },
    }),
  },
};

describe('a session at the MCP endpoint', () => {
  let app: GatewayApp;
  beforeEach(() => {
    app = createGatewayApp({ graceMs: 50, patienceMs: 40 });
    app.run('one', echo, [tool('echo', { description: 'Says it again.', strange: true })]);
  });
  afterEach(() => app[Symbol.asyncDispose]());

  it('begins without asking any server, in the revision that the client asks for', async () => {
    for (const revision of ['2025-11-25', '2025-06-18', '2025-03-26']) {
      const { initialized, id } = await openSession(app.request, { revision });
      assert.equal(initialized.result.protocolVersion, revision);
      assert.equal(initialized.result.serverInfo.name, 'quayside');
      assert.match(id, /^[\w-]{32}$/);
    }
    assert.equal(
      (await openSession(app.request, { revision: '1999-01-01' })).initialized.result.protocolVersion,
      '2025-11-25',
    );
    assert.deepEqual(app.upstreams.requests, []);
  });

  it('lists and calls tools, with members that nobody here knows', async () => {
    const session = await openSession(app.request);
    const { result } = await session.ask('tools/list');
    assert.equal(result.tools[0].strange, true);
    assert.deepEqual(result.tools[0]._meta, { 'quayside/server': 'one' });
    const called = await session.ask('tools/call', { name: 'echo', arguments: { a: 'ü' }, _meta: { x: 1 } });
    assert.deepEqual(called.result.strange, { kept: [1, null] });
    assert.deepEqual(app.upstreams.requests.at(-1)?.request.params, {
      name: 'echo',
      arguments: { a: 'ü' },
      _meta: { x: 1 },
    });
    assert.equal(app.finished[0]?.outcome, 'ok');
    assert.equal(app.finished[0]?.bytes, Buffer.byteLength(JSON.stringify(called.result)));
    assert.equal(app.finished[0]?.call.caller.client, 'raw 1.0.0');
  });

  it('is answered as one document where nothing comes before the result', async () => {
    const session = await openSession(app.request);
    const response = await session.send('tools/call', { name: 'echo' });
    assert.equal(response.headers.get('content-type'), 'application/json');
  });

  it('needs its id, and is unknown to everybody else', async () => {
    const session = await openSession(app.request, { principal: keyOf('a') });
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const as = (id: string | undefined, principal = keyOf('a'), path = '/mcp') =>
      app.request(path, post(list, id === undefined ? {} : { 'mcp-session-id': id }), principal);
    assert.equal((await as(session.id)).status, 200);
    assert.equal((await as(undefined)).status, 400);
    assert.equal((await as(`${session.id}x`)).status, 404);
    assert.equal((await as(session.id, keyOf('b'))).status, 404);
    assert.equal((await as(session.id, keyOf('a'), '/mcp/server/one')).status, 404);
    assert.equal((await session.end()).status, 200);
    assert.equal((await as(session.id)).status, 404);
    assert.deepEqual(app.upstreams.gone.length, 1);
  });

  it('refuses what is no message, with the code that JSON-RPC has for it', async () => {
    const { id } = await openSession(app.request);
    const status = async (body: unknown, headers = {}) => {
      const response = await app.request('/mcp', post(body, { 'mcp-session-id': id, ...headers }));
      return [response.status, (await lastMessage(response)).error?.code];
    };
    assert.deepEqual(await status('{"jsonrpc":'), [400, -32_700]);
    assert.deepEqual(await status(''), [400, -32_700]);
    for (const wrong of [
      null,
      7,
      {},
      { jsonrpc: '1.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: null, method: 'ping' },
    ])
      assert.deepEqual(await status(wrong), [400, -32_600]);
    assert.deepEqual(await status({ jsonrpc: '2.0', id: 1, method: 'ping', params: [] }), [400, -32_600]);
    assert.deepEqual(await status([{ jsonrpc: '2.0', id: 1, method: 'ping' }]), [400, -32_600]);
    assert.deepEqual(await status({ jsonrpc: '2.0', id: 1, method: 'no/such' }), [200, -32_601]);
    assert.deepEqual(
      await status({ jsonrpc: '2.0', id: 1, method: 'ping' }, { 'mcp-protocol-version': '2001-01-01' }),
      [400, -32_000],
    );
    assert.deepEqual(
      await status({ jsonrpc: '2.0', id: 1, method: 'ping' }, { accept: 'application/json' }),
      [406, -32_000],
    );
    assert.deepEqual(
      await status({ jsonrpc: '2.0', id: 1, method: 'ping' }, { 'content-type': 'text/plain' }),
      [415, -32_000],
    );
    assert.equal((await app.request('/mcp', { method: 'PUT' })).status, 405);
  });

  it('takes batches in the revision that has them', async () => {
    const { id } = await openSession(app.request, { revision: '2025-03-26' });
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 'two', method: 'tools/call', params: { name: 'echo', arguments: { a: 1 } } },
    ];
    const response = await app.request('/mcp', post(batch, { 'mcp-session-id': id }));
    const answers = (await response.json()) as { id: unknown; result: object }[];
    assert.deepEqual(
      answers.map(answer => answer.id),
      [1, 'two'],
    );
    for (const wrong of [
      [],
      [7],
      [initialize()],
      Array.from({ length: 51 }, (_, at) => ({ jsonrpc: '2.0', id: at, method: 'ping' })),
    ])
      assert.equal((await app.request('/mcp', post(wrong, { 'mcp-session-id': id }))).status, 400);
  });

  it('streams what comes before the result, after an event to come back by', async () => {
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => {
            for (const progress of [1, 2, 3])
              call.onNotification?.({ method: 'notifications/progress', params: { progressToken: 'p', progress } });
            return { content: [] };
          },
        },
      },
      [tool('steps')],
    );
    const session = await openSession(app.request);
    const response = await session.send('tools/call', { name: 'steps', _meta: { progressToken: 'p' } });
    const events = readEvents(response);
    const first = await events.next();
    assert.ok(first?.id && first.retry === 1_000 && first.message === undefined);
    for (const progress of [1, 2, 3]) assert.equal((await events.next())?.message?.params.progress, progress);
    assert.deepEqual((await events.next())?.message?.result, { content: [] });
    assert.equal(await events.next(), undefined);
  });

  it('goes on with a stream that broke where it was left, and cancels the call if nobody comes back', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => {
            call.onNotification?.({ method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } });
            await promise;
            call.onNotification?.({ method: 'notifications/progress', params: { progressToken: 'p', progress: 2 } });
            return { content: [{ type: 'text', text: 'done' }] };
          },
        },
      },
      [tool('slow')],
    );
    const session = await openSession(app.request);
    const events = readEvents(await session.send('tools/call', { name: 'slow' }));
    await events.next();
    const seen = await events.next();
    await events.cancel();
    assert.equal(app.upstreams.underWay, 1);
    resolve();
    const resumed = readEvents(await session.listen(seen?.id));
    assert.equal((await resumed.next())?.message?.params.progress, 2);
    assert.equal((await resumed.next())?.message?.result.content[0].text, 'done');
    assert.equal(await resumed.next(), undefined);

    app.run('three', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    const lost = readEvents(await session.send('tools/call', { name: 'never' }));
    const priming = await lost.next();
    await lost.cancel();
    await until(() => app.upstreams.underWay === 0, 'the end of the call');
    await until(() => app.finished.at(-1)?.outcome === 'cancelled', 'its record');
    assert.equal((await session.listen(priming?.id)).status, 400);
  });

  it('cancels a call that the client cancels, and one whose client left without a stream', async () => {
    app.run('three', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    const session = await openSession(app.request);
    const call = session.send('tools/call', { name: 'never' });
    await session.notify('notifications/cancelled', { requestId: 1 });
    assert.equal((await call).status, 202);
    const leaving = new AbortController();
    const left = session.send('tools/call', { name: 'never' }, leaving.signal);
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 1);
    leaving.abort();
    await left.catch(() => {});
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 0);
    assert.deepEqual(
      app.finished.map(({ outcome }) => outcome),
      ['cancelled', 'cancelled'],
    );
  });

  it('is told of changed lists on its own stream, also of those before it listened', async () => {
    await new Promise(done => setTimeout(done, 30));
    const session = await openSession(app.request, { path: '/mcp/server/one' });
    app.gateway.listChanged('one', 'tools');
    await new Promise(done => setTimeout(done, 30));
    const events = readEvents(await session.listen());
    await events.next();
    assert.equal((await events.next())?.message?.method, 'notifications/tools/list_changed');
    app.gateway.listChanged('other', 'tools');
    app.gateway.listChanged('one', 'prompts');
    assert.equal((await events.next())?.message?.method, 'notifications/prompts/list_changed');
    await events.cancel();
  });

  it('ends with its principal: streams close, and the call is given up', async () => {
    app.run('three', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    const session = await openSession(app.request, { principal: keyOf('a') });
    const listening = readEvents(await session.listen());
    await listening.next();
    const call = session.send('tools/call', { name: 'never' });
    await new Promise(setImmediate);
    app.lifelines.cut('key:a');
    // Changes of lists may have come before: as many as there are lists, on a slow machine.
    while (await listening.next());
    assert.equal((await call).status, 499);
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 0);
  });
});
