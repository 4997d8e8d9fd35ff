import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type InProcessDaemon, startInProcessDaemon, testUrl } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('the MCP endpoint', () => {
  let daemon: InProcessDaemon;
  const clients: Client[] = [];
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(client => client.close()));
    await daemon[Symbol.asyncDispose]();
  });

  const run = async (id: string, script = 'echo') => {
    await addTestServer(daemon.api, id, script);
    await daemon.api.startServer({ params: { id } });
  };
  const connect = async (): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const fetch = (url: string | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(url);
      return daemon.request(pathname + search, { ...init, headers: Object.fromEntries(new Headers(init?.headers)) });
    };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${testUrl}/mcp`), { fetch, requestInit: { headers: daemon.asOwner } }),
    );
    clients.push(client);
    return client;
  };
  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name).toSorted();

  it('lists and calls the tools of running servers with the official client', async () => {
    await run('one');
    const client = await connect();
    assert.deepEqual(await names(client), ['add', 'break', 'echo', 'fail', 'started']);
    const result = await client.callTool({ name: 'add', arguments: { a: 20, b: 22 } });
    assert.deepEqual(result.structuredContent, { sum: 42 });
  });

  it('passes definitions and results unchanged, members it does not know included', async () => {
    await run('one');
    const client = await connect();
    const add = (await client.listTools()).tools.find(({ name }) => name === 'add');
    assert.equal(add?._meta?.['quayside.test/kept'], true);
    assert.deepEqual(add?.outputSchema?.required, ['sum']);
    const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    assert.equal(result._meta?.['quayside.test/kept'], true);
  });

  it('tells tools of the same name apart, and names nothing anew when one of them stops', async () => {
    await run('one');
    await run('two');
    const client = await connect();
    assert.equal((await names(client)).length, 10);
    assert.ok((await names(client)).includes('two__echo'));
    await daemon.api.stopServer({ params: { id: 'two' } });
    assert.deepEqual(await names(client), ['add', 'break', 'echo', 'fail', 'started']);
    const result = await client.callTool({ name: 'one__echo', arguments: { message: 'hi' } });
    assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: hi' }]);
  });

  it('keeps names, their order and what was decided over a restart, and when another server comes', async () => {
    await run('two');
    await run('one');
    const seen = async () => {
      const client = await connect();
      const [{ tools }, { prompts }] = [await client.listTools(), await client.listPrompts()];
      return [...tools, ...prompts].map(({ name }) => name);
    };
    const before = await seen();
    assert.deepEqual(
      before.filter(name => /echo|greet/.test(name)),
      ['echo', 'one__echo', 'greet', 'one__greet'],
    );
    const clash = async () => (await daemon.api.listToolClashes({})).items.find(({ name }) => name === 'echo');
    const tools = (await clash())?.tools.map(({ serverId, tool }) => ({ serverId, tool })) ?? [];
    await daemon.api.keepToolClash({ params: { name: 'echo' }, body: { tools } });
    await daemon.restart();
    assert.deepEqual(await seen(), before);
    assert.equal((await clash())?.answer, 'kept');
    await run('another');
    const after = await seen();
    assert.deepEqual(
      after.filter(name => !name.startsWith('another__')),
      before,
    );
    assert.equal((await clash())?.open, true);
  });

  it('neither lists nor calls a tool that is switched off', async () => {
    await run('one');
    await daemon.api.updateTool({ params: { id: 'one', tool: 'echo' }, body: { enabled: false } });
    const client = await connect();
    assert.ok(!(await names(client)).includes('echo'));
    await assert.rejects(
      client.callTool({ name: 'echo', arguments: { message: 'hi' } }),
      /No running server has a tool called/,
    );
  });

  it('follows what is switched, removed and added between two calls', async () => {
    await run('one');
    const client = await connect();
    assert.ok((await names(client)).includes('echo'));
    await daemon.api.updateServer({ params: { id: 'one' }, body: { configuration: { disabledTools: ['echo'] } } });
    assert.ok(!(await names(client)).includes('echo'));
    await daemon.api.updateServer({ params: { id: 'one' }, body: { configuration: { disabledTools: [] } } });
    await run('two');
    assert.ok((await names(client)).includes('two__echo'));
    await daemon.api.deleteServer({ params: { id: 'one' } });
    // What a client knows by a name keeps it.
    assert.deepEqual(await names(client), ['two__add', 'two__break', 'two__echo', 'two__fail', 'two__started']);
    const result = await client.callTool({ name: 'two__echo', arguments: { message: 'hi' } });
    assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: hi' }]);
  });

  it('reports what went wrong as a result that a model can read', async () => {
    await run('one');
    const client = await connect();
    await daemon.api.stopServer({ params: { id: 'one' } });
    const stopped = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    assert.match((stopped.content[0] as { text: string }).text, /SERVER_003/);
  });

  it('puts each call on record, the failed ones too', async () => {
    await run('one');
    const client = await connect();
    await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    await daemon.api.stopServer({ params: { id: 'one' } });
    await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    const { items } = await daemon.api.listAudit({ query: { action: 'callTool' } });
    assert.deepEqual(
      items.map(({ principal, resource, outcome, code }) => [principal, resource, outcome, code]),
      [
        ['owner (token) by MCP', 'one/echo', 'failed', 'SERVER_003'],
        ['owner (token) by MCP', 'one/echo', 'allowed', null],
        ['owner (token) by MCP', 'one/echo', 'allowed', null],
      ],
    );
  });
});
