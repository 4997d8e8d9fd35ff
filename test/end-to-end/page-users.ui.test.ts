// Somebody who is not the owner, on the page: invited, signed in by a password, and with a viewer's rights.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const password = 'correct horse battery';

describe('the page for users', () => {
  let folder: TemporaryFolder;
  let daemon: RunningDaemon;
  let browser: Browser;

  before(async () => {
    folder = await createTemporaryFolder('page-users');
    daemon = await startDaemon({ home: join(folder.path, 'home') });
    browser = await launchBrowser();
    const body = { type: 'command', id: 'sleeper', command: process.execPath } as const;
    await daemon.api.createServer({ body });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await folder.remove();
  });

  it('lets somebody who is invited choose a password', async () => {
    const { page } = browser;
    const { invitation } = await daemon.api.createUser({ body: { name: 'vera', roles: ['viewer'] } });
    assert.ok(invitation);
    await page.goto(invitation.url);
    const form = page.getByRole('form', { name: 'Choose a password' });
    await form.getByLabel('Password', { exact: false }).first().fill('short');
    await form.getByLabel('The same again', { exact: false }).fill('short');
    await form.getByRole('button', { name: 'Set password and sign in' }).click();
    await form.getByText('at least 12 characters').waitFor();
    await takeScreenshot(page, 'users-invitation');
    assert.deepEqual(await findBarriers(page), []);
    await form.getByLabel('Password', { exact: false }).first().fill(password);
    await form.getByLabel('The same again', { exact: false }).fill(password);
    await form.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByRole('link', { name: 'sleeper' }).first().waitFor();
    assert.doesNotMatch(page.url(), /ticket/, 'the ticket must not stay in the address');
  });

  it('shows a viewer everything, and lets nothing be changed', async () => {
    const { page } = browser;
    await page.goto(`${daemon.url}/#/server/sleeper`);
    await page.getByRole('button', { name: 'Start', exact: true }).first().click();
    await page.getByText('You may not do this').first().waitFor();
    await takeScreenshot(page, 'users-viewer');
    const { items } = await daemon.api.listAudit({ query: { outcome: 'denied', action: 'startServer' } });
    assert.match(items[0]?.principal ?? '', /vera/);
  });

  it('signs in by name and password, and says what is wrong', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Sign out' }).click();
    const form = page.getByRole('form', { name: 'Sign in by name and password' });
    await form.getByLabel('Name', { exact: false }).fill('vera');
    await form.getByLabel('Password', { exact: false }).fill('wrong horse battery');
    await form.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The sign-in is not right').waitFor();
    await takeScreenshot(page, 'users-sign-in');
    assert.deepEqual(await findBarriers(page), []);
    assert.deepEqual(await findOverflow(page), []);
    await form.getByLabel('Password', { exact: false }).fill(password);
    await form.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'sleeper' }).first().waitFor();
  });
});
