// In the editor: two test files of a server in the Test Explorer, one that passes and one that fails at its line.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { createApiClient } from '../../shared/api/client.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { vsixFile } from '../support/package.ts';

const good = `server: echo
tests:
  - name: says it again
    tool: echo
    arguments: { message: hi }
    expect: { equals: 'Echo: hi' }
  - name: adds
    tool: add
    arguments: { a: 1, b: 2 }
    expect:
      structuredContent: { sum: 3 }
      snapshot: true
`;
const bad = `server: echo
tests:
  - name: says something else
    tool: echo
    arguments: { message: "one\\ntwo" }
    expect:
      equals: "Echo: one\\nthree"
`;
const echo = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'echo.mjs');

describe('test files in code-server', () => {
  let editor: Editor;
  const row = (text: string) => editor.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();

  before(async () => {
    editor = await openEditor(vsixFile);
  });
  after(async () => {
    assert.deepEqual(await editor?.close(), [], 'processes were left running');
  });

  it('are listed in the Test Explorer as soon as they are written', async () => {
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
    await editor.row('Catalog', 'Everything').waitFor({ timeout: 60_000 });
    const { socket, token } = Discovery.parse(JSON.parse(await readFile(join(editor.home, 'daemon.json'), 'utf8')));
    const api = createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) }));
    const configuration = { arguments: [echo], environment: { ELECTRON_RUN_AS_NODE: '1' } };
    await api.createServer({ body: { type: 'command', id: 'echo', command: process.execPath, configuration } });
    await writeFile(join(editor.workspace, 'good.mcptest.yaml'), good);
    await writeFile(join(editor.workspace, 'bad.mcptest.yaml'), bad);
    await editor.runCommand('View: Show Testing');
    await row('good.mcptest.yaml').waitFor({ timeout: 30_000 });
    await row('bad.mcptest.yaml').waitFor();
  });

  it('run: one passes and writes its snapshot, the other fails and says so in the list', async () => {
    await editor.runCommand('Test: Run All Tests');
    await editor.page
      .locator('.test-explorer [aria-label*="good.mcptest.yaml"][aria-label*="Passed"]')
      .waitFor({ timeout: 60_000 });
    await editor.page.locator('.test-explorer [aria-label*="bad.mcptest.yaml"][aria-label*="Failed"]').waitFor();
    assert.match(await readFile(join(editor.workspace, '__snapshots__', 'good.mcptest.snap.yaml'), 'utf8'), /sum: 3/);
  });

  it('show the failure at its line, with what was expected and what came', async () => {
    await editor.page.keyboard.press('Control+P');
    await editor.page.locator('.quick-input-widget input:visible').fill('bad.mcptest.yaml');
    await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'bad.mcptest.yaml' }).first().waitFor();
    await editor.page.keyboard.press('Enter');
    await editor.page.locator('.editor-instance .view-line', { hasText: 'equals' }).first().waitFor();
    // The editor opens a failure in a document that is seen.
    await editor.runCommand('Test: Run Tests in Current File');
    await editor.page.getByText('The result is another one').first().waitFor();
    await row('bad.mcptest.yaml').locator('.monaco-tl-twistie').click();
    await editor.page.locator('.test-explorer [aria-label*="says something else"][aria-label*="Failed"]').waitFor();
    await editor.page
      .locator('.margin-view-overlays .codicon-testing-failed-icon, .glyph-margin-widgets .codicon-testing-failed-icon')
      .first()
      .waitFor();
    await takeScreenshot(editor.page, 'editor-tests');
  });

  it('run with a trace of what was said', async () => {
    await editor.page.keyboard.press('Escape');
    await editor.runCommand('Test: Debug All Tests');
    await editor.page.locator('.tab', { hasText: 'Trace of the last test run' }).waitFor({ timeout: 30_000 });
    await editor.page.locator('.view-line', { hasText: 'tools/call' }).first().waitFor();
    await takeScreenshot(editor.page, 'editor-tests-trace');
  });
});
