import assert from 'node:assert/strict';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { allMessages, lastMessage, post, readEvents, stateless } from '../../support/mcp-requests.ts';

const elicit = { elicitation: {}, sampling: {}, roots: {} };

describe('a request without a session at the MCP endpoint', () => {
  let app: GatewayApp;
  beforeEach(() => {
    app = createGatewayApp({ statelessPatienceMs: 40 });
    app.run(
      'one',
      {
        answers: {
          'tools/call echo': ({ arguments: args }) => ({ content: [{ type: 'text', text: JSON.stringify(args) }] }),
          'tools/call greet': async (_params, call) => {
            const asked = await call.client.ask(
              { method: 'elicitation/create', params: { message: 'Who?' } },
              { signal: call.signal, within: call },
            );
            return { content: [{ type: 'text', text: JSON.stringify(asked) }] };
          },
          'tools/call two': async (_params, call) => {
            const context = { signal: call.signal, within: call };
            const answers = await Promise.all([
              call.client.ask({ method: 'roots/list' }, context),
              call.client.ask({ method: 'sampling/createMessage', params: { messages: [] } }, context),
            ]);
            const third = await call.client.ask({ method: 'elicitation/create', params: { message: '?' } }, context);
            return { content: [], structuredContent: { answers, third } };
          },
          'tools/call log': async (_params, call) => {
            for (const level of ['debug', 'error'])
              call.onNotification?.({ method: 'notifications/message', params: { level, data: level } });
            call.onNotification?.({ method: 'notifications/tools/list_changed' });
            return { content: [] };
          },
        },
      },
      ['echo', 'greet', 'two', 'log'].map(name => tool(name)),
    );
  });
  afterEach(() => app[Symbol.asyncDispose]());

  const call = (name: string, more: object = {}, options: Parameters<typeof stateless>[2] = {}) =>
    app.request('/mcp', stateless('tools/call', { name, arguments: {}, ...more }, options));

  it('finds out what is spoken and offered', async () => {
    const { result } = await lastMessage(await app.request('/mcp', stateless('server/discover')));
    assert.deepEqual(result.supportedVersions, ['2026-07-28']);
    assert.equal(result.resultType, 'complete');
    assert.equal(result._meta['io.modelcontextprotocol/serverInfo'].name, 'quayside');
    assert.equal(result.capabilities.resources.subscribe, true);
  });

  it('is answered with what its revision asks of results', async () => {
    const list = await lastMessage(await app.request('/mcp', stateless('tools/list')));
    assert.deepEqual([list.result.resultType, list.result.ttlMs, list.result.cacheScope], ['complete', 0, 'private']);
    const { result } = await lastMessage(await call('echo', { arguments: { a: 1 } }));
    const _meta = { 'io.modelcontextprotocol/serverInfo': { name: 'one', version: '1.0.0' } };
    assert.deepEqual(result, { content: [{ type: 'text', text: '{"a":1}' }], resultType: 'complete', _meta });
    const { params } = app.upstreams.requests.at(-1)?.request ?? {};
    assert.deepEqual(params, { name: 'echo', arguments: { a: 1 } });
  });

  it('may hold what RFC 8785 has no form for, and be asked within it', async () => {
    for (const odd of ['"\\ud800"', '1e999', '"\\u0000"', `${'['.repeat(3_000)}${']'.repeat(3_000)}`]) {
      const init = stateless('tools/call', { name: 'greet', arguments: { odd: 0 } }, { capabilities: elicit });
      const body = (more = '') => String(init.body).replace('{"odd":0}', `{"odd":${odd}}${more}`);
      const asked = await lastMessage(await app.request('/mcp', { ...init, body: body() }));
      assert.equal(asked.result?.resultType, 'input_required', odd.slice(0, 10));
      const { requestState, inputRequests } = asked.result;
      const [question] = Object.keys(inputRequests);
      const answers = JSON.stringify({ [String(question)]: { action: 'decline' } });
      const again = body(`,"requestState":${JSON.stringify(requestState)},"inputResponses":${answers}`);
      const { result } = await lastMessage(await app.request('/mcp', { ...init, body: again }));
      assert.equal(result?.content?.[0]?.text, '{"action":"decline"}');
    }
    assert.deepEqual(app.failures, []);
  });

  it('is refused without its envelope, with the codes and statuses of the revision', async () => {
    const refused = async (init: RequestInit) => {
      const response = await app.request('/mcp', init);
      const { error, id } = await lastMessage(response);
      return [response.status, error?.code, id];
    };
    const version = { 'mcp-protocol-version': '2026-07-28' };
    assert.deepEqual(
      await refused(post({ jsonrpc: '2.0', id: 5, method: 'tools/list', params: {} }, version)),
      [400, -32_602, 5],
    );
    const with_ = (headers: Record<string, string>) => stateless('tools/list', {}, { headers });
    assert.deepEqual(await refused(with_({ 'mcp-method': 'prompts/list' })), [400, -32_020, 1]);
    assert.deepEqual(await refused(with_({ 'mcp-protocol-version': '2025-11-25' })), [400, -32_020, 1]);
    assert.deepEqual(
      await refused(stateless('tools/call', { name: 'echo' }, { headers: { 'mcp-name': 'other' } })),
      [400, -32_020, 1],
    );
    const meta = { 'io.modelcontextprotocol/protocolVersion': 'v9' };
    assert.deepEqual(
      await refused(stateless('tools/list', {}, { meta, headers: { 'mcp-protocol-version': 'v9' } })),
      [400, -32_022, 1],
    );
    for (const method of ['initialize', 'ping', 'logging/setLevel', 'no/such'])
      assert.deepEqual(await refused(stateless(method)), [404, -32_601, 1]);
  });

  it('takes a name in Base64, and white space around it', async () => {
    const wrapped = `=?base64?${Buffer.from('echo').toString('base64')}?=`;
    for (const name of [wrapped, '  echo  '])
      assert.equal((await call('echo', {}, { headers: { 'mcp-name': name } })).status, 200);
    assert.equal((await call('echo', {}, { headers: { 'mcp-name': '=?base64?SGVsbG8?=' } })).status, 400);
  });

  it('repeats those arguments as headers for which the tool asks', async () => {
    const inputSchema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
    app.run('two', { answers: { 'tools/call': () => ({ content: [] }) } }, [
      tool('there', { inputSchema: inputSchema as never }),
    ]);
    const args = { arguments: { region: 'eu' } };
    assert.equal((await call('there', args, { headers: { 'mcp-param-region': 'eu' } })).status, 200);
    assert.equal((await call('there', args, { headers: { 'mcp-param-region': 'us' } })).status, 400);
    assert.equal((await call('there', args)).status, 400);
    assert.equal((await call('there')).status, 200);
  });

  it('is asked back, and goes on with the same call once it answers', async () => {
    const first = (await lastMessage(await call('greet', {}, { capabilities: elicit }))).result;
    assert.equal(first.resultType, 'input_required');
    const [[name, question]] = Object.entries(first.inputRequests) as [[string, object]];
    assert.deepEqual(question, { method: 'elicitation/create', params: { message: 'Who?' } });
    const answer = { action: 'accept', content: { name: 'Ada' } };
    const again = { requestState: first.requestState, inputResponses: { [name]: answer } };
    const wrong = [
      call('greet', { ...again, requestState: `${first.requestState}x` }, { capabilities: elicit }),
      call('greet', { ...again, arguments: { other: true } }, { capabilities: elicit }),
      call('two', again, { capabilities: elicit }),
      app.request('/mcp', stateless('tools/call', { name: 'greet', arguments: {}, ...again }), keyOf('somebody')),
    ];
    for (const response of wrong) assert.equal((await lastMessage(await response)).error?.code, -32_602);
    const { result } = await lastMessage(await call('greet', again, { capabilities: elicit }));
    assert.deepEqual(JSON.parse(result.content[0].text), answer);
    assert.equal((await lastMessage(await call('greet', again))).error?.code, -32_602);
    assert.equal(app.upstreams.requests.length, 1);
    assert.equal(app.finished.length, 1);
  });

  it('is asked side by side what a server asks side by side, and again what it left out', async () => {
    const first = (await lastMessage(await call('two', {}, { capabilities: elicit }))).result;
    const [roots, sampling] = Object.keys(first.inputRequests) as [string, string];
    const rounds = async (requestState: string, inputResponses: object) =>
      (await lastMessage(await call('two', { requestState, inputResponses }, { capabilities: elicit }))).result;
    const second = await rounds(first.requestState, { [roots]: { roots: [] }, unknown: {} });
    assert.deepEqual(Object.keys(second.inputRequests), [sampling]);
    const third = await rounds(second.requestState, { [sampling]: { model: 'm' } });
    const [last] = Object.keys(third.inputRequests) as [string];
    const { structuredContent } = await rounds(third.requestState, { [last]: { action: 'decline' } });
    assert.deepEqual(structuredContent, { answers: [{ roots: [] }, { model: 'm' }], third: { action: 'decline' } });
  });

  it('is not asked what it does not offer', async () => {
    const { error } = await lastMessage(await call('greet'));
    assert.equal(error?.code, -32_601);
  });

  it('gets log messages only of the level that it named, and no changes of lists', async () => {
    assert.equal((await allMessages(await call('log'))).length, 1);
    const meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
    const messages = await allMessages(await call('log', {}, { meta }));
    assert.deepEqual(
      messages.map(({ params }) => params?.data),
      ['error', undefined],
    );
  });

  it('listens to what it asked for, after a word that it was heard', async () => {
    const listen = (notifications: object) =>
      app.request('/mcp', stateless('subscriptions/listen', { notifications }, { id: 77 }));
    const events = readEvents(await listen({ promptsListChanged: true }));
    const heard = (await events.next())?.message;
    assert.equal(heard?.method, 'notifications/subscriptions/acknowledged');
    assert.deepEqual(heard?.params.notifications, { promptsListChanged: true });
    assert.equal(heard?.params._meta['io.modelcontextprotocol/subscriptionId'], 77);
    app.gateway.listChanged('one', 'tools');
    app.gateway.listChanged('one', 'prompts');
    const told = (await events.next())?.message;
    assert.equal(told?.method, 'notifications/prompts/list_changed');
    assert.equal(told?.params._meta['io.modelcontextprotocol/subscriptionId'], 77);
    await app.gateway.close();
    assert.equal((await events.next())?.message?.result.resultType, 'complete');
    const nothing = await allMessages(await listen({}));
    assert.equal(nothing.at(-1)?.result.resultType, 'complete');
    assert.equal(
      (await lastMessage(await app.request('/mcp', stateless('subscriptions/listen')))).error?.code,
      -32_602,
    );
  });

  it('is given up at the server when the client leaves', async () => {
    app.run('two', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('never')]);
    const leaving = new AbortController();
    const left = call('never', {}, { signal: leaving.signal });
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 1);
    leaving.abort();
    assert.equal((await left).status, 499);
    const stream = readEvents(await call('never'));
    await stream.cancel();
    await new Promise(setImmediate);
    assert.equal(app.upstreams.underWay, 0);
    assert.equal(app.upstreams.gone.length, 2);
  });
});
