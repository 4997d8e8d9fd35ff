// Bitwarden with its real program and a server of ours: logged in by a command of the editor, chosen and taken over on the page of the
// same daemon, seen in the editor's tree, and the way in for a user whom an admin has linked.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Account, createAccount } from '../support/bitwarden-server/account.ts';
import { type BitwardenServer, startBitwardenServer } from '../support/bitwarden-server/bitwarden-server.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { vsixFile } from '../support/package.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntilLoaded } from './panel-steps.ts';

const program = join(import.meta.dirname, '..', '..', 'node_modules', '@bitwarden', 'cli', 'build', 'bw.js');
/** bw takes seconds for everything. */
const patient = { timeout: 60_000 };

describe('Bitwarden in the editor and on the page', function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;
  let account: Account;
  let server: BitwardenServer;
  let editor: Editor;
  let browser: Browser;
  let complaints: string[];
  let api: ApiClient;
  const canary = 'canary-of-the-field';

  const answer = async (title: string | RegExp, text: string) => {
    await editor.page.locator('.quick-input-title', { hasText: title }).waitFor();
    await editor.page.locator('.quick-input-widget input:visible').fill(text);
    await editor.page.keyboard.press('Enter');
  };
  const part = (page: Page) => page.getByRole('region', { name: 'Bitwarden', exact: true });
  const click = (page: Page, text: RegExp) => part(page).locator('vscode-button', { hasText: text }).click();
  const look = async (page: Page, name: string) => {
    await part(page).scrollIntoViewIfNeeded();
    await takeScreenshot(page, name);
    assert.deepEqual([...(await findBarriers(page)), ...(await findOverflow(page))], []);
  };

  before(async () => {
    folder = await createTemporaryFolder('bitwarden-ui');
    const github = {
      name: 'GitHub',
      login: { username: 'ada', password: 'p' },
      fields: [{ name: 'token', value: canary }],
    };
    account = createAccount({ withTotp: true, items: [github, { name: 'Notes', notes: 'n' }] });
    server = await startBitwardenServer(folder.path, [account]);
    const environment = { NODE_EXTRA_CA_CERTS: server.certificateFile, QUAYSIDE_BW: program, QUAYSIDE_DOCKER: 'off' };
    editor = await openEditor(vsixFile, { environment });
    browser = await launchBrowser({ height: 1_000 });
    complaints = recordComplaints(browser.page, text => !/401|423|502/.test(text));
  });
  after(async () => {
    await browser?.close();
    const left = await editor?.close();
    await server?.stop();
    await folder?.remove();
    assert.deepEqual(left, [], 'processes were left running');
  });

  it('is logged in by a command, with password and code in boxes of the editor', async () => {
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
    await editor.row('Catalog', 'Everything').waitFor(patient);
    await editor.runCommand('Quayside: Log In to Bitwarden...');
    await answer('Log In to Bitwarden: Server', server.url);
    // Whole, because the box before it begins with the same words and may still be there.
    await answer(/^\s*Log In to Bitwarden\s*$/, 'E-Mail');
    await answer('E-Mail Address', account.email);
    const input = editor.page.locator('.quick-input-widget input:visible');
    await editor.page.locator('.quick-input-title', { hasText: 'Master Password' }).waitFor();
    assert.equal(await input.getAttribute('type'), 'password');
    await answer('Master Password', account.password);
    await editor.page.locator('.quick-input-title', { hasText: 'Log In to Bitwarden: Code' }).waitFor(patient);
    await takeScreenshot(editor.page, 'editor-bitwarden-code');
    await answer('Code', account.code());
    await editor.page.getByText('Bitwarden is logged in as').waitFor(patient);
    const { socket, token } = Discovery.parse(JSON.parse(await readFile(join(editor.home, 'daemon.json'), 'utf8')));
    api = createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) }));
    assert.equal((await api.getBitwarden()).state, 'unlocked');
  });

  it('shows items by name on the page, and what of them becomes a secret', async () => {
    const { page } = browser;
    await page.goto((await api.createLoginLink()).url);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Secrets' }).click();
    await part(page).getByText('Unlocked').waitFor();
    await look(page, 'page-bitwarden-empty');
    await click(page, /Choose what to take over/);
    await page.locator('[data-item="GitHub"]').waitFor(patient);
    await look(page, 'page-bitwarden-items');
    await page.locator('[data-item="GitHub"] vscode-button').click();
    await part(page).getByLabel('Part').selectOption('field:token');
    await part(page).getByLabel('Becomes the secret').fill('github.token');
    await look(page, 'page-bitwarden-choose');
    await page.keyboard.press('Enter');
    await page.locator('[data-mapping="github.token"]').waitFor();
  });

  it('compares first, and takes over when told so', async () => {
    const { page } = browser;
    await click(page, /Compare with Bitwarden/);
    await page.getByRole('region', { name: 'Preview' }).locator('[data-change="added"]').waitFor(patient);
    await look(page, 'page-bitwarden-preview');
    assert.equal((await api.listSecrets()).total, 0);
    await click(page, /^\s*Take over\s*$/);
    await page.getByRole('region', { name: 'Done' }).waitFor(patient);
    await page.locator('[data-secret="github.token"]').getByText('from Bitwarden').waitFor();
    await look(page, 'page-bitwarden-done');
    assert.ok(!(await page.content()).includes(canary), 'the page holds the value');
  });

  it('says when its server is away, and that its secrets may be old, on the page and in the tree', async () => {
    const { page } = browser;
    await editor.row('Secrets', 'github.token').getByText('Bitwarden').waitFor();
    await server.stop();
    await click(page, /Compare with Bitwarden/);
    await part(page).getByText('its server is away').waitFor(patient);
    await look(page, 'page-bitwarden-offline');
    await editor.row('Secrets', 'Bitwarden is stale').waitFor();
    await editor.row('Secrets', 'github.token').getByText('stale').waitFor();
    await takeScreenshot(editor.page, 'editor-bitwarden-stale');
    await server.start();
  });

  it('is locked by a click, and only a command asks for the master password in the editor', async () => {
    const { page } = browser;
    await click(page, /^\s*Lock\s*$/);
    await part(page).getByRole('form', { name: 'Unlock Bitwarden' }).waitFor(patient);
    await look(page, 'page-bitwarden-locked');
    await editor.runCommand('Quayside: Open Secrets');
    await editor.panel().getByText('Unlock Bitwarden…').waitFor(patient);
    await waitUntilLoaded(editor.panel());
    await takeScreenshot(editor.page, 'editor-bitwarden-panel');
    const frame: Frame = await editor.panelFrame();
    assert.deepEqual([...(await findBarriers(frame)), ...(await findOverflow(frame))], []);
    assert.equal(await editor.panel().locator('input[type="password"]').count(), 0);
  });

  it('is logged out and in again on the page, which says what is missing', async () => {
    const { page } = browser;
    await click(page, /Log out/);
    await part(page).locator('vscode-button', { hasText: 'Log in to Bitwarden' }).waitFor(patient);
    await look(page, 'page-bitwarden-logged-out');
    await click(page, /Log in to Bitwarden/);
    const form = part(page).getByRole('form', { name: 'Log in to Bitwarden' });
    await form.getByLabel('Server').fill('http://vault.example.test');
    await form.getByLabel('With a personal API key').check();
    await page.keyboard.press('Control+Enter');
    for (const wrong of ['The address begins with https://.', 'A client_id begins', 'The client_secret is missing.'])
      await form.getByText(wrong).waitFor();
    await look(page, 'page-bitwarden-login');
  });

  it('lets a user in whose account an admin has linked', async () => {
    const { user } = await api.createUser({ body: { name: 'ada', roles: ['viewer'] } });
    await api.createBitwardenLink({ body: { userId: user.id, email: account.email, serverUrl: server.url } });
    const second = await launchBrowser();
    try {
      const { page } = second;
      const { url } = Discovery.parse(JSON.parse(await readFile(join(editor.home, 'daemon.json'), 'utf8')));
      await page.goto(`${url}/`);
      await page.locator('vscode-button', { hasText: 'Sign in with Bitwarden' }).click();
      await page.getByLabel('E-mail address at Bitwarden').fill(account.email);
      await page.getByLabel('Master password').fill(account.password);
      await page.getByLabel('Bitwarden’s code').fill(account.code());
      await takeScreenshot(page, 'page-bitwarden-sign-in');
      assert.deepEqual([...(await findBarriers(page)), ...(await findOverflow(page))], []);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Dashboard' }).waitFor(patient);
    } finally {
      await second.close();
    }
  });

  it('leaves no complaint in the browser’s console', () => assert.deepEqual(complaints, []));
});
