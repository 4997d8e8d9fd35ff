// The catalog and an install in code-server, on a docker that answers with what real ones answered: both generations of docker mcp.
import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { vsixFile } from '../support/package.ts';
import { recordingOf } from '../support/recordings.ts';
import { createReplay, type Replay } from '../support/replay/replay.ts';
import { waitUntilLoaded } from './panel-steps.ts';

/** What stays as it is while the course goes on. The list of catalogs and profiles is that of one moment. */
const newer = ['probe-version', 'probe-plugin-metadata', 'probe-help', 'gateway-run-help', 'probe-docker-version-json']
  .concat(['catalog-list-json', 'catalog-show-json', 'client-ls-global-json', 'profile-list-json'])
  .map(name => `current/${name}`);
const older = ['probe-version', 'probe-plugin-metadata', 'probe-help', 'gateway-run-help', 'catalog-ls-json']
  .concat(['catalog-show-json', 'config-read-empty'])
  .map(name => `legacy/${name}`)
  .concat('current/probe-docker-version-json');

/** The lab had a second catalog, and what it held was never asked for. */
const neverAsked = 'never recorded: docker ["mcp","catalog","show","lab/mine:latest","--format","json"]';

const isOurs = (text: string, url: string): boolean =>
  /quayside/i.test(text) || /quayside|\/webviews\/app\./i.test(url);

describe('Docker in code-server, as it was recorded', () => {
  let replay: Replay;
  let editor: Editor;
  let complaints: string[];

  const look = async (name: string) => {
    await waitUntilLoaded(editor.panel());
    await takeScreenshot(editor.page, name);
    const frame = await editor.panelFrame();
    assert.deepEqual([...(await findBarriers(frame)), ...(await findOverflow(frame))], []);
  };
  const press = (text: RegExp) => editor.panel().locator('vscode-button', { hasText: text }).first().click();
  const openEntry = async (title: string, catalog: string) => {
    await editor.runCommand('Quayside: Open Catalog');
    await editor.panel().getByLabel('Search').fill(title);
    await editor.panel().locator('.card', { hasText: catalog }).getByRole('link', { name: title }).click();
    await editor
      .panel()
      .getByRole('form', { name: `Install ${title}` })
      .waitFor();
  };

  before(async () => {
    replay = await createReplay({ dialect: 'current', standing: newer });
    await mkdir(join(replay.home, '.docker', 'cli-plugins'), { recursive: true });
    await symlink(replay.plugin, join(replay.home, '.docker', 'cli-plugins', 'docker-mcp'));
    editor = await openEditor(vsixFile, { environment: replay.environment, width: 1400, height: 900 });
    editor.page.setDefaultTimeout(15_000);
    complaints = recordComplaints(editor.page, isOurs);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await takeScreenshot(editor.page, 'editor-recorded-failed');
  });

  after(async () => {
    assert.deepEqual(await editor?.close(), [], 'processes were left running');
    await replay?.close();
  });

  it('shows the profiles of docker mcp and their servers', async () => {
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
    await editor.row('Docker', 'Dev Tools').waitFor();
    const profile = editor.row('Docker', /Everything.*1 server/);
    await profile.locator('.monaco-tl-twistie').click();
    await editor.row('Docker', /Everything \(reference\)/).waitFor();
    await editor.row('Docker', /Gateway.*Stopped/).waitFor();
    await takeScreenshot(editor.page, 'editor-recorded-tree');
  });

  it('lists the recorded catalog in a panel, and finds an entry by words and by filters', async () => {
    await editor.runCommand('Quayside: Open Catalog');
    const panel = editor.panel();
    await panel.locator('.card', { hasText: 'Local Lab Catalog' }).first().waitFor();
    await panel.getByText('11 servers').waitFor();
    await look('editor-recorded-catalog');
    await panel.getByLabel('Search').fill('knowledge');
    await panel.locator('.card', { hasText: 'Local Lab Catalog' }).getByRole('link', { name: 'Memory' }).waitFor();
    await panel.getByLabel('Any engine').selectOption('docker');
    await panel.getByText(/^1 of \d+ servers/).waitFor();
    await panel.getByLabel('Search').fill('');
    await panel.getByLabel('Secrets: any').selectOption('yes');
    await panel.locator('.card', { hasText: 'Probe' }).waitFor();
    await panel.getByText(/^1 of \d+ servers/).waitFor();
    await look('editor-recorded-filters');
  });

  it('opens an entry with the form for its settings and its secret', async () => {
    await editor.panel().locator('.card a', { hasText: 'Probe' }).click();
    const form = editor.panel().getByRole('form', { name: 'Install Probe' });
    await form.waitFor();
    const profiles = await form.getByLabel('Profile').locator('option').allTextContents();
    assert.deepEqual(profiles.slice(0, 2), ['Dev Tools (dev_tools)', 'Everything (everything)']);
    await form.getByLabel('region').waitFor();
    await form.getByText('probe.api_key').first().waitFor();
    await look('editor-recorded-entry');
  });

  it('does not write over a server that somebody else has added meanwhile', async () => {
    await openEntry('Memory', 'Local Lab Catalog');
    await press(/^\s*Install\s*$/);
    await editor.panel().locator('[data-step="check"][data-state="failed"]').waitFor();
    await editor.panel().locator('[data-step="profile"][data-state="skipped"]').waitFor();
    await look('editor-recorded-refused');
    assert.ok((await replay.played()).includes('current/profile-show-json'));
    assert.deepEqual([...new Set(await replay.failures())], [neverAsked]);
    await replay.forgive();
  });

  it('follows when another docker mcp is put in its place, and offers what that one can', async () => {
    const { seq } = recordingOf('legacy/server-ls-empty-json');
    await replay.moveTo({ dialect: 'legacy', standing: older, cursor: seq });
    await editor.runCommand('Quayside: Look at Docker Again');
    await editor.row('Docker', /Default.*0 servers/).waitFor();
    await editor.row('Docker', 'Dev Tools').waitFor({ state: 'detached' });
    const title = editor.view('Docker').locator('.pane-header');
    await title.hover();
    assert.equal(await title.getByRole('button', { name: /^Create Profile/ }).count(), 0);
    assert.equal(await title.getByRole('button', { name: /^Run Doctor/ }).count(), 1);
    // Else its hover would lie over the panel.
    await editor.page.mouse.move(900, 10);
  });

  it('installs into it step by step, and shows the server in the tree', async () => {
    await openEntry('Remote with OAuth', 'Docker MCP Catalog');
    const panel = editor.panel();
    await panel.getByLabel(/^Start it when/).uncheck();
    await look('editor-recorded-form');
    await press(/^\s*Install\s*$/);
    await panel.getByText('remote-oauth is installed', { exact: true }).waitFor();
    for (const [step, state] of [
      ['check', 'done'],
      ['image', 'skipped'],
      ['profile', 'done'],
      ['settings', 'done'],
    ])
      await panel.locator(`[data-step="${step}"][data-state="${state}"]`).waitFor();
    await look('editor-recorded-installed');
    await editor.row('Docker', /Default.*1 server/).waitFor();
    // At that time the others that were recorded had been enabled too.
    await editor.runCommand('Quayside: Look at Docker Again');
    await editor.row('Docker', /Default.*3 servers/).waitFor();
    await editor
      .row('Docker', /Default/)
      .locator('.monaco-tl-twistie')
      .click();
    await editor.row('Docker', /Remote with OAuth/).waitFor();
    await takeScreenshot(editor.page, 'editor-recorded-installed-tree');
    assert.ok((await replay.played()).includes('legacy/server-enable-oauth-remote'));
  });

  it('has asked nothing that was never recorded, and reported no error on the console', async () => {
    assert.deepEqual(await replay.failures(), []);
    assert.deepEqual(complaints, []);
  });
});
