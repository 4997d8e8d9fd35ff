import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { routes } from '../../../shared/api/routes.ts';
import { commandProgram } from '../../support/programs.ts';
import { type CommandLine, createCommandLine, testServer } from './command-line.ts';

describe('quayside mcp', () => {
  let quayside: CommandLine;
  before(async function () {
    this.timeout(60_000);
    quayside = await createCommandLine('mcp');
    await quayside.json(['add', 'command', 'echo', '--', process.execPath, testServer('echo')]);
    await quayside.json(['start', 'echo']);
  });
  after(async function () {
    this.timeout(60_000);
    await quayside[Symbol.asyncDispose]();
  });

  const connect = async (...args: string[]): Promise<Client> => {
    const client = new Client({ name: 'some-editor', version: '3.1' });
    const env = { PATH: process.env['PATH'] ?? '', QUAYSIDE_HOME: quayside.home, QUAYSIDE_PORT: '0' };
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [commandProgram, 'mcp', ...args],
        env,
        stderr: 'ignore',
      }),
    );
    return client;
  };

  it('is a server to the official client, and the client is listed while it is there', async () => {
    const client = await connect('--server', 'echo');
    assert.equal(client.getServerVersion()?.name, 'echo');
    const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: hi' }]);
    const { items } = routes.listMcpSessions.response.parse(await quayside.json(['mcp', 'sessions']));
    assert.deepEqual(
      items.map(one => [one.client, one.path, one.principal]),
      [['some-editor 3.1', '/mcp/server/echo', 'owner (token)']],
    );
    const path = await quayside.run(['mcp', 'path', 'echo']);
    assert.match(path.stdout, /^tools +yes +yes +some-editor 3\.1: yes$/m);
    assert.match(path.stdout, /^sampling +not said +yes +some-editor 3\.1: no$/m);
    await client.close();
    assert.match((await quayside.run(['mcp', 'sessions'])).stdout, /^No client is connected\./);
  });

  it('comes in with a key that is given to it, and sees no more than that may', async () => {
    await quayside.json(['add', 'command', 'other', '--', process.execPath, testServer('echo')]);
    await quayside.json(['start', 'other']);
    const made = await quayside.json(['keys', 'create', 'editor', '--agent', '--server', 'other']);
    const file = join(quayside.home, 'editor.key');
    await writeFile(file, `${routes.createKey.response.parse(made).secret}\n`, { mode: 0o600 });
    const client = await connect('--key-file', file);
    const { tools } = await client.listTools();
    assert.deepEqual([...new Set(tools.map(({ _meta }) => _meta?.['quayside/server']))], ['other']);
    await client.close();
    await assert.rejects(connect('--key-file', file, '--server', 'echo'), /ACCESS_002/);
  });

  it('refuses what makes no sense before it asks anybody', async () => {
    const both = await quayside.run(['mcp', '--profile', 'a', '--server', 'b']);
    assert.equal(both.code, 1);
    assert.match(both.stderr, /and not both/);
    assert.equal((await quayside.run(['mcp', '--key-file', '/nowhere/at/all'])).code, 1);
  });
});
