// The main job in the editor: catalog, install, start, tools, call, stop, remove, on the real npm package.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands as ids, views } from '../../extension/platform/contributions.ts';
import { activateExtension, type Parts, until } from './host.ts';

describe('the main job', () => {
  let parts: Parts;
  const labels = async (parent?: Parameters<Parts['serversTree']['getChildren']>[0]) => {
    const rows = (await parts.serversTree.getChildren(parent)) ?? [];
    return await Promise.all(rows.map(async row => (await parts.serversTree.getTreeItem(row)).label));
  };
  const stateOf = (id: string) => parts.mirror.findServer(id)?.state;

  before(async () => {
    parts = await activateExtension();
  });

  it('starts the daemon when the Servers view is first seen', async () => {
    assert.equal(parts.link.state.kind, 'idle');
    await vscode.commands.executeCommand(`${views.servers}.focus`);
    await until('the daemon is connected', () => parts.link.state.kind === 'connected');
    await until('the servers were read', () => parts.mirror.isLoaded);
    assert.deepEqual(await labels(), []);
    await until('the status bar counts', () => parts.statusBar.item.text.endsWith('Quayside: 0 running'));
  });

  it('shows the catalog', async () => {
    await vscode.commands.executeCommand(`${views.catalog}.focus`);
    const entries = await parts.mirror.catalog();
    for (const id of ['everything', 'filesystem', 'memory', 'sequential-thinking']) {
      assert.ok(
        entries.some(entry => entry.id === id),
        id,
      );
    }
  });

  it('installs the real package from its entry', async function () {
    this.timeout(180_000);
    await vscode.commands.executeCommand(ids.installFromCatalog, 'everything');
    await until('the server is there', () => stateOf('everything') === 'stopped');
    const installed = (await parts.mirror.catalog()).find(entry => entry.id === 'everything')?.installed;
    assert.deepEqual(installed, ['everything']);
  });

  it('starts it and shows its tools with their ticks', async () => {
    await vscode.commands.executeCommand(ids.startServer, 'everything');
    await until('it runs', () => stateOf('everything') === 'running');
    await until('the status bar counts', () => parts.statusBar.item.text.endsWith('Quayside: 1 running'));
    const [row] = (await parts.serversTree.getChildren()) ?? [];
    assert.ok(row?.kind === 'server');
    await until('the tools are known', async () => (await labels(row)).length > 5);
    const [tool] = (await parts.serversTree.getChildren(row)) ?? [];
    assert.ok(tool?.kind === 'tool');
    const { checkboxState } = await parts.serversTree.getTreeItem(tool);
    assert.ok(typeof checkboxState === 'object');
    assert.equal(checkboxState.state, vscode.TreeItemCheckboxState.Checked);
  });

  it('calls a tool and gets its answer', async () => {
    const result = await parts.link.api.callTool({
      params: { id: 'everything', tool: 'echo' },
      body: { arguments: { message: 'hi' } },
    });
    assert.equal(result.isError, false);
    assert.match(JSON.stringify(result.content), /hi/);
  });

  it('switches a tool off and on again', async () => {
    const isEnabled = async () => (await parts.mirror.tools('everything')).find(tool => tool.name === 'echo')?.enabled;
    await vscode.commands.executeCommand(ids.disableTool, { serverId: 'everything', name: 'echo' });
    await until('it is off', async () => (await isEnabled()) === false);
    await assert.rejects(
      parts.link.api.callTool({ params: { id: 'everything', tool: 'echo' }, body: { arguments: { message: 'hi' } } }),
      /switched off/i,
    );
    await vscode.commands.executeCommand(ids.enableTool, { serverId: 'everything', name: 'echo' });
    await until('it is on', async () => (await isEnabled()) === true);
  });

  it('restarts and tests it', async () => {
    const before = parts.mirror.findServer('everything')?.pid;
    await vscode.commands.executeCommand(ids.restartServer, 'everything');
    await until('another process runs', () => {
      const server = parts.mirror.findServer('everything');
      return server?.state === 'running' && server.pid !== before;
    });
    await vscode.commands.executeCommand(ids.testServer, 'everything');
    assert.equal(stateOf('everything'), 'running');
  });

  it('copies the address for MCP clients, and a client that uses it is let in with the token only', async () => {
    await vscode.commands.executeCommand(ids.copyMcpAddress);
    const address = await vscode.env.clipboard.readText();
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    assert.equal((await fetch(address, request)).status, 401);
  });

  it('stops it and removes it', async () => {
    await vscode.commands.executeCommand(ids.stopServer, 'everything');
    await until('it is stopped', () => stateOf('everything') === 'stopped');
    await until('the status bar counts', () => parts.statusBar.item.text.endsWith('Quayside: 0 running'));
    // The command asks first, in a question that a window under test does not show.
    await parts.link.api.deleteServer({ params: { id: 'everything' } });
    await until('it is gone', () => stateOf('everything') === undefined);
    const installed = (await parts.mirror.catalog()).find(entry => entry.id === 'everything')?.installed;
    assert.deepEqual(installed, []);
  });
});
