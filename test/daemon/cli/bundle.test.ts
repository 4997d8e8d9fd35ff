import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { problemIn } from './command-line.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const requireForCommonJs =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A Node on this machine that can run the command and not the daemon. */
function findOldNode(): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return places
    .filter(place => !place.includes('node_modules'))
    .map(place => join(place, 'node'))
    .filter(existsSync)
    .find(node => /^v2[01]\./.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? ''));
}

describe('The bundled daemon', () => {
  const oldNode = findOldNode();
  it(
    oldNode
      ? 'says on an old Node that it is too old'
      : 'would say on an old Node that it is too old, but there is none here',
    async () => {
      await using folder = await createTemporaryFolder('old-node');
      await build({
        entryPoints: { daemon: join(root, 'daemon', 'main.ts') },
        outdir: folder.path,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        splitting: true,
        platform: 'node',
        format: 'esm',
        target: 'node22.15',
        external: ['better-sqlite3', 'dockerode'],
        banner: { js: requireForCommonJs },
      });
      if (!oldNode) return;
      const home = join(folder.path, 'home');
      const ended = spawnSync(oldNode, [join(folder.path, 'daemon.mjs'), '--home', home], {
        encoding: 'utf8',
        timeout: 20_000,
      });
      assert.equal(ended.status, 1, ended.stderr);
      const { ready, problem } = JSON.parse(ended.stdout);
      assert.equal(ready, false);
      assert.equal(problem.code, 'DAEMON_007');
      assert.match(problem.detail, /needs Node 22 or newer, and this is 2[01]\./);
      assert.equal(existsSync(home), false);
    },
  );
});

describe('The bundled command, alone in a folder', () => {
  let folder: TemporaryFolder;
  let program: string;
  before(async () => {
    folder = await createTemporaryFolder('bundle');
    program = join(folder.path, 'dist', 'cli.mjs');
    await build({
      entryPoints: [join(root, 'daemon', 'cli', 'main.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      banner: { js: requireForCommonJs },
    });
    await copyFile(join(root, 'package.json'), join(folder.path, 'package.json'));
  });
  after(() => folder.remove());

  const run = (node: string, args: string[], environment: Record<string, string> = {}) => {
    const env = { ...process.env, QUAYSIDE_HOME: join(folder.path, 'home'), QUAYSIDE_PORT: '0', ...environment };
    const { status, stdout, stderr } = spawnSync(node, [program, ...args], { encoding: 'utf8', env, timeout: 20_000 });
    return { code: status, stdout, stderr };
  };

  it('loads nothing of the daemon', async () => {
    const text = await readFile(program, 'utf8');
    for (const name of ['better-sqlite3', 'daemon/compose', 'arborist']) assert.ok(!text.includes(name), name);
  });

  it('says that its daemon is missing', () => {
    const finished = run(process.execPath, ['servers', '--json']);
    assert.equal(finished.code, 2);
    assert.match(problemIn(finished).detail, /The daemon's program is not there/);
  });

  const oldNode = findOldNode();
  if (oldNode) {
    it('runs on an old Node, and says that the daemon cannot', () => {
      assert.equal(run(oldNode, ['--version']).code, 0);
      assert.equal(run(oldNode, ['status']).code, 2);
      const finished = run(oldNode, ['servers', '--json']);
      assert.equal(finished.code, 2);
      const { code, detail, next } = problemIn(finished);
      assert.equal(code, 'DAEMON_007');
      assert.match(detail, /needs Node 22\.15\.0 or newer, and this is Node 2[01]\./);
      assert.match(next ?? '', /Install Node 24/);
    });
  }

  if (process.platform === 'linux') {
    it('opens a link by the opener of the system', async () => {
      const bin = join(folder.path, 'bin');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > ${join(folder.path, 'opened')}\n`);
      await chmod(join(bin, 'xdg-open'), 0o755);
      const entry = join(folder.path, 'open.mjs');
      const contents = `import { openInBrowser } from './daemon/cli/browser.ts';
        process.exit((await openInBrowser(process.argv[2])) ? 0 : 1);`;
      const stdin = { contents, resolveDir: root };
      await build({ stdin, outfile: entry, bundle: true, platform: 'node', format: 'esm' });
      const open = (url: string, place: string) =>
        spawnSync(process.execPath, [entry, url], { env: { PATH: `${place}:/usr/bin:/bin` }, timeout: 20_000 }).status;
      const url = 'http://127.0.0.1:1/#/login?ticket=$(id)&x=;y';
      assert.equal(open(url, bin), 0);
      assert.equal((await readFile(join(folder.path, 'opened'), 'utf8')).trim(), url);
      assert.equal(open('file:///etc/passwd', bin), 1, 'nothing but http is opened');
    });
  }
});
