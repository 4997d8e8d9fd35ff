import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands as ids, views } from '../../extension/platform/contributions.ts';
import { activateExtension, type Parts, until } from './host.ts';

describe('the Secrets view', () => {
  let parts: Parts;
  const rows = async () => (await parts.secretsTree.getChildren()) ?? [];

  before(async () => {
    parts = await activateExtension();
    await parts.link.connect();
    await vscode.commands.executeCommand(`${views.secrets}.focus`);
  });

  it('lists a secret by its name, and says so when there is one', async () => {
    assert.deepEqual(await rows(), []);
    let draws = 0;
    const listening = parts.secretsTree.onDidChangeTreeData?.(() => draws++);
    await parts.link.api.createSecret({ body: { name: 'mine.token', serverId: null, value: 'a-value-of-the-host' } });
    await until('the tree is drawn again', () => draws > 0);
    listening?.dispose();
    const [row] = await rows();
    assert.ok(row);
    const item = await parts.secretsTree.getTreeItem(row);
    assert.equal(item.label, 'mine.token');
    assert.equal(item.contextValue, ';secret;stored;');
    assert.doesNotMatch(JSON.stringify(item), /a-value-of-the-host/);
  });

  it('copies a name from its row', async () => {
    const [row] = await rows();
    await vscode.commands.executeCommand(ids.copySecretName, row);
    assert.equal(await vscode.env.clipboard.readText(), 'mine.token');
  });
});
