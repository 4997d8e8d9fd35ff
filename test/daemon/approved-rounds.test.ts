// A call whose server asks back by its results, as the official client makes it through a whole daemon: it is approved once.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createEverythingServer } from '../support/everything-server/create-server.ts';
import { type InProcessDaemon, startInProcessDaemon, testUrl, until } from '../support/in-process-daemon.ts';

/** It speaks the revision without sessions alone: which one is agreed on does not hang on who is faster. */
async function startStateless(): Promise<Server> {
  const handler = createMcpHandler(() => createEverythingServer({ isStateless: true }), { legacy: 'reject' });
  const server = createServer(getRequestListener(request => handler.fetch(request)));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a call of several rounds by the official client', () => {
  let daemon: InProcessDaemon;
  let client: Client;
  let server: Server;
  let asked: string[];
  before(async () => {
    daemon = await startInProcessDaemon();
    server = await startStateless();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    await daemon.api.createServer({ body: { type: 'remote', id: 'asks', url } });
    await daemon.api.startServer({ params: { id: 'asks' } });
    await daemon.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
    client = new Client(
      { name: 'test', version: '1.0.0' },
      { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'auto' } },
    );
    asked = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { name: 'Ada', color: 'green' } };
    });
    const fetch = (url: string | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(url);
      return daemon.request(pathname + search, { ...init, headers: Object.fromEntries(new Headers(init?.headers)) });
    };
    const requestInit = { headers: { authorization: daemon.asOwner['authorization'] ?? '' } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${testUrl}/mcp`), { fetch, requestInit }));
  });
  after(async () => {
    await client?.close();
    await daemon?.[Symbol.asyncDispose]();
    server?.closeAllConnections();
    server?.close();
  });

  it('waits for a person once, and is on record with each round', async () => {
    assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
    const answer = client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} });
    const waiting = await until(
      async () => (await daemon.api.listApprovals({ query: { state: 'waiting' } })).items[0],
      'the question',
    );
    await daemon.api.approveCall({ params: { id: waiting.id }, body: { digest: waiting.digest } });
    assert.match(JSON.stringify((await answer).content), /Ada likes green/);
    assert.deepEqual(asked, ['Step 1: What is your name?', 'Step 2: What is your favorite color?']);
    assert.equal((await daemon.api.listApprovals({})).items.length, 1);
    const { items } = await daemon.api.listAudit({ query: { q: 'multi_round', limit: 100 } });
    const acts = items.map(({ action }) => action).filter(action => action.startsWith('approval'));
    assert.deepEqual(acts.toSorted(), [
      'approvalAsked',
      'approvalContinued',
      'approvalContinued',
      'approvalGranted',
      'approvalUsed',
    ]);
    const calls = await until(async () => {
      const found = await daemon.api.listCalls({ query: { server: 'asks' } });
      return found.items.length === 3 ? found.items : undefined;
    }, 'the history');
    assert.ok(calls.every(({ outcome }) => outcome === 'ok'));
  });
});
