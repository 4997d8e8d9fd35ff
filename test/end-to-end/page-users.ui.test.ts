// People on the page: the owner makes the first admin, who invites a viewer, sets up a second factor and makes a key.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Locator } from 'playwright-core';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { bearer, codeAt } from '../support/identity.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntilLoaded } from './panel-steps.ts';

const password = 'correct horse battery';

describe('the page for users', () => {
  let folder: TemporaryFolder;
  let daemon: RunningDaemon;
  let browser: Browser;
  let complaints: string[];
  let secret: string;
  let recoveryCodes: string[];

  const button = (text: string | RegExp, within: Locator = browser.page.locator('main')) =>
    within.locator('vscode-button', { hasText: text });
  const open = async (place: string) => {
    await browser.page.goto(`${daemon.url}/#/${place}`);
    await waitUntilLoaded(browser.page);
  };
  const takeInvitation = async (url: string) => {
    const { page } = browser;
    await page.goto(url);
    const form = page.getByRole('form', { name: 'Choose a password' });
    await form.getByLabel('Password', { exact: false }).first().fill(password);
    await form.getByLabel('The same again', { exact: false }).fill(password);
    await form.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByRole('link', { name: 'sleeper' }).first().waitFor();
    assert.doesNotMatch(page.url(), /ticket/, 'the ticket must not stay in the address');
  };
  const signOut = async () => {
    await browser.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await browser.page.getByText('Get a login link').waitFor();
  };
  const signInAs = async (name: string) => {
    const form = browser.page.getByRole('form', { name: 'Sign in by name and password' });
    await form.getByLabel('Name', { exact: false }).fill(name);
    await form.getByLabel('Password', { exact: false }).fill(password);
    await form.getByRole('button', { name: 'Sign in' }).click();
    return form;
  };
  const addUser = async (name: string, role?: string): Promise<string> => {
    const form = browser.page.getByRole('form', { name: 'New user' });
    await form.getByLabel('Name', { exact: false }).first().fill(name);
    if (role) await form.getByRole('checkbox', { name: role }).check();
    await button(/^\s*(Add|Make the admin)\s*$/, form).click();
    const text = browser.page.getByRole('region', { name: `The invitation of ${name}` }).locator('[data-once]');
    return (await text.textContent()) ?? '';
  };
  /** Nothing serious of axe-core, and nothing cut off, wide and narrow. */
  const assertGood = async (picture: string) => {
    const { page } = browser;
    const found: string[] = [];
    for (const width of [420, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await takeScreenshot(page, `${picture}-${width}`);
      found.push(...(await findOverflow(page)));
    }
    found.push(...(await findBarriers(page)));
    assert.deepEqual(found, []);
  };
  /** Answers that are refusals are told by the browser; everything else would be a fault of the page. */
  const recordOnlyFaults = (page: Browser['page']) =>
    recordComplaints(page, text => !/Failed to load resource.*status of 4\d\d/.test(text));

  before(async () => {
    folder = await createTemporaryFolder('page-users');
    daemon = await startDaemon({ home: join(folder.path, 'home') });
    browser = await launchBrowser();
    browser.page.setDefaultTimeout(10_000);
    complaints = recordOnlyFaults(browser.page);
    const body = { type: 'command', id: 'sleeper', command: process.execPath } as const;
    await daemon.api.createServer({ body });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await folder.remove();
  });

  it('tells the owner what users are for, and makes the first admin by an invitation', async () => {
    const { page } = browser;
    await page.goto((await daemon.api.createLoginLink()).url);
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Access' }).click();
    await page.getByText('Nobody but you comes in').waitFor();
    await assertGood('access-empty');
    await button('Make the first admin').click();
    const url = await addUser('ada');
    await assertGood('access-first-admin');
    await signOut();
    await takeInvitation(url);
    assert.deepEqual((await daemon.api.listUsers()).items[0]?.roles, ['admin']);
  });

  it('lets the admin invite a viewer, who is asked for a good password', async () => {
    const { page } = browser;
    await open('access');
    await page.locator('[data-user="ada"]').getByText('(you)').waitFor();
    await button('Add a user').click();
    const url = await addUser('vera');
    await signOut();
    await page.goto(url);
    const form = page.getByRole('form', { name: 'Choose a password' });
    await form.getByLabel('Password', { exact: false }).first().fill('short');
    await form.getByRole('button', { name: 'Set password and sign in' }).click();
    await form.getByText('at least 12 characters').waitFor();
    await takeScreenshot(page, 'users-invitation');
    assert.deepEqual(await findBarriers(page), []);
    await takeInvitation(url);
  });

  it('shows a viewer everything that it may see, and lets nothing be changed', async () => {
    const { page } = browser;
    await open('access?tab=users');
    await page.getByText('This takes the role auditor or admin. You have the role viewer.').waitFor();
    await open('access?tab=roles');
    await page.locator('[data-permission="servers:operate"]').waitFor();
    await assertGood('access-viewer');
    await open('server/sleeper');
    await assertNothingCanBeDone();
    await takeScreenshot(page, 'users-viewer');
    // Who asks all the same is refused, and it is on record.
    const status = await page.evaluate(async () => {
      const proof = localStorage.getItem('quayside.session-proof') ?? '';
      const headers = { 'content-type': 'application/json', 'x-quayside-proof': proof };
      return (await fetch('/api/v1/servers/sleeper/start', { method: 'POST', headers, body: '{}' })).status;
    });
    assert.equal(status, 403);
    const { items } = await daemon.api.listAudit({ query: { outcome: 'denied', action: 'startServer' } });
    assert.match(items[0]?.principal ?? '', /vera/);
  });
  const assertNothingCanBeDone = async () => {
    await button(/^\s*Start\s*$/)
      .first()
      .waitFor();
    assert.equal(
      await button(/^\s*Start\s*$/)
        .first()
        .getAttribute('disabled'),
      '',
      'a viewer can click Start',
    );
  };

  it('signs in by name and password, says what is wrong, and goes on to where one wanted', async () => {
    const { page } = browser;
    await signOut();
    await open('access?tab=account');
    const form = await signInAs('nobody');
    await page.getByText('The sign-in is not right').waitFor();
    await takeScreenshot(page, 'users-sign-in');
    assert.deepEqual([...(await findBarriers(page)), ...(await findOverflow(page))], []);
    await signInAs('ada');
    await form.waitFor({ state: 'detached' });
    await page.getByText('You are ada').waitFor();
  });

  it('sets up a second factor by a QR code, with recovery codes to take along', async () => {
    const { page } = browser;
    await button('Set up').click();
    await page.getByRole('img', { name: 'QR code for an authenticator' }).waitFor();
    secret = ((await page.locator('[data-secret-text]').textContent()) ?? '').replaceAll(' ', '');
    await assertGood('access-second-factor');
    const form = page.getByRole('form', { name: 'Confirm the second factor' });
    await form.getByLabel('Code', { exact: false }).fill(codeAt(secret, Date.now()));
    await button('Confirm', form).click();
    const codes = page.getByRole('region', { name: 'Your recovery codes' });
    assert.match((await codes.locator('[data-once]').textContent()) ?? '', /^(?:\w{5}-\w{5}\n){9}\w{5}-\w{5}$/);
    await takeScreenshot(page, 'access-recovery-codes');
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download', codes).click()]);
    const file = await readFile(await download.path(), 'utf8');
    assert.match(file, /^(?:\w{5}-\w{5}\n){10}$/);
    recoveryCodes = file.split('\n');
    await button('Done', codes).click();
    assert.doesNotMatch(await page.content(), new RegExp(secret));
  });

  it('signs in with the code of an authenticator, once for each code', async () => {
    const { page } = browser;
    await signOut();
    const form = await signInAs('ada');
    await form.getByLabel('Code', { exact: false }).waitFor();
    await takeScreenshot(page, 'users-sign-in-code');
    // The step of the set-up is used up; the next one is taken ahead of its time, as for a clock that runs slow.
    await form.getByLabel('Code', { exact: false }).fill(codeAt(secret, Date.now() + 30_000));
    await form.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'sleeper' }).first().waitFor();
  });

  /** As if the second factors of all sessions had been given long ago. */
  const makeFactorsOld = () => {
    const database = new Database(join(daemon.home, 'quayside.db'));
    database.exec("update sessions set factor_at = '2020-01-01T00:00:00.000Z' where factor_at is not null");
    database.close();
  };

  it('asks for a fresh code before it makes a key, which is shown once and lets in to one server alone', async () => {
    const { page } = browser;
    await open('access?tab=keys');
    await button('Make a key').click();
    const form = page.getByRole('form', { name: 'New key' });
    await form.getByLabel('Name', { exact: false }).first().fill('ci');
    await form.getByLabel('For').selectOption('key');
    await form.getByLabel('Servers').selectOption('some');
    await form.getByRole('checkbox', { name: 'sleeper' }).check();
    makeFactorsOld();
    await button('Make the key', form).click();
    const dialog = page.getByRole('dialog', { name: 'Give a code again' });
    await dialog.getByRole('textbox').fill(recoveryCodes[0] ?? '');
    await takeScreenshot(page, 'access-fresh-factor');
    assert.deepEqual(await findBarriers(page), []);
    await button('Go on', dialog).click();
    const shown = page.getByRole('region', { name: 'The key of ci' });
    const key = (await shown.locator('[data-once]').textContent()) ?? '';
    await assertGood('access-key');
    const ask = async (path: string) => (await fetch(`${daemon.url}/api/v1${path}`, { headers: bearer(key) })).status;
    assert.deepEqual([await ask('/servers/sleeper'), await ask('/users')], [200, 403]);
    await button('Done', shown).click();
    assert.doesNotMatch(await page.content(), new RegExp(key));
    await page.getByRole('button', { name: 'Delete the key ci' }).click();
    await button('Delete', page.getByRole('dialog')).click();
    await page.locator('[data-key="ci"]').waitFor({ state: 'detached' });
    assert.equal(await ask('/servers/sleeper'), 401);
  });

  it('says why somebody may not do something, and shows it in the audit log, which is whole', async () => {
    const { page } = browser;
    await open('access?tab=roles');
    await page.getByLabel('Who', { exact: true }).selectOption({ label: 'vera (user)' });
    await button('Explain').click();
    await page.locator('[data-allowed="false"]').getByText('The permission servers:operate is missing').waitFor();
    await takeScreenshot(page, 'access-explain');
    await open('access?tab=audit');
    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByLabel('Action').fill('startServer');
    await page.locator('tr[data-outcome="allowed"]').first().waitFor({ state: 'detached' });
    await page.locator('tr[data-outcome="denied"]').getByText('user vera').waitFor();
    await page.getByText('getServer', { exact: true }).waitFor({ state: 'detached' });
    await button('Verify').click();
    await page.locator('[data-verified="true"]').waitFor();
    await assertGood('access-audit');
    const [download] = await Promise.all([page.waitForEvent('download'), button('Export CEF').click()]);
    assert.match(await readFile(await download.path(), 'utf8'), /^CEF:0\|.*startServer/);
  });

  it('says what ends with a user before it is deleted', async () => {
    const { page } = browser;
    await open('access?tab=users');
    await page.getByRole('button', { name: 'Manage vera' }).click();
    await assertGood('access-manage');
    await button('Delete', page.locator('[data-user="vera"]')).click();
    await page.getByRole('dialog').getByText('vera cannot sign in again').waitFor();
    await takeScreenshot(page, 'access-delete');
    await button('Delete', page.getByRole('dialog')).click();
    await page.locator('[data-user="vera"]').waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
  });
});
