// A secret's way on the page: entered once, referred to, handed over, and nowhere to be read again.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon, waitForOperation } from '../support/daemon.ts';
import { waitForNoProcessOf } from '../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { readResult, waitUntilLoaded, waitUntilRunning } from './panel-steps.ts';

const passphrase = 'four words without sense';

describe('secrets on the page of the daemon', () => {
  let folder: TemporaryFolder;
  let daemon: RunningDaemon;
  let browser: Browser;
  let complaints: string[];
  /** What the daemon answered the page, but for the tool that prints its environment. */
  const answers: string[] = [];
  const canary = randomBytes(12).toString('hex');
  const value = `${canary}-one\n${canary}-two`;

  const button = (text: string | RegExp) => browser.page.locator('main vscode-button', { hasText: text });
  const open = async (place: string) => {
    await browser.page.goto(`${daemon.url}/#/${place}`);
    await waitUntilLoaded(browser.page);
  };
  const openConfiguration = async () => {
    await open('server/everything');
    await browser.page.getByRole('tab', { name: 'Configuration' }).click();
    await waitUntilLoaded(browser.page);
  };
  const signIn = async () => {
    await browser.page.goto((await daemon.api.createLoginLink()).url);
    await browser.page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  };
  const paste = (label: string, text: string) =>
    browser.page
      .locator('main')
      .getByLabel(label)
      .evaluate((input, pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, text);
  /** Everything that the page holds: its markup, what its fields hold, and what it keeps for later. */
  const everythingInThePage = () =>
    browser.page.evaluate(() =>
      [
        document.documentElement.outerHTML,
        ...[...document.querySelectorAll('input, textarea, select')].map(each => (each as HTMLInputElement).value),
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        location.href,
        document.cookie,
      ].join('\n'),
    );
  const assertNowhere = async () => {
    assert.ok(answers.length > 10, 'the answers of the daemon were not recorded');
    assert.ok(!answers.some(text => text.includes(canary)), 'an answer of the daemon holds the value');
    assert.ok(!(await everythingInThePage()).includes(canary), 'the page holds the value');
  };

  before(async () => {
    folder = await createTemporaryFolder('secrets');
    daemon = await startDaemon({ home: join(folder.path, 'home') });
    const { id } = await daemon.api.createOperation({
      body: { kind: 'install', from: { catalogEntry: 'everything' } },
    });
    assert.equal((await waitForOperation(daemon.api, id)).state, 'succeeded');
    browser = await launchBrowser();
    complaints = recordComplaints(browser.page, () => true);
    browser.page.on('response', response => {
      if (!response.url().includes('/api/v1/') || /\/events|\/tools\/get-env/.test(response.url())) return;
      void response.text().then(
        text => answers.push(text),
        () => {},
      );
    });
    await signIn();
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    const left = await waitForNoProcessOf(folder.path);
    await folder.remove();
    assert.deepEqual(left, [], 'processes were left running');
  });

  it('stores a secret of several lines, and the page forgets it at once', async () => {
    const { page } = browser;
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Secrets' }).click();
    await page.getByText('No secret is stored yet').waitFor();
    await takeScreenshot(page, 'secrets-empty');
    await button('Add a secret').click();
    await page.getByLabel('Name').fill('everything.api_key');
    await page.getByLabel('Value').focus();
    await paste('Value', value);
    await page.getByText('2 lines with 57 characters, kept as pasted').waitFor();
    // The focus is moved after what was pasted is drawn.
    await page.locator('.kept-value button:focus').waitFor();
    await takeScreenshot(page, 'secrets-add');
    await button('Store').click();
    await page.locator('[data-secret="everything.api_key"]').waitFor();
    await assertNowhere();
  });

  it('lets a server refer to it, and the value arrives there with its line break', async () => {
    const { page } = browser;
    await openConfiguration();
    const section = page.getByRole('region', { name: 'Secrets' });
    await section.locator('vscode-button', { hasText: 'Add a secret' }).click();
    await section.getByLabel('Variable').fill('API_KEY');
    await section.getByLabel('Secret', { exact: true }).selectOption({ label: 'everything.api_key' });
    await section.locator('vscode-button', { hasText: 'Use it' }).click();
    await section.locator('[data-reference="API_KEY"]').waitFor();
    await button(/^\s*Start/).click();
    await waitUntilRunning(page);
    await open('tool/everything/get-env');
    await button(/^\s*Call\s*$/).click();
    const { text } = await readResult(page);
    assert.ok(text.includes(`"API_KEY": ${JSON.stringify(value)}`), 'the value did not arrive');
  });

  it('hands it over as a file, whose path the variable has', async () => {
    const { page } = browser;
    await openConfiguration();
    const section = page.getByRole('region', { name: 'Secrets' });
    await section.locator('vscode-button', { hasText: 'Add a secret' }).click();
    await section.getByLabel('Given as').selectOption({ label: 'A file' });
    await section.getByText('It is there while the server runs').waitFor();
    await section.getByLabel('Variable').fill('OTHER_KEY_FILE');
    await section.getByLabel('Secret', { exact: true }).selectOption({ label: 'everything.api_key' });
    await takeScreenshot(page, 'secrets-file');
    await section.locator('vscode-button', { hasText: 'Use it' }).click();
    await section
      .locator('[data-reference="OTHER_KEY_FILE"]', { hasText: 'the path of a file with the value' })
      .waitFor();
    const params = { params: { id: 'everything' } };
    await daemon.api.restartServer(params);
    const answer = await daemon.api.callTool({ params: { id: 'everything', tool: 'get-env' } });
    const path = /"OTHER_KEY_FILE": "([^"]+)"/.exec(String(answer.content[0]?.['text']))?.[1] ?? '';
    assert.equal(await readFile(path, 'utf8'), value);
    await daemon.api.stopServer(params);
    assert.equal(existsSync(path), false);
    await daemon.api.startServer(params);
    await assertNowhere();
  });

  it('moves a plain value to the vault, out of the configuration', async () => {
    const { page } = browser;
    const plain = { OTHER_TOKEN: `${canary}-plain`, MODE: 'fast' };
    await daemon.api.updateServer({ params: { id: 'everything' }, body: { configuration: { environment: plain } } });
    // Until it is moved, the configuration holds it, and so do the answers about it.
    const before = answers.splice(0);
    await openConfiguration();
    await takeScreenshot(page, 'secrets-hint');
    await page.getByRole('button', { name: /^Move to the vault/ }).click();
    await page.locator('[data-reference="OTHER_TOKEN"]').waitFor();
    answers.splice(0, Number.POSITIVE_INFINITY, ...before);
    const { configuration } = await daemon.api.getServer({ params: { id: 'everything' } });
    assert.deepEqual(configuration.environment, { MODE: 'fast' });
    await page.locator('[data-reference="OTHER_TOKEN"]').scrollIntoViewIfNeeded();
    await takeScreenshot(page, 'secrets-references');
    await open('secrets');
    await page.locator('[data-secret="everything.other_token"]').waitFor();
    await assertNowhere();
  });

  it('says where a secret is used, when it was, and by whom', async () => {
    const { page } = browser;
    const row = page.locator('[data-secret="everything.api_key"]');
    await row.getByText('everything takes it as API_KEY').waitFor();
    await row.getByRole('button', { name: 'Uses of everything.api_key' }).click();
    await row.getByText('everything was given it').first().waitFor();
    await row.getByRole('button', { name: 'Replace the value of everything.api_key' }).click();
    await row.getByLabel('New value', { exact: true }).fill(`${canary}-three`);
    await row.locator('vscode-button', { hasText: 'Replace' }).click();
    await row.getByLabel('New value', { exact: true }).waitFor({ state: 'detached' });
    await assertNowhere();
  });

  it('encrypts everything anew under a new key', async () => {
    const { page } = browser;
    await button('Rotate now').click();
    await page.locator('[data-secret="everything.api_key"]').getByText('key version 2').waitFor();
    await page.getByText('1 older key retired').waitFor();
    await page.getByLabel('Make a new data key').selectOption('90');
    await page.getByText(/next on \d{4}-\d{2}-\d{2}/).waitFor();
  });

  for (const theme of ['light', 'dark', 'contrast'] as const) {
    it(`has no serious barrier and nothing cut off in the theme "${theme}"`, async () => {
      const { page } = browser;
      await page.getByLabel('Theme').selectOption(theme);
      await page.getByRole('button', { name: 'Uses of everything.api_key' }).click();
      await waitUntilLoaded(page);
      const found = await findBarriers(page);
      for (const width of [1280, 420]) {
        await page.setViewportSize({ width, height: 900 });
        await takeScreenshot(page, `secrets-${theme}-${width}`);
        found.push(...(await findOverflow(page)));
      }
      await page.setViewportSize({ width: 1280, height: 800 });
      await openConfiguration();
      found.push(...(await findBarriers(page)), ...(await findOverflow(page)));
      await open('secrets');
      await assertNowhere();
      assert.deepEqual(found, []);
    });
  }

  it('asks for the passphrase of a locked vault, and says when it is wrong', async () => {
    const { page } = browser;
    await button('Set a passphrase').click();
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.getByRole('form', { name: 'Passphrase for the vault' }).locator('vscode-button').first().click();
    await page.getByText('comes from a passphrase').waitFor();
    assert.ok(!(await everythingInThePage()).includes(passphrase));
    await daemon.stop();
    daemon = await startDaemon({ home: join(folder.path, 'home') });
    // The browser reports every request that the old daemon did not answer any more.
    await signIn();
    complaints.length = 0;
    await open('secrets');
    await page.getByLabel('Passphrase', { exact: true }).fill('these are not the words');
    await button('Unlock').click();
    await page.getByText('The passphrase does not open this vault').first().waitFor();
    await takeScreenshot(page, 'secrets-locked');
    assert.deepEqual(await findBarriers(page), []);
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await button('Unlock').click();
    await page.locator('[data-vault="open"]').waitFor();
    assert.ok(!(await everythingInThePage()).includes(passphrase));
    const others = complaints.splice(0).filter(text => !/status of 409/.test(text));
    complaints.push(...others);
  });

  it('shows who uses a secret before it is deleted', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Delete everything.api_key' }).click();
    await page.getByRole('dialog').getByText('everything as API_KEY, which it needs').waitFor();
    await takeScreenshot(page, 'secrets-delete');
    await page.getByRole('dialog').locator('vscode-button', { hasText: 'Delete' }).click();
    await page.locator('[data-secret="everything.api_key"]').waitFor({ state: 'detached' });
    const { configuration } = await daemon.api.getServer({ params: { id: 'everything' } });
    assert.deepEqual(
      configuration.secretReferences.map(each => ('header' in each ? each.header : each.environmentVariable)),
      ['OTHER_TOKEN'],
    );
    await assertNowhere();
  });

  it('never broke its content security policy and reported no error on its console', () => {
    assert.deepEqual(complaints, []);
  });
});
