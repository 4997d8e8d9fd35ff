import assert from 'node:assert/strict';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { until } from '../../support/in-process-daemon.ts';
import { initialize, lastMessage, openSession, post, readEvents, stateless } from '../../support/mcp-requests.ts';
import { findProcessesOf } from '../../support/processes.ts';
import { createSupervised, launchPolicy, planScript } from '../../support/supervised.ts';

const hour = 3_600_000;

describe('the MCP endpoint with clients that misbehave', () => {
  let app: GatewayApp;
  beforeEach(() => {
    app = createGatewayApp({ most: 200, mostPerOwner: 100, graceMs: 50, patienceMs: 20 });
    app.run('one', { answers: { 'tools/call': () => ({ content: [] }) } }, [tool('echo')]);
  });
  afterEach(() => app[Symbol.asyncDispose]());

  const sessionCount = async () =>
    (
      await app.gateway.handlers.listMcpSessions(
        { query: { page: 1, limit: 1, sort_by: 'since', sort_order: 'asc' } } as never,
        {} as never,
      )
    ).total;

  it('keeps few of 10,000 sessions that were opened and left, and those of others all the while', async () => {
    const good = await openSession(app.request, { principal: keyOf('good') });
    const stream = readEvents(await good.listen());
    await stream.next();
    const bad = keyOf('bad');
    let first = '';
    for (let i = 0; i < 10_000; i++) {
      const response = await app.request('/mcp', post(initialize()), bad);
      assert.equal(response.status, 200);
      first ||= response.headers.get('mcp-session-id') ?? '';
    }
    assert.equal(await sessionCount(), 101);
    assert.equal(app.upstreams.gone.length, 9_900);
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    assert.equal((await app.request('/mcp', post(list, { 'mcp-session-id': first }), bad)).status, 404);
    assert.equal((await good.ask('tools/list')).result.tools.length, 1);
    await stream.cancel();
  });

  it('keeps no megabytes of what a client says of itself', async () => {
    const big = initialize('2025-11-25', { experimental: { x: { text: 'x'.repeat(200_000) } } });
    const refused = await app.request('/mcp', post(big));
    assert.deepEqual([refused.status, (await lastMessage(refused)).error?.code], [400, -32_602]);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const nested = JSON.stringify(initialize('2025-11-25', { experimental: { x: 0 } })).replace('"x":0', `"x":${deep}`);
    assert.equal((await app.request('/mcp', post(nested))).status, 400);
    assert.equal(await sessionCount(), 0);
  });

  it('has no room for more when all sessions are in use, and says so', async () => {
    app.run('two', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    for (let i = 0; i < 100; i++) {
      const session = await openSession(app.request, { principal: keyOf('bad') });
      void session.send('tools/call', { name: 'never' });
    }
    await new Promise(setImmediate);
    const refused = await app.request('/mcp', post(initialize()), keyOf('bad'));
    assert.equal(refused.status, 503);
    assert.equal((await lastMessage(refused)).error?.data['quayside/code'], 'MCP_003');
    assert.equal((await app.request('/mcp', post(initialize()), keyOf('good'))).status, 200);
  });

  it('ends sessions that were left without a word, and no other', async () => {
    const left = await openSession(app.request);
    const listening = await openSession(app.request);
    const stream = readEvents(await listening.listen());
    app.clock.time += hour / 3;
    const used = await openSession(app.request);
    app.clock.time += hour / 3;
    app.gateway.sweep();
    const status = async (session: { id: string }) =>
      (await app.request('/mcp', post({ jsonrpc: '2.0', id: 1, method: 'ping' }, { 'mcp-session-id': session.id })))
        .status;
    assert.deepEqual([await status(left), await status(listening), await status(used)], [404, 200, 200]);
    assert.deepEqual(app.upstreams.gone.length, 1);
    await stream.cancel();
    app.clock.time += 2 * hour;
    app.gateway.sweep();
    assert.equal(await sessionCount(), 0);
    assert.equal(app.upstreams.gone.length, 3);
  });

  it('cuts a stream that is not read, keeps what matters of it, and lets it be taken up again', async () => {
    const line = 'x'.repeat(10_000);
    const flooded = Promise.withResolvers<void>();
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => {
            for (let i = 0; i < 1_000; i++) {
              call.onNotification?.({ method: 'notifications/message', params: { level: 'info', data: line } });
              if (i % 50 === 0) await new Promise(setImmediate);
            }
            flooded.resolve();
            return { content: [{ type: 'text', text: 'the end' }] };
          },
        },
      },
      [tool('flood')],
    );
    const session = await openSession(app.request);
    const response = await session.send('tools/call', { name: 'flood' });
    // Nothing is read before all was sent.
    await flooded.promise;
    const events = readEvents(response);
    let seen: string | undefined;
    let bytes = 0;
    let last: unknown;
    for (let event = await events.next(); event; event = await events.next()) {
      seen = event.id ?? seen;
      bytes += JSON.stringify(event.message ?? '').length;
      last = event.message?.result ?? last;
    }
    assert.ok(bytes < 2_000_000, `${bytes} bytes waited for a reader who did not read`);
    assert.equal(last, undefined, 'the stream was not cut');
    const resumed = readEvents(await session.listen(seen));
    for (let event = await resumed.next(); event; event = await resumed.next()) last = event.message?.result ?? last;
    assert.deepEqual(last, { content: [{ type: 'text', text: 'the end' }] });
  });

  it('answers a question to a client that has gone, so that no server waits for it', async () => {
    const asked: unknown[] = [];
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => {
            const question = call.client.ask({ method: 'roots/list' }, { signal: call.signal, within: call });
            asked.push(await question.catch(error => error));
            return { content: [] };
          },
        },
      },
      [tool('ask')],
    );
    const session = await openSession(app.request, { capabilities: { roots: {} } });
    const events = readEvents(await session.send('tools/call', { name: 'ask' }));
    await events.next();
    assert.equal((await events.next())?.message?.method, 'roots/list');
    await events.cancel();
    await until(() => asked.length > 0 && app.upstreams.underWay === 0, 'the end of the call');
    assert.equal(asked.length, 1);
    assert.equal(app.upstreams.underWay, 0);
  });

  it('collects little for a client that never opens its stream, however much a server tells', async () => {
    const session = await openSession(app.request);
    await session.ask('tools/call', { name: 'echo' });
    const client = app.upstreams.requests.at(-1)?.client;
    const tell = (data: string) => client?.tell({ method: 'notifications/message', params: { level: 'info', data } });
    for (let i = 0; i < 40; i++) tell('x'.repeat(50_000));
    tell('x'.repeat(5_000_000));
    for (let i = 0; i < 10; i++) tell(`small ${i}`);
    const events = readEvents(await session.listen());
    await events.next();
    const told: string[] = [];
    while (told.at(-1) !== 'small 9') told.push((await events.next())?.message?.params.data);
    assert.deepEqual([told.length, told[0]], [10, 'small 0']);
    await events.cancel();
  });

  it('takes an answer of the client to a question once, and only to one that was asked', async () => {
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => ({
            content: [],
            structuredContent: await call.client.ask({ method: 'roots/list' }, { signal: call.signal, within: call }),
          }),
        },
      },
      [tool('ask')],
    );
    const session = await openSession(app.request, { capabilities: { roots: {} } });
    const events = readEvents(await session.send('tools/call', { name: 'ask' }));
    await events.next();
    const id = (await events.next())?.message?.id;
    // An answer to what was asked in a session before, which a relay carries over into this one, is none to this.
    const before = await openSession(app.request, { capabilities: { roots: {} } });
    const earlier = readEvents(await before.send('tools/call', { name: 'ask' }));
    await earlier.next();
    const earlierId = (await earlier.next())?.message?.id;
    await earlier.cancel();
    assert.notEqual(earlierId, id);
    assert.equal((await session.respond(earlierId, { roots: ['no'] })).status, 202);
    assert.equal((await session.respond('quayside-1', { roots: ['no'] })).status, 202);
    assert.equal((await session.respond('quayside-99', { roots: ['no'] })).status, 202);
    assert.equal((await session.respond(id, { roots: ['yes'] })).status, 202);
    assert.equal((await session.respond(id, { roots: ['late'] })).status, 202);
    assert.deepEqual((await events.next())?.message?.result.structuredContent, { roots: ['yes'] });
  });

  it('refuses a second request with an id that is in use', async () => {
    app.run('two', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    const session = await openSession(app.request);
    const same = () =>
      app.request(
        '/mcp',
        post(
          { jsonrpc: '2.0', id: 'x', method: 'tools/call', params: { name: 'never' } },
          { 'mcp-session-id': session.id },
        ),
      );
    void same();
    await new Promise(setImmediate);
    assert.equal((await same()).status, 400);
  });

  it('holds few requests that wait for an answer of a client without a session', async () => {
    app.run(
      'two',
      {
        answers: {
          'tools/call': async (_params, call) => ({
            content: [],
            _meta: await call.client.ask({ method: 'roots/list' }, { signal: call.signal, within: call }),
          }),
        },
      },
      [tool('ask')],
    );
    const ask = async () =>
      await lastMessage(
        await app.request('/mcp', stateless('tools/call', { name: 'ask' }, { capabilities: { roots: {} } })),
      );
    const answers = [];
    for (let i = 0; i < 40; i++) answers.push(await ask());
    assert.equal(answers.filter(({ result }) => result?.resultType === 'input_required').length, 32);
    assert.equal(app.upstreams.underWay, 32);
    await app.gateway.close();
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 0);
  });
});

describe('clients that leave without a word', () => {
  it('keep neither the processes that ran for them nor their sessions', async () => {
    const { supervisor } = createSupervised();
    const mark = `/quayside-test/left-${process.pid}`;
    const running = () => findProcessesOf(mark).length;
    await using app = createGatewayApp({}, { upstreams: supervisor.upstreams, tools: { each: [tool('echo')] } });
    try {
      await supervisor.start('each', planScript('echo', [mark]), launchPolicy({ session: 'per-client' }));
      assert.equal(running(), 1);
      for (let i = 0; i < 4; i++) {
        const session = await openSession(app.request, { principal: keyOf(`agent-${i}`) });
        await session.ask('tools/call', { name: 'echo', arguments: { message: 'hi' } });
      }
      assert.equal(running(), 5);
      app.clock.time += hour;
      app.gateway.sweep();
      await until(() => running() === 1, 'the end of their processes');
      assert.equal(app.gateway.busy, 0);
    } finally {
      await supervisor.close();
    }
  });
});
