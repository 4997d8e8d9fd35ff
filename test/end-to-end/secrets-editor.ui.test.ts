// A secret's way in the editor: stored from a password box, its vault opened by the keychain, nowhere to be read.
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

describe('secrets in code-server', () => {
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
});
