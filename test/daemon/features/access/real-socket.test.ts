import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { bearer } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';
import { stateless } from '../../../support/mcp-requests.ts';

describe('a key over a real connection', () => {
  let daemon: InProcessDaemon;
  let url: string;
  let close: () => void;
  before(async () => {
    daemon = await startInProcessDaemon();
    const server = createServer(getRequestListener((request, bindings) => daemon.daemon.app.fetch(request, bindings)));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => {
      server.close();
      server.closeAllConnections();
    };
  });
  after(async () => {
    close();
    await daemon[Symbol.asyncDispose]();
  });

  it('speaks MCP, and loses its open streams when it is revoked', async () => {
    const { key, secret } = await daemon.api.createKey({ body: { name: 'a', kind: 'key', roles: ['operator'] } });
    const client = new Client({ name: 'agent', version: '1' });
    const listening = { notifications: { toolsListChanged: true } };
    const requestInit = { headers: bearer(secret) };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
    assert.deepEqual((await client.listTools()).tools, []);
    const open = {
      events: await fetch(`${url}/api/v1/events`, requestInit),
      mcp: await fetch(`${url}/mcp`, stateless('subscriptions/listen', listening, requestInit)),
    };
    await daemon.api.deleteKey({ params: { id: key.id } });
    for (const [what, response] of Object.entries(open)) {
      assert.equal(response.status, 200, what);
      assert.match(response.headers.get('content-type') ?? '', /event-stream/, what);
      // One of them ends, the other breaks: neither goes on.
      await response.text().catch(() => {});
    }
    await assert.rejects(client.listTools());
    await client.close().catch(() => {});
  });
});
