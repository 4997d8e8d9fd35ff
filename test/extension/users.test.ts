import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PeopleRow } from '../../extension/features/users/users.nodes.ts';
import { commands as ids, views, panels as viewTypes } from '../../extension/platform/contributions.ts';
import { activateExtension, type Parts, until } from './host.ts';

describe('the People view', () => {
  let parts: Parts;
  let secret: string;
  const rows = async () => (await parts.peopleTree.getChildren()) ?? [];
  const rowOf = async (name: string): Promise<PeopleRow> => {
    const row = (await rows()).find(each => (each.kind === 'user' ? each.user.name : each.key.name) === name);
    assert.ok(row, `there is no row of ${name}`);
    return row;
  };
  const run = async (command: string, name: string) => await vscode.commands.executeCommand(command, await rowOf(name));

  before(async () => {
    parts = await activateExtension();
    await parts.link.connect();
    await vscode.commands.executeCommand(`${views.people}.focus`);
  });
  after(async () => {
    for (const { id } of (await parts.link.api.listUsers()).items) await parts.link.api.deleteUser({ params: { id } });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('lists users and keys when there are some, and shows no key and no link', async () => {
    assert.deepEqual(await rows(), []);
    let draws = 0;
    const listening = parts.peopleTree.onDidChangeTreeData?.(() => draws++);
    const { api } = parts.link;
    const { invitation } = await api.createUser({ body: { name: 'ada', roles: ['admin'] } });
    await until('the tree is drawn again', () => draws > 0);
    listening?.dispose();
    ({ secret } = await api.createKey({ body: { name: 'cursor', kind: 'agent' } }));
    const items = await Promise.all((await rows()).map(row => parts.peopleTree.getTreeItem(row)));
    assert.deepEqual(
      items.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['ada', 'admin · invited', ';user;invited;enabled;'],
        ['cursor', 'agent · all servers', ';key;agent;good;'],
      ],
    );
    const drawn = JSON.stringify(items);
    assert.ok(!drawn.includes(secret) && !drawn.includes(invitation?.url.split('ticket=')[1] ?? 'ticket'));
  });

  it('disables a user from its row, and lets it in again', async () => {
    await run(ids.disableUser, 'ada');
    const { contextValue } = await parts.peopleTree.getTreeItem(await rowOf('ada'));
    assert.equal(contextValue, ';user;disabled;disabled;');
    await run(ids.enableUser, 'ada');
    assert.equal((await parts.link.api.listUsers()).items[0]?.disabled, false);
    await run(ids.signOutUser, 'ada');
    const { items } = await parts.link.api.listAudit({ query: { action: 'signOutUser' } });
    assert.equal(items.length, 1);
  });

  it('opens one page for people and for the audit log', async () => {
    await run(ids.openAccess, 'cursor');
    await vscode.commands.executeCommand(ids.openAuditLog);
    const open = () =>
      vscode.window.tabGroups.all
        .flatMap(group => group.tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewTypes.access));
    await until('it is open', () => open().length > 0);
    assert.equal(open().length, 1);
  });
});
