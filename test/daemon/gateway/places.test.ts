import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitsTemplate } from '../../../daemon/features/gateway/resource-names.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { FakeServer } from '../../support/fake-upstreams.ts';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { until } from '../../support/in-process-daemon.ts';
import { lastMessage, openSession, stateless } from '../../support/mcp-requests.ts';

const named = (id: string): FakeServer => ({
  offer: {
    capabilities: {
      tools: {},
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      completions: {},
      logging: {},
      tasks: { list: {} },
      experimental: { x: {} },
    },
    instructions: `Use ${id}.`,
  },
  answers: {
    'tools/call': ({ name }) => ({ content: [{ type: 'text', text: `${id} ${String(name)}` }] }),
    'prompts/list': ({ cursor }) =>
      cursor ? { prompts: [{ name: `only-${id}` }] } : { prompts: [{ name: 'shared', title: id }], nextCursor: 'more' },
    'prompts/get': ({ name }) => ({ messages: [], description: `${id} ${String(name)}` }),
    'resources/list': () => ({
      resources: [
        { uri: `test://${id}/a`, name: 'a' },
        { uri: 'test://both', name: 'b' },
      ],
    }),
    'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: `test://${id}/{x}/data`, name: 't' }] }),
    'resources/read': ({ uri }) => {
      if (uri === 'test://two/hidden' && id === 'one') throw problem('TOOL_004', { detail: 'Not here.' });
      return { contents: [{ uri, text: id }] };
    },
    'resources/subscribe': () => ({}),
    'completion/complete': ({ ref }) => ({ completion: { values: [id, (ref as { name?: string }).name ?? ''] } }),
    'logging/setLevel': () => ({}),
    'tasks/list': () => ({ tasks: ['of somebody'] }),
    'custom/method': params => ({ echoed: params }),
  },
});

describe('the addresses of the MCP endpoint', () => {
  let app: GatewayApp;
  beforeEach(() => {
    app = createGatewayApp();
    app.run('two', named('two'), [tool('same'), tool('second')]);
    app.run('one', named('one'), [tool('same', { _meta: { own: 1 } }), tool('first')]);
    app.profiles.set('two', 'dev_tools');
    app.gateway.serversChanged();
  });
  afterEach(() => app[Symbol.asyncDispose]());

  const names = async (path: string, principal = keyOf('all')) => {
    const session = await openSession(app.request, { path, principal });
    const { result } = await session.ask('tools/list');
    return result.tools.map((one: { name: string }) => one.name).toSorted();
  };

  it('show all servers, those of a profile, or one with its own names', async () => {
    assert.deepEqual(await names('/mcp'), ['first', 'one__same', 'second', 'two__same']);
    assert.deepEqual(await names('/mcp/dev_tools'), ['second', 'two__same']);
    assert.deepEqual(await names('/mcp/server/one'), ['first', 'same']);
    for (const path of ['/mcp/nothing', '/mcp/server/nothing'])
      assert.equal((await app.request(path, stateless('tools/list'))).status, 404);
  });

  it('show a key no more than its servers', async () => {
    const key = keyOf('a', ['two']);
    assert.deepEqual(await names('/mcp', key), ['second', 'two__same']);
    const session = await openSession(app.request, { principal: key });
    const ask = async (method: string, params: object) => JSON.stringify(await session.ask(method, params));
    assert.match(await ask('tools/call', { name: 'first' }), /No running server has a tool/);
    assert.match(await ask('tools/call', { name: 'one__same' }), /No running server has a tool/);
    assert.doesNotMatch(await ask('resources/list', {}), /test:\/\/one/);
    assert.match(await ask('resources/read', { uri: 'test://one/a' }), /"text":"two"/);
    assert.doesNotMatch(await ask('prompts/list', {}), /one/);
    assert.match(await ask('prompts/get', { name: 'only-one' }), /No running server has a prompt/);
    assert.equal(
      app.upstreams.requests.some(({ serverId }) => serverId === 'one'),
      false,
    );
  });

  it('lead a long name that could mean two tools to none of them', async () => {
    app.run('a', named('a'), [tool('b__c')]);
    app.run('a__b', named('a__b'), [tool('c')]);
    const session = await openSession(app.request);
    const { error } = await session.ask('tools/call', { name: 'a__b__c' });
    assert.match(error?.message ?? '', /No running server has a tool/);
    for (const [name, text] of Object.entries({ b__c: 'a b__c', c: 'a__b c' }))
      assert.equal((await session.ask('tools/call', { name })).result.content[0].text, text);
  });

  it('lead a name to its server, whatever it is a name of', async () => {
    const session = await openSession(app.request);
    const result = async (method: string, params: object) => (await session.ask(method, params)).result;
    assert.equal((await result('tools/call', { name: 'one__same' })).content[0].text, 'one same');
    const { prompts } = await result('prompts/list', {});
    assert.deepEqual(
      prompts.map((one: { name: string }) => one.name),
      ['shared', 'only-two', 'one__shared', 'only-one'],
    );
    assert.equal(prompts[0]._meta['quayside/server'], 'two');
    assert.equal((await result('prompts/get', { name: 'two__shared' })).description, 'two shared');
    assert.equal((await result('resources/read', { uri: 'test://two/a' })).contents[0].text, 'two');
    assert.equal((await result('resources/read', { uri: 'test://both' })).contents[0].text, 'two');
    assert.equal((await result('resources/read', { uri: 'test://two/7/data' })).contents[0].text, 'two');
    assert.equal((await result('resources/read', { uri: 'test://two/hidden' })).contents[0].text, 'two');
    assert.deepEqual(await result('resources/subscribe', { uri: 'test://two/a' }), {});
    const { completion } = await result('completion/complete', {
      ref: { type: 'ref/prompt', name: 'two__shared' },
      argument: { name: 'x', value: '' },
    });
    assert.deepEqual(completion.values, ['two', 'shared']);
    const byTemplate = await result('completion/complete', {
      ref: { type: 'ref/resource', uri: 'test://two/{x}/data' },
    });
    assert.equal(byTemplate.completion.values[0], 'two');
  });

  it('move no name, no URI and no place in a list to a server that comes later', async () => {
    const session = await openSession(app.request);
    const seen = async () => {
      const [prompts, resources, tools] = await Promise.all(
        ['prompts/list', 'resources/list', 'tools/list'].map(async method => (await session.ask(method)).result),
      );
      const read = await session.ask('resources/read', { uri: 'test://both' });
      return {
        prompts: prompts.prompts.map((one: { name: string }) => one.name),
        resources: resources.resources.map((one: { uri: string }) => one.uri),
        tools: tools.tools.map((one: { name: string }) => one.name),
        both: read.result.contents[0].text,
      };
    };
    const before = await seen();
    app.run('another', named('another'), [tool('zeta'), tool('alpha')]);
    const after = await seen();
    assert.deepEqual(after, {
      prompts: [...before.prompts, 'another__shared', 'only-another'],
      resources: [...before.resources, 'test://another/a'],
      tools: [...before.tools, 'zeta', 'alpha'],
      both: before.both,
    });
    const path = await app.gateway.handlers.getServerPath({ params: { id: 'another' } } as never, {} as never);
    assert.deepEqual(
      path.losses.filter(({ reason }) => reason === 'another-server-has-it'),
      [{ what: 'a resource', reason: 'another-server-has-it', times: 1 }],
    );
    app.stop('another');
    assert.deepEqual(await seen(), before);
  });

  it('read a list of a server once, until it says that it has changed', async () => {
    const session = await openSession(app.request);
    for (let i = 0; i < 3; i++) await session.ask('prompts/list');
    const asked = () => app.upstreams.requests.filter(({ request }) => request.method === 'prompts/list').length;
    assert.equal(asked(), 4);
    app.gateway.listChanged('one', 'prompts');
    await session.ask('prompts/list');
    assert.equal(asked(), 6);
  });

  it('of one server pass everything as it is, but what cannot be carried', async () => {
    const session = await openSession(app.request, { path: '/mcp/server/one' });
    const { result } = session.initialized;
    assert.deepEqual(result.serverInfo, { name: 'one', version: '1.0.0' });
    assert.equal(result.instructions, 'Use one.');
    assert.equal(result.capabilities.tasks, undefined);
    assert.deepEqual(result.capabilities.experimental, { x: {} });
    assert.deepEqual((await session.ask('tools/list')).result.tools[0]._meta, { own: 1 });
    assert.equal((await session.ask('prompts/list')).result.nextCursor, 'more');
    assert.deepEqual((await session.ask('custom/method', { a: [1] })).result, { echoed: { a: [1] } });
    assert.equal((await session.ask('tasks/list')).error?.code, -32_601);
    assert.equal((await session.ask('no/such')).error?.code, -32_601);
    const path = await app.gateway.handlers.getServerPath({ params: { id: 'one' } } as never, {} as never);
    const clients = path.features[0]?.clients.length;
    await openSession(app.request, { principal: keyOf('blind', ['two']) });
    await openSession(app.request, { principal: keyOf('seeing', ['one']) });
    const later = await app.gateway.handlers.getServerPath({ params: { id: 'one' } } as never, {} as never);
    assert.equal(later.features[0]?.clients.length, (clients ?? 0) + 1, 'who may not see a server is no client of it');
    const tasks = path.features.find(({ feature }) => feature === 'tasks');
    assert.deepEqual([tasks?.offered, tasks?.forwarded], [true, false]);
    assert.deepEqual(path.losses, [{ what: 'tasks', reason: 'not-carried', times: 1 }]);
  });

  it('guard and record a method that nobody knows as a call, because it may be one by another name', async () => {
    const session = await openSession(app.request, { path: '/mcp/server/one' });
    await session.ask('custom/method', { a: 1 });
    await session.ask('prompts/list');
    const seen: string[] = [];
    app.guard = {
      admit(call) {
        seen.push(`${call.serverId} ${call.tool} ${JSON.stringify(call.arguments)}`);
        throw problem('APPROVAL_001', { detail: 'A rule says no.' });
      },
    };
    const before = app.upstreams.requests.length;
    const refused = await session.ask('custom/method', { path: '/etc' });
    assert.equal(refused.error?.data?.['quayside/code'], 'APPROVAL_001');
    assert.deepEqual(seen, ['one method:custom/method {"path":"/etc"}']);
    assert.equal(app.upstreams.requests.length, before, 'it reached the server');
    assert.deepEqual(
      app.finished.map(({ call, outcome, code }) => [call.tool, outcome, code]),
      [
        ['method:custom/method', 'ok', null],
        ['method:custom/method', 'denied', 'APPROVAL_001'],
      ],
    );
  });

  it('tell a model what went wrong with a call, and whether to try again', async () => {
    const session = await openSession(app.request);
    app.stop('one');
    assert.deepEqual(await names('/mcp'), ['second', 'two__same']);
    const stopped = (await session.ask('tools/call', { name: 'first' })).result;
    assert.equal(stopped.isError, true);
    assert.equal(stopped._meta['quayside/code'], 'SERVER_003');
    app.run('one', { answers: { 'tools/call': () => new Promise<never>(() => {}) } }, [tool('first')]);
    const call = session.ask('tools/call', { name: 'first' });
    await until(() => app.upstreams.underWay === 1, 'the call');
    app.stop('one');
    assert.deepEqual((await call).result._meta, { 'quayside/code': 'TOOL_010', 'quayside/retriable': true });
    app.guard = {
      admit: () => {
        throw problem('APPROVAL_001', { detail: 'A person said no.' });
      },
    };
    const denied = (await session.ask('tools/call', { name: 'second' })).result;
    assert.match(denied.content[0].text, /A person said no\..*APPROVAL_001/);
    assert.deepEqual(app.audit.at(-1), { resource: 'two/second', outcome: 'denied', code: 'APPROVAL_001' });
    assert.deepEqual(
      app.finished.map(({ outcome, code }) => [outcome, code]),
      [
        ['failed', 'SERVER_003'],
        ['failed', 'TOOL_010'],
        ['denied', 'APPROVAL_001'],
      ],
    );
  });

  it('tell a server of the wanted log level when it is first used', async () => {
    const session = await openSession(app.request);
    await session.ask('logging/setLevel', { level: 'warning' });
    assert.equal(app.upstreams.requests.length, 0);
    await session.ask('tools/call', { name: 'first' });
    assert.deepEqual(
      app.upstreams.requests.map(({ serverId, request }) => `${serverId} ${request.method}`),
      ['one logging/setLevel', 'one tools/call'],
    );
    assert.equal((await session.ask('logging/setLevel', { level: 'loud' })).error?.code, -32_602);
  });

  it('are the same without a session', async () => {
    const { result } = await lastMessage(await app.request('/mcp/server/two', stateless('prompts/list')));
    assert.deepEqual([result.nextCursor, result.resultType], ['more', 'complete']);
    const read = await lastMessage(await app.request('/mcp', stateless('resources/read', { uri: 'test://two/a' })));
    assert.deepEqual(read.result, {
      ttlMs: 0,
      cacheScope: 'private',
      contents: [{ uri: 'test://two/a', text: 'two' }],
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'two', version: '1.0.0' } },
    });
  });
});

describe('a template of resources', () => {
  it('fits whatever was made from it', () => {
    const part = fc.stringMatching(/^[a-z/:.]{0,8}$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(part, { minLength: 5, maxLength: 5 }),
        (parts, values) => {
          const uri = parts.map((fixed, at) => (at === 0 ? fixed : `${values[at]}${fixed}`)).join('');
          assert.ok(fitsTemplate(uri, parts.join('{x}')));
        },
      ),
    );
  });

  it('fits nothing else', () => {
    for (const [uri, template] of [
      ['a://b', 'a://b/c'],
      ['a://1/d', 'a://{x}/data'],
      ['b://1', 'a://{x}'],
      ['ab', 'ab{x}b'],
    ])
      assert.equal(fitsTemplate(uri ?? '', template), false, `${uri} ${template}`);
  });
});
