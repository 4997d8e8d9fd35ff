// A person's journeys through Docker's places on the page, with each state of Docker played by hand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findAssets } from '../../daemon/http/page.ts';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type PlayedPage, playPage } from './page-docker-api.ts';
import { createWorld, type Machine, type World } from './page-docker-world.ts';
import { tabTo, waitUntilLoaded } from './panel-steps.ts';

const assets = process.env['QUAYSIDE_WEBVIEWS'] ?? findAssets();
const themes = ['light', 'dark', 'contrast'] as const;
const places = {
  dashboard: 'dashboard',
  catalog: 'catalog?q=number&secrets=no',
  catalogs: 'catalogs',
  entry: 'catalog/github',
  overview: 'server/everything?tab=overview',
  settings: 'server/everything?tab=configuration',
  secrets: 'server/everything?tab=secrets',
  'server-containers': 'server/everything?tab=containers',
  profiles: 'profiles',
  profile: 'profiles/dev_tools',
  containers: 'containers',
  disk: 'containers?tab=disk',
  clients: 'clients',
  doctor: 'doctor',
};

describe('Docker’s places on the page', () => {
  let folder: TemporaryFolder;
  let browser: Browser;
  let page: Page;
  let world: World;
  let played: PlayedPage;
  let complaints: string[];

  const open = async (kind: Machine = 'docker') => {
    await played?.close();
    world = createWorld(kind);
    played = await playPage(world.answers, assets);
    world.publish = played.publish;
    complaints.length = 0;
  };
  const go = async (hash: string) => {
    await page.goto('about:blank');
    await page.goto(`${played.url}/#/${hash}`);
    await waitUntilLoaded(page);
  };
  const press = (text: RegExp | string) => page.locator('vscode-button', { hasText: text }).first().click();
  const bodiesOf = (id: string) => played.asked.filter(each => each.operationId === id).map(({ body }) => body);

  before(async () => {
    folder = await createTemporaryFolder('page-docker');
    browser = await launchBrowser();
    page = browser.page;
    page.setDefaultTimeout(15_000);
    complaints = recordComplaints(page, () => true);
  });
  beforeEach(() => open());
  afterEach(() => {
    // Refusals that a test plays are reported by the browser itself.
    assert.deepEqual(
      complaints.filter(text => !/Failed to load resource/.test(text)),
      [],
    );
  });
  after(async () => {
    await browser?.close();
    await played?.close();
    await folder?.remove();
  });

  it('searches and filters five thousand entries, and Back takes a filter back', async () => {
    await go('catalog');
    await page.getByText('5000 servers').waitFor();
    assert.equal(await page.locator('.card').count(), 60);
    await page.getByLabel('Search').fill('number 4');
    await page.getByText('1111 of 5000 servers').waitFor();
    await page.getByLabel('Any category').selectOption('Search');
    await page.getByRole('button', { name: 'Do not filter by Search' }).waitFor();
    assert.match(page.url(), /q=number\+4&category=Search/);
    await takeScreenshot(page, 'docker-catalog-filtered');
    await page.goBack();
    await page.getByRole('button', { name: 'Do not filter by Search' }).waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Search').inputValue(), 'number 4');
    await press('Next');
    await page.getByText('61–120 of 1111').waitFor();
    await page.locator('.card a').first().click();
    await page.getByRole('form', { name: /^Install / }).waitFor();
    await page.goBack();
    await page.getByText('61–120 of 1111').waitFor();
  });

  it('says that a catalog is shown from the cache, and why', async () => {
    await go('catalog');
    await page.getByText(/is shown from the cache/).waitFor();
    await page.getByRole('link', { name: 'Show why' }).click();
    await page.getByText('The registry cannot be reached.').waitFor();
  });

  it('installs with settings and a secret, and shows each layer of the image', async () => {
    await go('catalog/github');
    await press(/^\s*Install\s*$/);
    await page.getByText(/The server is not started without it/).waitFor();
    await page.getByLabel('region').fill('eu');
    await page.getByLabel('Value', { exact: true }).fill('ghp_secret');
    await press(/^\s*Install\s*$/);
    await page.locator('[data-layer="1b2c3d4e5f60"][data-state="downloading"]').waitFor();
    assert.match((await page.locator('[data-fact="transfer"]').textContent()) ?? '', /46 MB of 110 MB, 5\.8 MB\/s/);
    await takeScreenshot(page, 'docker-install-layers');
    assert.deepEqual(await findBarriers(page), []);
    world.finishInstall();
    await page.getByText('github is installed', { exact: true }).waitFor();
    await page.getByText('2 tools: get_me, list_issues').waitFor();
    await takeScreenshot(page, 'docker-installed');
    const [sent] = bodiesOf('createOperation');
    assert.doesNotMatch(JSON.stringify(sent), /ghp_secret/);
    assert.doesNotMatch(await page.content(), /ghp_secret/);
    await press('Open github');
    await page.getByRole('heading', { name: 'GitHub' }).waitFor();
  });

  it('does not start what lacks a secret, and offers no second install into one profile', async () => {
    await go('catalog/github');
    await page.getByLabel('github.token').selectOption('later');
    await page.getByText('It cannot be started before it has the secrets that it needs.').waitFor();
    assert.equal(await page.getByLabel(/^Start it when/).isChecked(), false);
    await page.getByLabel('region').fill('eu');
    await press(/^\s*Install\s*$/);
    await page.locator('[data-operation]').waitFor();
    assert.partialDeepStrictEqual(bodiesOf('createOperation')[0], { start: false });
    world.finishInstall();
    await go('catalog/github');
    await page.getByText(/It is in this profile already, as/).waitFor();
  });

  it('tells why an install failed, and tries it again', async () => {
    await go('catalog/github');
    await page.getByLabel('region').fill('eu');
    await page.getByLabel('Value', { exact: true }).fill('x');
    await press(/^\s*Install\s*$/);
    await page.locator('[data-operation]').waitFor();
    world.failInstall();
    await page.getByText('The registry closed the connection.').waitFor();
    await page.locator('[data-step="step-1"][data-state="failed"]').waitFor();
    await takeScreenshot(page, 'docker-install-failed');
    await press('Try again');
    await page.locator('[data-operation]').waitFor();
    await press('Cancel');
    await page.getByText(/What it had done was undone/).waitFor();
  });

  it('makes a profile, starts its gateway, and removes it only when its name was typed', async () => {
    await go('profiles');
    await press('New profile');
    await page.getByLabel('Name').fill('Web Search');
    assert.equal(await page.getByLabel('Id', { exact: true }).inputValue(), 'web_search');
    await press(/^\s*Create/);
    await page.getByRole('heading', { name: 'Web Search' }).waitFor();
    await press(/^\s*Start/);
    await page.getByText('http://127.0.0.1:41233/mcp').waitFor();
    await page.locator('[data-gateway-server="linear"][data-state="left-out"]').waitFor();
    await takeScreenshot(page, 'docker-gateway');
    assert.deepEqual(await findBarriers(page), []);
    await page.getByLabel(/own tools/).click();
    await page
      .getByRole('dialog')
      .getByText(/Switch them on only where you watch/)
      .waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(bodiesOf('updateGateway'), []);
    await press(/^\s*Remove/);
    const remove = page.getByRole('dialog').locator('vscode-button', { hasText: 'Remove the profile' });
    await page.getByRole('dialog').getByRole('textbox').fill('web');
    await remove.click({ force: true });
    assert.deepEqual(bodiesOf('deleteProfile'), []);
    await page.getByRole('dialog').getByRole('textbox').fill('web_search');
    await remove.click();
    await page.getByRole('heading', { name: 'Profiles' }).waitFor();
    await page.locator('[data-profile="web_search"]').waitFor({ state: 'detached' });
  });

  it('shows what an import changes, and replaces only when told to', async () => {
    const file = join(folder.path, 'profile.json');
    await writeFile(file, JSON.stringify({ id: 'dev_tools' }));
    await go('profiles');
    await press('Import');
    await page.getByLabel('Exported profile').setInputFiles(file);
    await press('Show what it changes');
    await page.getByText('region: eu becomes us').waitFor();
    await takeScreenshot(page, 'docker-profile-import');
    await page.getByLabel('Replace the profile').click();
    await press(/^\s*Replace\s*$/);
    await page.getByRole('heading', { name: 'Dev Tools' }).waitFor();
    assert.deepEqual(bodiesOf('importProfile'), [
      { document: { id: 'dev_tools' }, dryRun: true },
      { document: { id: 'dev_tools' }, replace: true },
    ]);
  });

  it('shows a server’s settings, secrets, logs and containers in tabs that the address keeps', async () => {
    await go('server/everything');
    await page.getByText('An update is available').waitFor();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    assert.equal(await page.getByLabel('region').inputValue(), 'eu');
    await page.getByText(/A change takes effect at once/).waitFor();
    await page.getByRole('tab', { name: /Secrets/ }).click();
    await page.locator('[data-slot="github.token"][data-state="missing"]').waitFor();
    await page.getByRole('tab', { name: 'Logs' }).click();
    await page.getByText('the server says that it is ready').waitFor();
    await page.getByRole('tab', { name: 'Containers' }).click();
    await page.locator('[data-owner="own"]').getByText('4.2 %').waitFor();
    assert.match(page.url(), /tab=containers/);
    await page.reload();
    await page.locator('[data-owner="own"]').waitFor();
    const before = bodiesOf('listContainers').length;
    await page.waitForRequest(/\/containers\?.*server_id=everything/);
    assert.ok(bodiesOf('listContainers').length >= before, 'what it uses is read again while it is looked at');
  });

  it('sweeps up orphans after a preview, and frees the disk of what was ticked', async () => {
    await go('containers');
    await press('Sweep up orphans');
    await page.getByText('1 container would be removed:').waitFor();
    await page.getByText('It belongs to another client.').waitFor();
    await takeScreenshot(page, 'docker-sweep');
    await press('Remove 1 container');
    await page.getByRole('region', { name: 'Sweep' }).getByText('1 container removed.').waitFor();
    assert.deepEqual(bodiesOf('sweepContainers'), [{ dryRun: true }, { dryRun: false }]);
    await page.getByRole('tab', { name: 'Disk' }).click();
    await press('Choose unused images');
    await press(/Remove 1/);
    await page.getByRole('dialog').locator('vscode-button', { hasText: 'Remove' }).click();
    await page
      .locator('.notice-good')
      .getByText(/freed, 1 thing removed/)
      .waitFor();
    assert.deepEqual(bodiesOf('cleanDisk'), [{ images: ['sha256:old'], volumes: [] }]);
  });

  it('connects a client after showing what changes in its file, and undoes it', async () => {
    await go('clients');
    await page.locator('[data-client="cursor"] vscode-button').first().click();
    await page.getByText(/its comments are lost/).waitFor();
    assert.equal(await page.locator('.diff-added').count(), 1);
    assert.equal(await page.locator('.diff-removed').count(), 1);
    await takeScreenshot(page, 'docker-client-diff');
    assert.deepEqual(await findBarriers(page), []);
    await page
      .getByRole('region', { name: 'Change of Cursor' })
      .locator('vscode-button', { hasText: 'Connect' })
      .click();
    await page.locator('[data-client="cursor"]').getByText('connected to dev_tools').waitFor();
    await press(/^\s*Undo/);
    await page.getByText('undone', { exact: true }).waitFor();
  });

  it('mends what the doctor found, and hands over a support bundle', async () => {
    await go('doctor');
    await page.getByText('1 error, 1 warning, 1 well, 1 skipped.').waitFor();
    await press('Remove 1 orphan container');
    await page.locator('[data-check="containers.orphans"][data-state="ok"]').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), press('Support bundle')]);
    assert.equal(download.suggestedFilename(), 'quayside-support.zip');
  });

  it('says on a machine without Docker what is missing, in a quiet line', async () => {
    await open('none');
    await go('dashboard');
    await page.getByText('Docker is not on this machine.').waitFor();
    assert.equal(await page.locator('.notice').count(), 0);
    await go('profiles');
    await page.getByRole('button', { name: 'Why not: Create a profile' }).click();
    await page.locator('.unavailable-reason').getByText('docker mcp is not installed').waitFor();
    await takeScreenshot(page, 'docker-none');
    assert.deepEqual(await findBarriers(page), []);
  });

  it('warns of a docker mcp with known weaknesses before anything else', async () => {
    await open('unsafe');
    await go('dashboard');
    await page.getByRole('region', { name: 'Warnings about Docker' }).getByText('known weaknesses').waitFor();
    await page.getByRole('button', { name: 'Why?' }).click();
    await page.getByText('This version listens on all interfaces.').waitFor();
  });

  it('starts a gateway by the keyboard alone', async () => {
    await go('dashboard');
    await tabTo(page, page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Profiles' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Profiles' }).waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Start the gateway of dev_tools' }));
    await page.keyboard.press('Enter');
    await page.locator('[data-profile="dev_tools"] [data-state="running"]').waitFor();
    await tabTo(page, page.getByRole('button', { name: 'Stop the gateway of dev_tools' }));
    await page.keyboard.press('Enter');
    await page.locator('[data-profile="dev_tools"] [data-state="stopped"]').waitFor();
  });

  for (const theme of themes) {
    it(`has no serious barrier and nothing cut off in the theme "${theme}"`, async () => {
      await go('dashboard');
      await page.getByLabel('Theme').selectOption(theme);
      assert.deepEqual(await lookAt(Object.entries(places), `docker-${theme}`), []);
    });
  }

  it('fits a narrow window, with all places in reach', async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    const found = await lookAt(Object.entries(places), 'docker-narrow');
    for (const place of ['Profiles', 'Containers', 'Clients', 'Doctor'])
      assert.ok(await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).isVisible());
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.deepEqual(found, []);
  });

  const lookAt = async (which: readonly (readonly [string, string])[], prefix: string): Promise<string[]> => {
    const found: string[] = [];
    for (const [name, hash] of which) {
      await go(hash);
      await takeScreenshot(page, `${prefix}-${name}`);
      found.push(...(await findBarriers(page)).map(each => `${name}: ${each}`));
      found.push(...(await findOverflow(page)).map(each => `${name}: ${each}`));
    }
    return found;
  };
});
