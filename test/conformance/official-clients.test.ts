import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { type EverythingGateway, startEverythingGateway } from '../support/everything-gateway.ts';
import { until } from '../support/in-process-daemon.ts';
import { endWithUs } from '../support/processes.ts';

const capabilities = { sampling: {}, elicitation: {}, roots: {} };
const sampled = { role: 'assistant', content: { type: 'text', text: 'Said' }, model: 'm' } as const;
const elicited = { action: 'accept', content: { username: 'ada', email: 'a@b.c' } } as const;
const rooted = { roots: [{ uri: 'file:///r', name: 'R' }] };

/** The server knows sessions alone, or both: the client need not care. */
for (const sessionsOnly of [true, false]) {
  describe(`the official clients, with a server of ${sessionsOnly ? 'the revisions with sessions' : 'both kinds of revisions'}`, () => {
    let gateway: EverythingGateway;
    before(async () => {
      gateway = await startEverythingGateway('stdio', { sessionsOnly });
    });
    after(() => gateway?.[Symbol.asyncDispose]());
    const url = () => new URL(`${gateway.url}/mcp`);

    it('of version 1 list, call, are asked, and hear of changes', async () => {
      const client = new OldClient({ name: 'old', version: '1.0.0' }, { capabilities });
      client.setRequestHandler(CreateMessageRequestSchema, () => sampled);
      client.setRequestHandler(ElicitRequestSchema, () => elicited);
      client.setRequestHandler(ListRootsRequestSchema, () => rooted);
      let changes = 0;
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
        changes += 1;
      });
      const transport = new OldTransport(url());
      await client.connect(transport as never);
      const { tools } = await client.listTools();
      assert.ok(tools.length > 30);
      const call = async (name: string, args = {}) => JSON.stringify(await client.callTool({ name, arguments: args }));
      assert.match(await call('test_simple_text'), /simple text/);
      assert.match(await call('test_sampling', { prompt: 'x' }), /Said/);
      assert.match(await call('test_elicitation', { message: 'x' }), /ada/);
      assert.match(await call('test_list_roots'), /file:\/\/\/r/);
      const progress: number[] = [];
      await client.callTool({ name: 'test_tool_with_progress' }, undefined, {
        onprogress: told => progress.push(told.progress),
      });
      assert.deepEqual(progress, [0, 50, 100]);
      assert.equal((await client.readResource({ uri: 'test://static-text' })).contents.length, 1);
      await call('test_trigger_tool_change');
      await until(() => changes > 0, 'the change of the list');
      await transport.terminateSession();
      await client.close();
    });

    it('of version 2 do the same, in the newest revision that there is', async () => {
      for (const mode of ['legacy', 'auto'] as const) {
        const client = new ModernClient(
          { name: 'new', version: '2.0.0' },
          { capabilities, versionNegotiation: { mode } },
        );
        client.setRequestHandler('sampling/createMessage', () => sampled as never);
        client.setRequestHandler('elicitation/create', () => elicited as never);
        client.setRequestHandler('roots/list', () => rooted);
        await client.connect(new ModernTransport(url()));
        assert.equal(client.getNegotiatedProtocolVersion(), mode === 'auto' ? '2026-07-28' : '2025-11-25');
        const { tools } = await client.listTools();
        assert.ok(tools.length > 30);
        const call = async (name: string, args = {}) =>
          JSON.stringify(await client.callTool({ name, arguments: args }));
        assert.match(await call('test_structured_content'), /"sum"/);
        assert.match(await call('test_sampling', { prompt: 'x' }), /Said/);
        assert.match(await call('test_elicitation', { message: 'x' }), /ada/);
        assert.match(await call('test_list_roots'), /file:\/\/\/r/);
        assert.equal((await client.getPrompt({ name: 'test_simple_prompt' })).messages.length, 1);
        await client.close();
      }
    });
  });
}

describe('the inspector’s command line', () => {
  let gateway: EverythingGateway;
  before(async () => {
    gateway = await startEverythingGateway('stdio');
  });
  after(() => gateway?.[Symbol.asyncDispose]());

  const inspect = async (...args: string[]): Promise<string> => {
    const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-inspector');
    const all = ['--cli', `${gateway.url}/mcp`, '--transport', 'http', ...args];
    const child = endWithUs(spawn(process.execPath, [program, ...all], { stdio: ['ignore', 'pipe', 'pipe'] }));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        output += piece;
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await new Promise(resolve => child.once('close', resolve));
    clearTimeout(timer);
    return output;
  };

  it('lists and calls', async () => {
    const [listed, called] = await Promise.all([
      inspect('--method', 'tools/list'),
      inspect('--method', 'tools/call', '--tool-name', 'test_simple_text'),
    ]);
    assert.match(listed, /test_structured_content/);
    assert.match(called, /This is a simple text response/);
  });
});
