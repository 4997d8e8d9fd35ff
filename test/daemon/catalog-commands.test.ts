// "quayside catalog" and "quayside catalogs" on the routes of the catalogs, with catalogs of Docker by hand.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { Command } from 'commander';
import { type Act, createContext, present } from '../../daemon/cli/command-context.ts';
import { addCatalogCommands } from '../../daemon/cli/commands/catalog.commands.ts';
import { addCatalogsCommands } from '../../daemon/cli/commands/catalogs.commands.ts';
import { createInterrupt } from '../../daemon/cli/interrupt.ts';
import { findInstallation } from '../../daemon/cli/link/installation.ts';
import { createOutput } from '../../daemon/cli/terminal/output.ts';
import { problem } from '../../shared/api/problem.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { type CatalogApp, createCatalogApp } from '../support/catalog-app.ts';
import { createFakeCatalogs, type FakeCatalogs, fakeServer } from '../support/fake-catalogs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('the commands of catalogs', () => {
  let control: FakeCatalogs;
  let app: CatalogApp;
  beforeEach(async () => {
    control = createFakeCatalogs(
      {
        ref: 'mcp/docker-mcp-catalog',
        title: 'Docker MCP Catalog',
        origin: 'vendor',
        servers: [
          fakeServer('github', {
            description: 'Issues \u001b[31mand more',
            secrets: [{ name: 'github.token', env: 'GITHUB_TOKEN' }],
            config: [{ name: 'github', type: 'object', properties: { host: {}, org: {} }, required: ['host'] }],
            metadata: { tags: ['git'], pulls: 10 },
          }),
          fakeServer('grafana', { metadata: { pulls: 900 } }),
        ],
      },
      {
        ref: 'team/own:v1',
        title: 'Ours',
        origin: 'own',
        servers: [fakeServer('three'), fakeServer('io.github.Acme/tool')],
      },
    );
    app = createCatalogApp(control);
    await app.catalogs.refresh();
  });
  afterEach(() => app.close());

  /** Runs one command line; its output, or the error that it ended with. */
  const run = async (args: string[], json = false): Promise<{ code: number; out: string; err: string }> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    let code = -1;
    const context = createContext({
      output: createOutput(stdout, stderr, {}, json),
      interrupt: createInterrupt(new EventEmitter()),
      stdin: Readable.from([]),
      environment: {},
      installation: findInstallation(import.meta.url),
      home: '/nowhere',
      mayStart: false,
      port: '0',
    });
    const act: Act =
      handler =>
      async (...given) => {
        code = present(context, await handler({ ...context, connect: async () => app.api }, ...given));
      };
    const program = new Command('quayside').exitOverride().configureOutput({ writeErr: () => {} });
    addCatalogCommands(program, act);
    addCatalogsCommands(program, act);
    await program.parseAsync(args, { from: 'user' });
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  };
  const names = async (...args: string[]) => {
    const { out } = await run(['catalog', ...args], true);
    return (JSON.parse(out) as { items: { nameInCatalog: string }[] }).items.map(({ nameInCatalog }) => nameInCatalog);
  };

  it('search by several words and every filter', async () => {
    assert.deepEqual(await names('the', 'server', 'gra'), ['grafana']);
    assert.deepEqual(await names('--secrets'), ['github']);
    assert.deepEqual(await names('--no-secrets', '--kind', 'image'), ['grafana', 'io.github.Acme/tool', 'three']);
    assert.deepEqual(await names('--tag', 'git', '--origin', 'vendor'), ['github']);
    assert.deepEqual(await names('--catalog', 'team/own:v1'), ['io.github.Acme/tool', 'three']);
    assert.deepEqual(await names('--catalog', 'mcp/docker-mcp-catalog', '--sort', 'popularity'), ['grafana', 'github']);
    assert.deepEqual(await names('--engine', 'process', '--category', 'memory'), ['memory']);
    assert.deepEqual(await names('--installed'), []);
    assert.equal((await names()).length, 8);
    await rejectsWith('CATALOG_002', run(['catalog', '--catalog', 'none']));
  });

  it('show an entry with what it needs, and nothing that moves the cursor', async () => {
    const { out } = await run(['catalog', 'show', 'GitHub']);
    assert.match(out, /github\.[0-9a-f]{6}/);
    assert.match(out, /Docker MCP Catalog \(vendor\), as github/);
    assert.match(out, /image: lab\/github:1/);
    assert.match(out, /host \(needed\)\n {2}org\n/);
    assert.match(out, /github\.token as GITHUB_TOKEN/);
    assert.ok(!out.includes('\u001b'));
    assert.match((await run(['catalog', 'show', 'io.github.acme/Tool'])).out, /as io\.github\.Acme\/tool/);
  });

  it('list the catalogs and say what is shown from the cache', async () => {
    assert.match((await run(['catalogs'])).out, /team\/own:v1 +Ours +2 +own +ok/);
    control.failure = problem('DOCKER_003', { detail: 'The Docker engine does not answer.' });
    await app.catalogs.refresh();
    assert.match((await run(['catalogs'])).out, /Ours +2 +own +as of 2026-01-02T03:04:05.000Z: The Docker engine/);
  });

  it('make a catalog of entries by their short names, after a look if that is wanted', async () => {
    const args = ['catalogs', 'create', 'me/mine', '--title', 'Mine', '--from-entries', 'github', 'three'];
    const dry = await run([...args, '--dry-run']);
    assert.match(dry.out, /Mine \(entries\): nothing was done\.\n.*CHANGE.*\n.*added +github/);
    assert.ok(!control.catalogs.has('me/mine:latest'));
    assert.equal((await run(args)).out, 'Made me/mine:latest with 2 entries.\n');
    await rejectsWith('CATALOG_003', run(args));
    assert.equal((await run([...args, '--replace'])).code, 0);
  });

  it('refuse two origins, a format of nothing, and a reference that is none', async () => {
    await using folder = await createTemporaryFolder('catalog-cli');
    const file = join(folder.path, 'x.yaml');
    await writeFile(file, 'registry: {}');
    await assert.rejects(
      run(['catalogs', 'create', 'a/b', '--from-file', file, '--from-oci', 'a/c']),
      /made from one thing/,
    );
    await assert.rejects(run(['catalogs', 'create', 'a/b', '--format', 'server-yaml']), /--format is for --from-file/);
    await assert.rejects(run(['catalogs', 'create', '--from-oci', 'a/b', '-x']), /unknown option/);
    await assert.rejects(run(['catalogs', 'create', 'A B']), /not a reference/);
    await assert.rejects(run(['catalogs', 'create', 'a/b', '--from-file', '/nowhere/at/all']), /cannot be read/);
  });

  it('give a second reference and remove, but only when asked for by --yes where nobody can answer', async () => {
    assert.match((await run(['catalogs', 'tag', 'team/own:v1', 'team/own:v2'])).out, /team\/own:v2 is there now/);
    await rejectsWith('CATALOG_003', run(['catalogs', 'tag', 'team/own:v1', 'team/own:v2']));
    await assert.rejects(run(['catalogs', 'remove', 'team/own:v2']), /add --yes/);
    assert.equal((await run(['catalogs', 'remove', 'team/own:v2', '--yes'])).out, 'Removed team/own:v2.\n');
    await rejectsWith('CATALOG_005', run(['catalogs', 'remove', 'quayside', '--yes']));
  });
});
