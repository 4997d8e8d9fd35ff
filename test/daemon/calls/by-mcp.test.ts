import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startInProcessDaemon, testUrl } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('a call by MCP', () => {
  it('is in the history with its client and session, under the name that it has there, over a restart of the daemon', async () => {
    const daemon = await startInProcessDaemon();
    for (const id of ['one', 'two']) {
      await addTestServer(daemon.api, id);
      await daemon.api.startServer({ params: { id } });
    }
    await daemon.api.updateCallSettings({ body: { keep: 'everything' } });
    await daemon.api.updateTool({ params: { id: 'two', tool: 'echo' }, body: { name: 'shout' } });
    const client = new Client({ name: 'some-client', version: '2.1.0' });
    const fetch = (url: string | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(url);
      return daemon.request(pathname + search, { ...init, headers: Object.fromEntries(new Headers(init?.headers)) });
    };
    const transport = new StreamableHTTPClientTransport(new URL(`${testUrl}/mcp`), {
      fetch,
      requestInit: { headers: daemon.asOwner },
    });
    await client.connect(transport);
    await client.callTool({ name: 'shout', arguments: { message: 'hi' } });
    await client.callTool({ name: 'two__fail', arguments: {} });
    await client.close();
    await daemon.restart();
    const { items } = await daemon.api.listCalls({});
    assert.deepEqual(
      items.map(({ serverId, tool, via, outcome, caller }) => [serverId, tool, via, outcome, caller]),
      [
        ['two', 'fail', 'mcp', 'tool-error', 'owner (token)'],
        ['two', 'echo', 'mcp', 'ok', 'owner (token)'],
      ],
    );
    assert.match(items[0]?.client ?? '', /some-client/);
    const detail = await daemon.api.getCall({ params: { id: items[1]?.id ?? '' } });
    assert.deepEqual(detail.arguments, { message: 'hi' });
    const { items: tools } = await daemon.api.listTools({ query: { server_id: 'two', limit: 100 } });
    assert.deepEqual(tools.map(({ gatewayName }) => gatewayName).toSorted(), [
      'shout',
      'two__add',
      'two__break',
      'two__fail',
      'two__started',
    ]);
    await daemon[Symbol.asyncDispose]();
  });
});
