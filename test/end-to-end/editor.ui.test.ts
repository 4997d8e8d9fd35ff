// A person's journey in code-server with the packed extension.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { vsixFile } from '../support/package.ts';
import { callTool, installFromForm, waitUntilLoaded, waitUntilRunning } from './panel-steps.ts';

const themes = ['dark', 'light', 'contrast'] as const;

/** The editor has noise of its own; ours names the extension, or comes from a panel. */
const isOurs = (text: string, url: string): boolean =>
  /quayside/i.test(text) || /quayside|\/webviews\/app\./i.test(url);

describe('the extension in code-server', () => {
  let editor: Editor;
  let complaints: string[];

  before(async () => {
    editor = await openEditor(vsixFile);
    complaints = recordComplaints(editor.page, isOurs);
  });

  after(async () => {
    assert.deepEqual(await editor?.close(), [], 'processes were left running');
  });

  it('has an icon that opens the servers and the catalog', async () => {
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
    await editor.row('Catalog', 'Everything').waitFor({ timeout: 60_000 });
    await editor.view('Servers').getByText('No MCP servers are installed yet').waitFor();
    await takeScreenshot(editor.page, 'editor-empty');
  });

  it('installs from the tree with progress in a notification', async () => {
    const row = editor.row('Catalog', 'Memory');
    await row.hover();
    await row.getByRole('button', { name: /Install from Catalog/ }).click();
    await editor.page.locator('.notification-toast', { hasText: 'Installing Memory' }).waitFor();
    await takeScreenshot(editor.page, 'editor-installing');
    await editor.page.locator('.notification-toast', { hasText: 'memory is installed' }).waitFor({ timeout: 120_000 });
    await takeScreenshot(editor.page, 'editor-installed');
    await editor.row('Servers', 'Memory').waitFor();
  });

  it('installs from the catalog panel and shows the running server', async () => {
    await editor.row('Catalog', 'Everything').click();
    const panel = editor.panel();
    await panel.getByRole('form', { name: /^Install / }).waitFor();
    await takeScreenshot(editor.page, 'editor-catalog-entry');
    const said = await installFromForm(panel, 'everything');
    assert.ok(said.length >= 1, 'the progress said nothing');
    await editor.row('Servers', /Everything.*Running, \d+ tools/).waitFor();
    await panel.locator('vscode-button', { hasText: 'Open everything' }).click();
    await waitUntilRunning(editor.panel());
    await takeScreenshot(editor.page, 'editor-server');
  });

  it('starts a server by its button in the tree', async () => {
    const row = editor.row('Servers', 'Memory');
    await row.hover();
    await row.getByRole('button', { name: /Start Server/ }).click();
    await editor.row('Servers', /Memory.*Running, \d+ tools/).waitFor({ timeout: 60_000 });
  });

  it('shows the tools with their ticks, and calls one by its form', async () => {
    const row = editor.row('Servers', /Everything/);
    await row.locator('.monaco-tl-twistie').click();
    const tool = editor.row('Servers', 'Echo Tool');
    await tool.waitFor();
    assert.ok(await tool.locator('.monaco-custom-toggle, .custom-view-tree-node-item-checkbox').first().isVisible());
    await tool.locator('.label-name').click();
    const { text, duration } = await callTool(editor.panel(), 'message', 'from the editor');
    assert.match(text, /from the editor/);
    assert.match(duration, /^\d.*(ms|s)$/);
    await takeScreenshot(editor.page, 'editor-tool');
  });

  it('says in the status bar how many servers run, and opens the dashboard from there', async () => {
    const item = editor.page.locator('.statusbar-item', { hasText: 'Quayside: 2 running' });
    await item.waitFor();
    await item.locator('a').click();
    await editor.panel().getByRole('heading', { name: 'Dashboard' }).waitFor();
    await takeScreenshot(editor.page, 'editor-dashboard');
  });

  it('opens its first steps', async () => {
    await editor.runCommand('Quayside: First Steps');
    await editor.page.locator('.gettingStartedContainer').getByText('Quayside').first().waitFor();
    await pause(500);
    await takeScreenshot(editor.page, 'editor-first-steps');
    await editor.closeAllEditors();
  });

  for (const theme of themes) {
    it(`has no serious barrier and nothing cut off in its panels in the theme "${theme}"`, async () => {
      await editor.setTheme(theme);
      await editor.row('Servers', /Everything.*Running/).waitFor({ timeout: 60_000 });
      const found: string[] = [];
      const look = async (what: string) => {
        await waitUntilLoaded(editor.panel());
        const frame = await editor.panelFrame();
        await takeScreenshot(editor.page, `editor-${what}-${theme}`);
        found.push(...(await findBarriers(frame)).map(each => `${what}: ${each}`));
        found.push(...(await findOverflow(frame)).map(each => `${what}: ${each}`));
      };
      await editor.runCommand('Quayside: Open Dashboard');
      await editor.panel().getByRole('heading', { name: 'Dashboard' }).waitFor();
      await look('dashboard');
      await editor.runCommand('Quayside: Open Catalog');
      await editor.panel().getByRole('heading', { name: 'Catalog' }).waitFor();
      await look('catalog');
      await editor
        .row('Servers', /Everything/)
        .locator('.label-name')
        .click();
      await editor.panel().locator('.server-view').waitFor();
      await look('server');
      if (!(await editor.row('Servers', 'Echo Tool').isVisible())) {
        await editor
          .row('Servers', /Everything/)
          .locator('.monaco-tl-twistie')
          .click();
      }
      await editor.row('Servers', 'Echo Tool').locator('.label-name').click();
      await editor.panel().locator('.tool-view').waitFor();
      await look('tool');
      await editor.runCommand('Quayside: Open Gateway');
      await editor.panel().locator('.gateway-view').waitFor();
      await look('gateway');
      assert.deepEqual(found, []);
      // The window was reloaded for the theme, and kept tabs whose pages nobody has looked at since.
      const labels = await editor.page.locator('.tabs-container .tab .label-name').allTextContents();
      // The editor's own, with our first steps in it, may still be there.
      const tabs = labels.filter(label => label !== 'Welcome');
      assert.deepEqual(tabs, [...new Set(tabs)], 'one panel of each kind');
      assert.equal(tabs.length, 5);
    });
  }

  it('never broke a content security policy and reported no error on the console', () => {
    assert.deepEqual(complaints, []);
  });
});
