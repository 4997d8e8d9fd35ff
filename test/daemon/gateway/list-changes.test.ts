import assert from 'node:assert/strict';
import type { Principal } from '../../../daemon/http/principal.ts';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { openSession, readEvents, stateless } from '../../support/mcp-requests.ts';

/** Longer than changes are gathered for: so that those of before are told apart from those of after. */
const gathered = () => new Promise(done => setTimeout(done, 30));

describe('a changed list', () => {
  let app: GatewayApp;
  beforeEach(async () => {
    app = createGatewayApp();
    const listChanged = { listChanged: true };
    const capabilities = { tools: listChanged, prompts: listChanged };
    for (const id of ['one', 'two']) app.run(id, { answers: {}, offer: { capabilities } }, [tool(id)]);
    app.profiles.set('two', 'dev');
    app.gateway.serversChanged();
    await gathered();
  });
  afterEach(() => app[Symbol.asyncDispose]());

  interface Hearing {
    next(): Promise<string | undefined>;
    cancel(): Promise<void>;
  }
  const withSession = async (path: string, principal?: Principal): Promise<Hearing> => {
    const session = await openSession(app.request, { path, ...(principal ? { principal } : {}) });
    const events = readEvents(await session.listen());
    await events.next();
    return { next: async () => (await events.next())?.message?.method, cancel: () => events.cancel() };
  };
  const withoutSession = async (path: string, principal?: Principal): Promise<Hearing> => {
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const listen = stateless('subscriptions/listen', { notifications });
    const events = readEvents(await app.request(path, listen, principal));
    await events.next();
    return { next: async () => (await events.next())?.message?.method, cancel: () => events.cancel() };
  };

  for (const [kind, open] of Object.entries({ 'with a session': withSession, 'without a session': withoutSession })) {
    it(`is told to a client ${kind} only if its address shows the server`, async () => {
      const places = ['/mcp', '/mcp/dev', '/mcp/server/one', '/mcp/server/two'];
      const clients = await Promise.all(places.map(path => open(path)));
      app.gateway.listChanged('one', 'tools');
      await gathered();
      app.gateway.listChanged('two', 'tools');
      await gathered();
      for (const id of ['one', 'two']) app.gateway.listChanged(id, 'prompts');
      const [tools, prompts] = ['notifications/tools/list_changed', 'notifications/prompts/list_changed'];
      const heard = await Promise.all(
        clients.map(async client => {
          const seen: (string | undefined)[] = [];
          while (seen.at(-1) !== prompts) seen.push(await client.next());
          return seen;
        }),
      );
      assert.deepEqual(heard, [
        [tools, tools, prompts],
        [tools, prompts],
        [tools, prompts],
        [tools, prompts],
      ]);
      await Promise.all(clients.map(client => client.cancel()));
    });

    it(`is told to a client ${kind} only if its key may see the server`, async () => {
      const [narrow, wide] = [await open('/mcp', keyOf('narrow', ['two'])), await open('/mcp', keyOf('wide'))];
      app.gateway.listChanged('one', 'tools');
      await gathered();
      app.gateway.listChanged('two', 'prompts');
      assert.equal(await wide.next(), 'notifications/tools/list_changed');
      assert.equal(await wide.next(), 'notifications/prompts/list_changed');
      assert.equal(await narrow.next(), 'notifications/prompts/list_changed');
      await Promise.all([narrow.cancel(), wide.cancel()]);
    });

    it(`is told to a client ${kind} at a profile that the server is leaving`, async () => {
      const client = await open('/mcp/dev');
      app.run('three', { answers: {} }, []);
      app.profiles.set('three', 'dev');
      app.gateway.serversChanged();
      app.gateway.listChanged('two', 'tools');
      app.profiles.delete('two');
      app.gateway.serversChanged();
      assert.equal(await client.next(), 'notifications/tools/list_changed');
      await client.cancel();
    });
  }

  it('is told of no list that the server at the address has not got', async () => {
    const client = await withSession('/mcp/server/one');
    app.gateway.listChanged('one', 'resources');
    await gathered();
    app.gateway.listChanged('one', 'prompts');
    assert.equal(await client.next(), 'notifications/prompts/list_changed');
    await client.cancel();
  });

  it('is told by what the client’s last request may see, and not by what its first one might', async () => {
    const session = await openSession(app.request, { principal: keyOf('a', ['one']) });
    // The same key, which may see another server now.
    const later = { 'mcp-session-id': session.id };
    const ping = { jsonrpc: '2.0', id: 9, method: 'ping' };
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...later };
    await app.request('/mcp', { method: 'POST', headers, body: JSON.stringify(ping) }, keyOf('a', ['two']));
    app.gateway.listChanged('one', 'tools');
    await gathered();
    app.gateway.listChanged('two', 'prompts');
    await gathered();
    const get = { method: 'GET', headers: { accept: 'text/event-stream', ...later } };
    const events = readEvents(await app.request('/mcp', get, keyOf('a', ['two'])));
    await events.next();
    assert.equal((await events.next())?.message?.method, 'notifications/prompts/list_changed');
    await events.cancel();
  });
});
