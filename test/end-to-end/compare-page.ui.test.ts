// Two versions of a server beside each other on the page: what differs, what breaks, and how long each takes.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerConfigurationChange } from '../../shared/api/server-configuration.ts';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { type Browser, launchBrowser, recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type RunningDaemon, startDaemon, waitForOperation } from '../support/daemon.ts';
import { testServerScript } from '../support/fake-engine.ts';
import { buildWireTool } from '../support/guards-app.ts';
import { createNpmRegistry, type NpmRegistry } from '../support/npm-registry.ts';
import { waitForNoProcessOf } from '../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { addTestServer } from '../support/test-server.ts';
import { tabTo, waitUntilLoaded } from './panel-steps.ts';

const themes = ['dark', 'light', 'contrast'] as const;
const annotations = { readOnlyHint: true };
const read = buildWireTool('read', { description: 'Reads a file.', annotations });
const stat = buildWireTool('stat', { description: 'Tells how large a file is.', annotations });
const needsMore = {
  type: 'object',
  properties: { path: { type: 'string' }, encoding: { type: 'string' } },
  required: ['path', 'encoding'],
};

/** A package that is an MCP server, the same in each version but for its tools. */
async function publishServer(registry: NpmRegistry, name: string, version: string, tools: object[]): Promise<void> {
  const jsonLines = await readFile(join(import.meta.dirname, '../support/mcp-servers/json-lines.mjs'), 'utf8');
  const server = `#!/usr/bin/env node
import { serve, text } from './json-lines.mjs';
serve({ name: '${name}', version: '${version}', tools: () => ${JSON.stringify(tools)}, call: name => text(name) });
`;
  const files = { 'server.mjs': server, 'json-lines.mjs': jsonLines };
  registry.publish({ name, version, manifest: { bin: 'server.mjs' }, files });
}

describe('two versions of a server on the page', () => {
  let folder: TemporaryFolder;
  let registry: NpmRegistry;
  let daemon: RunningDaemon;
  let browser: Browser;
  let complaints: string[];

  const page = () => browser.page;
  const button = (text: string | RegExp) => page().locator('main vscode-button', { hasText: text });
  const form = () => page().getByRole('form', { name: 'Compare' });
  const region = (name: string) => page().getByRole('region', { name, exact: true });
  const open = async (id = 'files') => {
    await page().goto(`${daemon.url}/#/server/${id}?tab=compare`);
    await waitUntilLoaded(page());
  };
  const problems = async () => [...(await findBarriers(page())), ...(await findOverflow(page()))];
  const addServer = async (id: string, tools: object[]) => {
    const file = join(folder.path, `${id}.json`);
    await writeFile(file, JSON.stringify(tools));
    const configuration: ServerConfigurationChange = { arguments: [testServerScript('mutating-tools'), file] };
    await addTestServer(daemon.api, id, 'mutating-tools', configuration);
    await daemon.api.startServer({ params: { id } });
  };

  before(async () => {
    folder = await createTemporaryFolder('compare-page');
    registry = await createNpmRegistry();
    const environment = { npm_config_registry: registry.url };
    daemon = await startDaemon({ home: join(folder.path, 'home'), environment });
    browser = await launchBrowser();
    browser.page.setDefaultTimeout(10_000);
    complaints = recordComplaints(browser.page, () => true);
    await page().goto((await daemon.api.createLoginLink()).url);
    await page().getByRole('heading', { name: 'Dashboard' }).waitFor();
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await registry?.close();
    const left = await waitForNoProcessOf(folder.path);
    await folder.remove();
    assert.deepEqual(left, [], 'processes were left running');
  });

  it('says what to do where there is nothing to compare with', async () => {
    await addServer('files', [read, stat, buildWireTool('remove')]);
    await open();
    await page().getByText('There is nothing to compare it with').waitFor();
    assert.ok(await button('Open the catalog').isVisible());
    assert.deepEqual(await problems(), []);
  });

  it('begins with a form that can be filled by keyboard, and says which saved calls will be made', async () => {
    await addServer('files-next', [{ ...read, inputSchema: needsMore }, stat, buildWireTool('list')]);
    for (const target of ['read', 'stat', 'remove']) {
      const saved = { serverId: 'files', kind: 'tool', target, title: `${target} it`, arguments: { path: '/tmp/a' } };
      await daemon.api.createSavedCall({ body: { ...saved, kind: 'tool' } });
    }
    // What a server counts is another number on the other one from here on.
    await daemon.api.callTool({ params: { id: 'files', tool: 'stat' }, body: { arguments: { path: '/tmp/b' } } });
    await page().reload();
    await waitUntilLoaded(page());
    await page().getByText('2 of 3 saved calls will be made on both.').waitFor();
    await page().getByText('not made: its tool does not say that it only reads').waitFor();
    await takeScreenshot(page(), 'compare-form');
    await button(/^\s*Start\s*$/).click();
    await form().getByText('Choose a server.').waitFor();
    const choice = form().getByLabel('Server', { exact: true });
    await choice.focus();
    await page().keyboard.press('ArrowDown');
    assert.equal(await choice.inputValue(), 'files-next');
    await tabTo(page(), button(/^\s*Start\s*$/));
    await page().keyboard.press('Enter');
    await page().locator('[data-comparison="breaking"]').waitFor();
  });

  it('shows first what may break callers, each tool with its definitions', async () => {
    const rows = page().locator('[data-difference]');
    assert.deepEqual(await rows.evaluateAll(all => all.map(each => each.getAttribute('data-difference'))), [
      'removed',
      'changed',
      'added',
    ]);
    assert.equal(await page().locator('[data-breaking]').count(), 2);
    const changed = page().locator('[data-difference="changed"]');
    assert.match((await changed.textContent()) ?? '', /encoding/);
    await changed.locator('vscode-button', { hasText: 'Definition' }).click();
    await region('The definition of read').locator('.diff-added', { hasText: 'encoding' }).first().waitFor();
  });

  it('shows calls side by side with the time of both, and why others were not made', async () => {
    const row = page().locator('[data-call="different"]', { hasText: 'stat' }).first();
    assert.match((await row.textContent()) ?? '', /different.*ms.*ms× \d+\.\d\d/);
    await page().getByRole('button', { name: 'What differs in stat' }).first().click();
    await region('The results of stat').first().locator('.diff-removed').first().waitFor();
    const notMade = region('Calls that were not made');
    assert.match((await notMade.textContent()) ?? '', /Only one of the two has it\.remove/);
    assert.deepEqual(await problems(), []);
  });

  it('is cancelled, and found again by whoever comes back', async () => {
    const limits = { startSeconds: 3 };
    await addTestServer(daemon.api, 'mute', 'never-answers', { limits, restart: 'never' });
    await form().getByLabel('Server', { exact: true }).selectOption('mute');
    await button(/^\s*Start\s*$/).click();
    const running = page().locator('[data-comparison="running"]');
    await running.getByRole('progressbar').waitFor();
    await takeScreenshot(page(), 'compare-running');
    await page().reload();
    await running.locator('vscode-button', { hasText: 'Cancel' }).click();
    await page()
      .getByText(/was cancelled. Nothing that/)
      .waitFor();
    const earlier = region('Comparisons');
    await earlier.getByText('cancelled').waitFor();
    await earlier.getByRole('button', { name: 'Show the comparison with files-next' }).click();
    await page().locator('[data-comparison="breaking"]').waitFor();
  });

  it('says why it failed', async () => {
    const configuration = { limits: { startSeconds: 1 } };
    await daemon.api.updateServer({ params: { id: 'mute' }, body: { configuration } });
    await form().getByLabel('Server', { exact: true }).selectOption('mute');
    await button(/^\s*Start\s*$/).click();
    await page()
      .getByRole('alert')
      .getByText(/SERVER_\d+/)
      .waitFor();
    assert.ok(await button(/^\s*Start\s*$/).isVisible());
  });

  it('installs another version of a package beside it, and removes it when both are compared', async () => {
    await publishServer(registry, 'pages', '1.0.0', [read, stat]);
    await publishServer(registry, 'pages', '2.0.0', [{ ...read, inputSchema: needsMore }]);
    const body = { kind: 'install', from: { package: 'pages', version: '1.0.0' } } as const;
    const installing = await daemon.api.createOperation({ body });
    const { state, problem } = await waitForOperation(daemon.api, installing.id);
    assert.equal(state, 'succeeded', problem?.detail);
    await open('pages');
    await button('Compare with the latest version').waitFor();
    const version = form().getByLabel('Version', { exact: true });
    await version.fill('the new one');
    await page().keyboard.press('Enter');
    await form().getByText('Write an exact version such as 1.2.3, or latest.').waitFor();
    await version.fill('2.0.0');
    await page().keyboard.press('Enter');
    await page().locator('[data-comparison="breaking"]').waitFor({ timeout: 60_000 });
    await page().locator('[data-difference="removed"]', { hasText: 'stat' }).waitFor();
    assert.equal(await version.inputValue(), '2.0.0');
    await takeScreenshot(page(), 'compare-version');
    assert.deepEqual(await problems(), []);
    const { items } = await daemon.api.listServers({ query: { limit: 100 } });
    assert.deepEqual(items.map(({ id }) => id).toSorted(), ['files', 'files-next', 'mute', 'pages']);
    await open();
  });

  for (const theme of themes) {
    it(`has no serious barrier and nothing cut off in the theme "${theme}"`, async () => {
      await page().getByLabel('Theme').selectOption(theme);
      await page().getByRole('button', { name: 'Show the comparison with files-next' }).click();
      await page().locator('[data-difference="changed"] vscode-button', { hasText: 'Definition' }).click();
      await page().setViewportSize({ width: 1280, height: 1500 });
      await takeScreenshot(page(), `compare-${theme}`);
      const found = await problems();
      await page().setViewportSize({ width: 420, height: 900 });
      await takeScreenshot(page(), `compare-${theme}-narrow`);
      found.push(...(await findOverflow(page())));
      await page().setViewportSize({ width: 1280, height: 800 });
      await open('mute');
      await open();
      assert.deepEqual(found, []);
    });
  }

  it('tells who may not begin one why, and shows what others have found', async () => {
    await page().route('**/api/v1/access/session', async route => {
      const response = await route.fetch();
      const session = await response.json();
      const permissions = session.permissions.filter((each: string) => !each.startsWith('servers:'));
      const principal = { ...session.principal, roles: ['viewer'] };
      await route.fulfill({ response, json: { ...session, permissions, principal } });
    });
    await page().reload();
    await waitUntilLoaded(page());
    await form().getByText('This takes the role').waitFor();
    assert.ok(await button(/^\s*Start\s*$/).evaluate(element => element.hasAttribute('disabled')));
    await page().getByRole('button', { name: 'Show the comparison with files-next' }).click();
    await page().locator('[data-comparison="breaking"]').waitFor();
    await takeScreenshot(page(), 'compare-viewer');
  });

  it('never broke its content security policy and reported no error on its console', () => {
    assert.deepEqual(complaints, []);
  });
});
