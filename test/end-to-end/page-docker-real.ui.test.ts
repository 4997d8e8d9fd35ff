// From a catalog to a tool's answer on the page, with the daemon as it is delivered, a simulated `docker mcp`, a real engine
// and a slow registry.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { mcpImage } from '../support/docker-engine/images.ts';
import { startRegistry, type TestRegistry } from '../support/docker-engine/registry.ts';
import { sharedEngineWithServer } from '../support/docker-engine/shared.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { callTool, waitUntilLoaded, waitUntilRunning } from './panel-steps.ts';

const bytesPerSecond = 8_000_000;

describe('Docker on the page, with a real engine', function () {
  this.timeout(180_000);
  let folder: TemporaryFolder;
  let registry: TestRegistry;
  let docker: SimulatedDocker;
  let daemon: RunningDaemon;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  const press = (text: RegExp | string) => page.locator('vscode-button', { hasText: text }).first().click();
  const go = async (hash: string) => {
    await page.goto(`${daemon.url}/#/${hash}`);
    await waitUntilLoaded(page);
  };

  before(async () => {
    folder = await createTemporaryFolder('page-docker-real');
    const engine = await sharedEngineWithServer();
    registry = await startRegistry();
    const image = `${registry.gate.address}/lab/page:1`;
    const pushed = `${registry.address}/lab/page:1`;
    // The server of the tests with a layer of its own, so that a pull has something to fetch.
    const context = join(folder.path, 'context');
    await mkdir(context);
    await writeFile(join(context, 'ballast'), randomBytes(24_000_000));
    await writeFile(join(context, 'Dockerfile'), `FROM ${mcpImage}\nCOPY ballast /ballast\n`);
    await engine.cli('build', '--quiet', '--tag', pushed, context);
    await engine.cli('push', '--quiet', pushed);
    await engine.cli('rmi', pushed);
    await engine.cli('image', 'prune', '--force');
    registry.gate.bytesPerSecond = bytesPerSecond;
    docker = await createSimulatedDocker({ dialect: 'profile', engine: { host: engine.host } });
    await docker.writeCatalog('lab', {
      paged: {
        name: 'paged',
        type: 'server',
        title: 'Paged',
        description: 'Says again what it is told.',
        image,
        secrets: [{ name: 'paged.key', env: 'PAGED_KEY' }],
        config: [
          {
            name: 'paged',
            description: 'Where it runs',
            type: 'object',
            properties: { region: { type: 'string' } },
            required: ['region'],
          },
        ],
      },
    });
    await docker.run([
      'mcp',
      'catalog',
      'create',
      'lab/catalog:v1',
      '--title',
      'Lab catalog',
      '--from-legacy-catalog',
      join(docker.catalogsFolder, 'lab.yaml'),
    ]);
    await mkdir(join(docker.home, '.cursor'), { recursive: true });
    await writeFile(join(docker.home, '.cursor', 'mcp.json'), '{\n  // mine\n  "mcpServers": {}\n}\n');
    daemon = await startDaemon({ home: join(folder.path, 'home'), environment: docker.environment });
    browser = await launchBrowser();
    page = browser.page;
    page.setDefaultTimeout(30_000);
    complaints = recordComplaints(page, () => true);
    await page.goto((await daemon.api.createLoginLink()).url);
    await page.getByText('No server is installed yet').waitFor();
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await docker?.close();
    await registry?.[Symbol.asyncDispose]();
    await folder?.remove();
  });

  it('finds what its catalogs offer, by words', async () => {
    await go('catalog');
    await page.getByLabel('Search').fill('paged');
    const card = page.locator('[data-entry]').filter({ hasText: 'Lab catalog' });
    await card.waitFor();
    await takeScreenshot(page, 'docker-real-catalog');
    // The list may still hold what was there before the words were searched.
    await card.getByRole('link').first().click();
    await page.getByRole('form', { name: 'Install Paged' }).waitFor();
  });

  it('installs into a new profile, with the layers of the image on their way', async () => {
    await page.getByLabel(/^Profile/).selectOption({ label: 'A new profile' });
    await page.getByLabel('Name of the new profile').fill('Dev Tools');
    await page.getByLabel('region').fill('eu');
    await page.getByLabel('Value', { exact: true }).fill('not-to-be-seen');
    await press(/^\s*Install\s*$/);
    await page.locator('[data-layer]').first().waitFor();
    await takeScreenshot(page, 'docker-real-layers');
    await page.getByText('paged is installed', { exact: true }).waitFor();
    await takeScreenshot(page, 'docker-real-installed');
    await press('Open paged');
    await waitUntilRunning(page);
  });

  it('calls a tool of the container, and shows what the container uses', async () => {
    await page.locator('[data-tool="echo"] a').click();
    const { text } = await callTool(page, 'message', 'from the page');
    assert.match(text, /from the page/);
    await go('server/paged?tab=containers');
    await page.locator('[data-owner="own"]').getByText(/\d %/).waitFor();
    await takeScreenshot(page, 'docker-real-containers');
    assert.doesNotMatch(await page.content(), /not-to-be-seen/);
  });

  it('shows the gateway of the profile, stops it and starts it again', async () => {
    await go('profiles/dev_tools');
    await page.locator('[data-gateway-server="paged"][data-state="ready"]').waitFor();
    await takeScreenshot(page, 'docker-real-gateway');
    const gateway = page.getByRole('region', { name: 'Gateway', exact: true });
    await gateway.locator('vscode-button', { hasText: 'Stop' }).click();
    await gateway.locator('[data-state="stopped"]').first().waitFor();
    await gateway.locator('vscode-button', { hasText: /^\s*Start/ }).click();
    await gateway.locator('[data-state="running"]').first().waitFor();
  });

  it('connects a client after showing what is lost, and puts its file back byte for byte', async () => {
    const file = join(docker.home, '.cursor', 'mcp.json');
    const before = await readFile(file, 'utf8');
    await go('clients');
    await page.locator('details.absent-clients').evaluateAll(all => {
      for (const each of all) each.setAttribute('open', '');
    });
    await page.locator('[data-client="cursor"] vscode-button').first().click();
    await page.getByText(/its comments are lost/).waitFor();
    await takeScreenshot(page, 'docker-real-client');
    await page
      .getByRole('region', { name: 'Change of Cursor' })
      .locator('vscode-button', { hasText: 'Connect' })
      .click();
    await page.locator('[data-client="cursor"]').getByText('connected to dev_tools').waitFor();
    assert.match(await readFile(file, 'utf8'), /MCP_DOCKER/);
    await press(/^\s*Undo/);
    await page.getByText('undone', { exact: true }).waitFor();
    assert.equal(await readFile(file, 'utf8'), before);
  });

  it('has no serious barrier and nothing cut off where everything is real', async () => {
    const found: string[] = [];
    for (const hash of [
      'dashboard',
      'catalog',
      'catalogs',
      'server/paged',
      'profiles/dev_tools',
      'containers',
      'doctor',
    ]) {
      await go(hash);
      await takeScreenshot(page, `docker-real-place-${hash.replace('/', '-')}`);
      found.push(...[...(await findBarriers(page)), ...(await findOverflow(page))].map(each => `${hash}: ${each}`));
    }
    assert.deepEqual(found, []);
    assert.deepEqual(complaints, []);
  });
});
