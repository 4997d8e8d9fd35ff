// From a catalog to a tool's answer and an update in code-server: the packed extension, a simulated `docker mcp`, a real engine.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { createApiClient } from '../../shared/api/client.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { findBarriers, findOverflow } from '../support/accessibility.ts';
import { recordComplaints, takeScreenshot } from '../support/browser.ts';
import { type Editor, openEditor } from '../support/code-server/editor.ts';
import { mcpImage } from '../support/docker-engine/images.ts';
import { sharedEngineWithServer } from '../support/docker-engine/shared.ts';
import { vsixFile } from '../support/package.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { callTool, waitUntilLoaded, waitUntilRunning } from './panel-steps.ts';

const isOurs = (text: string, url: string): boolean =>
  /quayside/i.test(text) || /quayside|\/webviews\/app\./i.test(url);

const entry = (image: string, description: string) => ({
  echo: { name: 'echo', type: 'server', title: 'Echo', description, image },
});

describe('Docker in code-server, with a real engine', function () {
  this.timeout(120_000);
  let docker: SimulatedDocker;
  let editor: Editor;
  let complaints: string[];

  const offer = async (image: string, description: string) => {
    await docker.writeCatalog('lab', entry(image, description));
    const file = join(docker.catalogsFolder, 'lab.yaml');
    await docker.run(['mcp', 'catalog', 'create', 'lab/catalog:v1', '--title', 'Lab', '--from-legacy-catalog', file]);
  };
  const look = async (name: string) => {
    await waitUntilLoaded(editor.panel());
    await takeScreenshot(editor.page, name);
    const frame = await editor.panelFrame();
    assert.deepEqual([...(await findBarriers(frame)), ...(await findOverflow(frame))], []);
  };
  const press = (text: RegExp) => editor.panel().locator('vscode-button', { hasText: text }).first().click();
  const open = (text: string | RegExp) => editor.row('Docker', text).locator('.monaco-tl-twistie').click();

  before(async () => {
    const engine = await sharedEngineWithServer();
    await engine.docker.getImage(mcpImage).tag({ repo: 'lab/echo', tag: '2' });
    docker = await createSimulatedDocker({ dialect: 'profile', engine: { host: engine.host } });
    await offer(mcpImage, 'Says again what it is told.');
    editor = await openEditor(vsixFile, { environment: docker.environment, width: 1400, height: 900 });
    editor.page.setDefaultTimeout(20_000);
    complaints = recordComplaints(editor.page, isOurs);
    await editor.page.locator('.activitybar .action-item a[aria-label^="Quayside"]').click();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await takeScreenshot(editor.page, 'editor-docker-failed');
  });

  after(async () => {
    assert.deepEqual(await editor?.close(), [], 'processes were left running');
    await docker?.close();
  });

  it('makes a profile from the view', async () => {
    await editor
      .view('Docker')
      .getByText(/No profile yet/)
      .waitFor();
    await takeScreenshot(editor.page, 'editor-docker-empty');
    await editor.view('Docker').locator('.monaco-button', { hasText: 'Create Profile' }).click();
    await editor.page.locator('.quick-input-widget input').fill('Dev Tools');
    await editor.page.keyboard.press('Enter');
    await editor.row('Docker', /Dev Tools.*0 servers/).waitFor();
  });

  it('installs into it from the catalog panel, step by step, until it runs and its tools are known', async () => {
    await editor.runCommand('Quayside: Open Catalog');
    await editor.panel().getByLabel('Any engine').selectOption('docker');
    await editor.panel().locator('.card a', { hasText: 'Echo' }).click();
    await press(/^\s*Install\s*$/);
    await editor.panel().getByText('echo is installed', { exact: true }).waitFor();
    await editor.panel().locator('[data-step="start"][data-state="done"]').waitFor();
    await look('editor-docker-installed');
  });

  it('shows the profile, its gateway, the server and what it has in the tree', async () => {
    await editor.row('Docker', /Dev Tools.*1 server, 1 running/).waitFor();
    // The tree draws the rows that there is room for.
    for (const title of ['Servers', 'Gateway', 'Secrets', 'Catalog'])
      await editor.view(title).locator('.pane-header').click();
    await open('Dev Tools');
    await editor.row('Docker', /Gateway.*Running.*http:\/\/127\.0\.0\.1:\d+/).waitFor();
    await editor.row('Docker', /Echo.*Running, \d+ tools/).waitFor();
    await open(/Echo.*Running/);
    await editor.row('Docker', 'Containers').waitFor();
  });

  it('calls a tool, and shows the container that answered', async () => {
    await editor.view('Docker').locator('.monaco-list-row[aria-level="3"]', { hasText: 'echo' }).first().click();
    const { text } = await callTool(editor.panel(), 'message', 'from the editor');
    assert.match(text, /from the editor/);
    await open('Containers');
    await editor.view('Docker').locator('.monaco-list-row[aria-label^="Container "][aria-label*="running"]').waitFor();
    await look('editor-docker-tool');
  });

  it('switches a tool off by its tick, and docker mcp knows it', async () => {
    const row = editor.view('Docker').locator('.monaco-list-row[aria-level="3"]', { hasText: 'echo' }).first();
    await row.locator('.monaco-custom-toggle').first().click();
    await editor.view('Docker').locator('.monaco-list-row[aria-label*="switched off"]').waitFor();
    const { stdout } = await docker.run(['mcp', 'profile', 'show', 'dev_tools', '--format', 'json']);
    const [server] = JSON.parse(stdout).servers;
    assert.ok(Array.isArray(server.tools) && !server.tools.includes('echo') && server.tools.length > 0, stdout);
  });

  it('takes an update that keeps the choice of tools', async () => {
    const { token, socket } = Discovery.parse(JSON.parse(await readFile(join(editor.home, 'daemon.json'), 'utf8')));
    const api = createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) }));
    const content = JSON.stringify({ name: 'lab', registry: entry('lab/echo:2', 'Another one of it.') });
    await api.createCatalog({ body: { ref: 'lab/catalog:v1', from: { type: 'file', content }, replace: true } });
    await editor.row('Docker', /Echo.*update available/).waitFor();
    await editor
      .row('Docker', /Echo.*update available/)
      .locator('.label-name')
      .click();
    await waitUntilRunning(editor.panel());
    await look('editor-docker-server');
    await press(/^\s*Update\s*$/);
    await editor
      .view('Docker')
      .locator('.monaco-list-row', { hasText: 'update available' })
      .waitFor({ state: 'detached' });
    const { stdout } = await docker.run(['mcp', 'profile', 'show', 'dev_tools', '--format', 'json']);
    const [server] = JSON.parse(stdout).servers;
    assert.equal(server.image, 'lab/echo:2');
    assert.ok(!server.tools.includes('echo'), stdout);
    await editor.row('Docker', /Echo.*Running/).waitFor();
  });

  it('stops the gateway with its button, and nothing of it is left on the engine', async () => {
    const row = editor.row('Docker', /^Gateway/);
    await row.hover();
    await row.getByRole('button', { name: /Stop Gateway/ }).click();
    await editor.row('Docker', /Gateway.*Stopped/).waitFor();
    await editor.row('Docker', /Dev Tools.*1 server$/).waitFor();
    await takeScreenshot(editor.page, 'editor-docker-stopped');
    const engine = await sharedEngineWithServer();
    const left = await engine.docker.listContainers({ filters: { label: ['docker-mcp-name=echo'] } });
    assert.deepEqual(left, []);
  });

  it('never broke a content security policy and reported no error on the console', () => {
    assert.deepEqual(complaints, []);
  });
});
