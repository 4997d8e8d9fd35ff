// A person's journey on the page that the daemon serves.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { waitForNoProcessOf } from '../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import {
  callTool,
  installFromCatalog,
  readResult,
  tabTo,
  waitUntilLoaded,
  waitUntilRunning,
  watchInstall,
} from './panel-steps.ts';

const themes = ['light', 'dark', 'contrast'] as const;
const places = {
  dashboard: '',
  catalog: 'catalog',
  entry: 'catalog/filesystem',
  server: 'server/everything',
  tool: 'tool/everything/echo',
};

describe('the page of the daemon', () => {
  let folder: TemporaryFolder;
  let daemon: RunningDaemon;
  let browser: Browser;
  let complaints: string[];

  before(async () => {
    folder = await createTemporaryFolder('page');
    daemon = await startDaemon({ home: join(folder.path, 'home') });
    browser = await launchBrowser();
    complaints = recordComplaints(browser.page, () => true);
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    const left = await waitForNoProcessOf(folder.path);
    await folder.remove();
    assert.deepEqual(left, [], 'processes were left running');
  });

  it('asks a stranger for a login link, and shows nothing else', async () => {
    const { page } = browser;
    await page.goto(daemon.url);
    await page.getByRole('heading', { name: 'Get a login link' }).waitFor();
    await takeScreenshot(page, 'page-sign-in');
    // The browser itself reports the refusals that led here.
    const others = complaints.splice(0).filter(text => !/status of 401/.test(text));
    complaints.push(...others);
    assert.deepEqual(await findBarriers(page), []);
  });

  it('signs in by the login link, which works once', async () => {
    const { page } = browser;
    const { url } = await daemon.api.createLoginLink();
    await page.goto(url);
    await page.getByText('No server is installed yet').waitFor();
    await takeScreenshot(page, 'page-dashboard-empty');
    assert.doesNotMatch(page.url(), /ticket/, 'the ticket must not stay in the address');
    await using second = await launchBrowser();
    await second.page.goto(url);
    await second.page.getByText('The login link is not valid any more').waitFor();
  });

  it('installs a server from the catalog with progress', async () => {
    const { page } = browser;
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Catalog' }).click();
    await page.locator('.card').first().waitFor();
    await takeScreenshot(page, 'page-catalog');
    const said = await installFromCatalog(page, 'everything');
    assert.ok(said.length >= 2, `the progress said only ${JSON.stringify(said)}`);
    await takeScreenshot(page, 'page-installed');
  });

  it('shows the running server with its tools, and stops and starts it', async () => {
    const { page } = browser;
    await page.locator('vscode-button', { hasText: 'Open everything' }).click();
    await waitUntilRunning(page);
    await page.locator('[data-tool="echo"]').waitFor();
    await takeScreenshot(page, 'page-server');
    const acts = page.getByRole('group', { name: 'Acts on this server' });
    await acts.locator('vscode-button', { hasText: 'Stop' }).click();
    await page.locator('.server-view .view-head [data-state="stopped"]').waitFor();
    await acts.locator('vscode-button', { hasText: /^\s*Start/ }).click();
    await waitUntilRunning(page);
  });

  it('calls a tool by its form and shows the result and the time it took', async () => {
    const { page } = browser;
    await page.locator('[data-tool="echo"] a').click();
    const { text, duration } = await callTool(page, 'message', 'from the page');
    assert.match(text, /from the page/);
    assert.match(duration, /^\d.*(ms|s)$/);
    await takeScreenshot(page, 'page-tool');
  });

  it('tells what is wrong with an argument, beside it', async () => {
    const { page } = browser;
    await page.goto(`${daemon.url}/#/tool/everything/get-sum`);
    await page.locator('vscode-button', { hasText: /^\s*Call\s*$/ }).click();
    await page.locator('.field-error').first().waitFor();
    await takeScreenshot(page, 'page-tool-error');
  });

  it('does the main job by the keyboard alone', async () => {
    const { page } = browser;
    await page.goto(`${daemon.url}/#/dashboard`);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    const press = async (target: Parameters<typeof tabTo>[1], key = 'Enter') => {
      await tabTo(page, target);
      await page.keyboard.press(key);
    };
    await press(page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Catalog' }));
    await press(page.locator('[data-entry="memory"] a').first());
    await press(page.getByRole('form', { name: /^Install / }).locator('vscode-button', { hasText: /^\s*Install/ }));
    await watchInstall(page, 'memory');
    await press(page.locator('vscode-button', { hasText: 'Open memory' }));
    await waitUntilRunning(page);
    await press(page.locator('[data-tool="search_nodes"] a'));
    await tabTo(page, page.getByLabel('query').first());
    await page.keyboard.type('nothing');
    await page.keyboard.press('Control+Enter');
    const { text } = await readResult(page);
    assert.match(text, /entities/);
  });

  for (const theme of themes) {
    it(`has no serious barrier and nothing cut off in the theme "${theme}"`, async () => {
      const { page } = browser;
      await page.goto(`${daemon.url}/#/dashboard`);
      await page.getByLabel('Theme').selectOption(theme);
      const found: string[] = [];
      for (const [name, hash] of Object.entries(places)) {
        await page.goto(`${daemon.url}/#/${hash}`);
        await waitUntilLoaded(page);
        await takeScreenshot(page, `page-${name}-${theme}`);
        found.push(...(await findBarriers(page)).map(each => `${name}: ${each}`));
        found.push(...(await findOverflow(page)).map(each => `${name}: ${each}`));
      }
      assert.deepEqual(found, []);
    });
  }

  it('fits a narrow window', async () => {
    const { page } = browser;
    await page.setViewportSize({ width: 420, height: 800 });
    const found: string[] = [];
    for (const [name, hash] of Object.entries(places)) {
      await page.goto(`${daemon.url}/#/${hash}`);
      await waitUntilLoaded(page);
      await takeScreenshot(page, `page-${name}-narrow`);
      found.push(...(await findOverflow(page)).map(each => `${name}: ${each}`));
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.deepEqual(found, []);
  });

  it('serves a browsable page of its API', async () => {
    const { page } = browser;
    await page.goto(`${daemon.url}/api/docs`);
    await page.getByText('/api/v1/servers/{id}/start').first().waitFor();
    await takeScreenshot(page, 'page-api');
    assert.deepEqual(await findBarriers(page), []);
  });

  it('never broke its content security policy and reported no error on its console', () => {
    assert.deepEqual(complaints, []);
  });
});
