import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands as ids, panels as viewTypes } from '../../extension/platform/contributions.ts';
import { activateExtension, until } from './host.ts';

const openViewTypes = () =>
  vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .flatMap(({ input }) =>
      input instanceof vscode.TabInputWebview ? [input.viewType.replace(/^mainThreadWebview-/, '')] : [],
    );

describe('the panels', () => {
  before(() => activateExtension());
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('open from their commands, one of each kind', async () => {
    await vscode.commands.executeCommand(ids.openDashboard);
    await vscode.commands.executeCommand(ids.openCatalog);
    await vscode.commands.executeCommand(ids.openCatalogEntry, 'everything');
    await vscode.commands.executeCommand(ids.callTool, { serverId: 'everything', name: 'echo' });
    await vscode.commands.executeCommand(ids.openDashboard);
    const expected = [viewTypes.catalog, viewTypes.dashboard, viewTypes.tool].sort();
    await until('all are open', () => JSON.stringify(openViewTypes().sort()) === JSON.stringify(expected));
  });

  it('follow the daemon: a page that has loaded reads the servers through the relay', async () => {
    const { panels } = await activateExtension();
    await until('a page has asked for something', () => panels.answered > 0);
    assert.ok(panels.answered > 0);
  });
});
