// In the editor: a secret's way from a password box to a vault that the keychain opens, and the first admin and a key for an agent.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { createApiClient } from '../../shared/api/client.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { vsixFile } from '../support/package.ts';
import { waitUntilLoaded } from './panel-steps.ts';

describe('secrets and people in code-server', () => {
  let editor: Editor;
  const canary = randomBytes(12).toString('hex');

  const input = () => editor.page.locator('.quick-input-widget input:visible');
  const answer = async (text: string) => {
    await input().fill(text);
    await editor.page.keyboard.press('Enter');
  };
  const title = (text: string) => editor.page.locator('.quick-input-title', { hasText: text }).waitFor();
  const discovery = async () => Discovery.parse(JSON.parse(await readFile(join(editor.home, 'daemon.json'), 'utf8')));
  const vaultOf = async ({ socket, token }: Discovery) =>
    await createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) })).getVault();

  before(async () => {
    editor = await openEditor(vsixFile);
  });

  after(async () => {
    assert.deepEqual(await editor?.close(), [], 'processes were left running');
  });

  it('says that there are none, and how to add one', async () => {
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
    await editor.row('Catalog', 'Everything').waitFor({ timeout: 60_000 });
    await editor.view('Secrets').getByText('No secret is stored yet').waitFor();
    await takeScreenshot(editor.page, 'editor-secrets-empty');
  });

  it('stores one from a password box, and lists its name', async () => {
    await editor.runCommand('Quayside: Add Secret...');
    await title('Add Secret: Who May Use It');
    await answer('Any server');
    await title('Add Secret: Name');
    await answer('mine.token');
    await title('Value of mine.token');
    assert.equal(await input().getAttribute('type'), 'password');
    await answer(canary);
    await editor.row('Secrets', 'mine.token').waitFor();
    await pause(300);
    await takeScreenshot(editor.page, 'editor-secrets-tree');
  });

  it('shows it in its panel, without the value, under the key of the keychain', async () => {
    await editor.row('Secrets', 'mine.token').locator('.label-name').click();
    const panel = editor.panel();
    await panel.locator('[data-secret="mine.token"]').waitFor();
    await panel.getByText('comes from the keychain of the editor').waitFor();
    await waitUntilLoaded(panel);
    await takeScreenshot(editor.page, 'editor-secrets-panel');
    const frame = await editor.panelFrame();
    assert.deepEqual([...(await findBarriers(frame)), ...(await findOverflow(frame))], []);
    assert.ok(!(await frame.content()).includes(canary), 'the panel holds the value');
    assert.ok(!(await editor.page.content()).includes(canary), 'the editor’s page holds the value');
  });

  it('opens the vault of a daemon that was started again', async () => {
    const before = await discovery();
    await editor.runCommand('Quayside: Restart Daemon');
    const limit = Date.now() + 40_000;
    for (;;) {
      const now = await discovery().catch(() => undefined);
      const vault = now && now.pid !== before.pid ? await vaultOf(now).catch(() => undefined) : undefined;
      if (vault?.state === 'open') break;
      assert.ok(Date.now() < limit, `the vault is still ${vault?.state ?? 'not there'}`);
      await pause(200);
    }
    await editor.panel().locator('[data-vault="open"]').waitFor();
  });

  it('deletes it after asking', async () => {
    await editor.row('Secrets', 'mine.token').click({ button: 'right' });
    await editor.page.locator('.monaco-menu .action-item', { hasText: 'Delete Secret...' }).hover();
    await takeScreenshot(editor.page, 'editor-secrets-menu');
    // A menu that has just opened takes no click for a moment.
    await editor.page.keyboard.press('Enter');
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.getByText('Delete mine.token?').waitFor();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await editor.view('Secrets').getByText('No secret is stored yet').waitFor();
  });

  it('makes the first admin by a command, whose invitation is copied once', async () => {
    await editor.page.locator('.pane-header[aria-label^="People"]').click();
    await editor.view('People').getByText('Nobody but you comes in').waitFor();
    await editor.runCommand('Quayside: Add User...');
    await title('Make the First Admin: Name');
    await answer('ada');
    await title('Make the First Admin: Roles of ada');
    await takeScreenshot(editor.page, 'editor-people-roles');
    await editor.page.keyboard.press('Enter');
    await title('Make the First Admin: First Password');
    await answer('Invitation');
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.getByText('The invitation of ada').waitFor();
    await takeScreenshot(editor.page, 'editor-people-invitation');
    await dialog.getByRole('button', { name: 'Copy Link' }).click();
    await editor.row('People', 'ada').getByText('admin · invited').waitFor();
    assert.ok(!(await editor.page.content()).includes('ticket='), 'the editor’s page holds the invitation');
  });

  it('makes a key for an agent in the panel, and lists it in the tree', async () => {
    await editor.row('People', 'ada').locator('.label-name').click();
    const panel = editor.panel();
    await panel.locator('[data-user="ada"]').waitFor();
    await waitUntilLoaded(panel);
    await takeScreenshot(editor.page, 'editor-people-panel');
    await panel.getByRole('tab', { name: 'Keys and agents' }).click();
    await panel.locator('vscode-button', { hasText: 'Make a key' }).click();
    await panel.getByLabel('Name', { exact: false }).first().fill('cursor');
    await panel.locator('vscode-button', { hasText: 'Make the key' }).click();
    const key = (await panel.locator('[data-once]').textContent()) ?? '';
    assert.match(key, /^qa_/);
    await editor.row('People', 'cursor').getByText('agent · all servers').waitFor();
    await takeScreenshot(editor.page, 'editor-people-key');
    const frame = await editor.panelFrame();
    assert.deepEqual([...(await findBarriers(frame)), ...(await findOverflow(frame))], []);
    const { socket, token } = await discovery();
    const asOwner = createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) }));
    const { url } = await asOwner.getStatus();
    const asAgent = async (path: string) =>
      (await fetch(new URL(`/api/v1${path}`, url ?? ''), { headers: { authorization: `Bearer ${key}` } })).status;
    assert.deepEqual([await asAgent('/tools'), await asAgent('/users')], [200, 403]);
  });
});
