import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installed, InstallProgress, PackageInstall } from '../../../daemon/engines/engine.ts';
import { rejectsWith, serverToRun } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createEngineHome, type EngineHome, type EngineHomeOptions } from '../../support/process-engine.ts';
import { isAlive } from '../../support/supervised.ts';

const server = { 'index.js': '#!/usr/bin/env node\nprocess.stdin.resume();\n' };
const withBin = { manifest: { bin: 'index.js' }, files: server };

describe('installing npm packages', () => {
  let at: EngineHome;
  let steps: InstallProgress[];
  const begin = async (options: EngineHomeOptions = {}) => {
    at = await createEngineHome(options);
    steps = [];
  };
  afterEach(() => at.close());

  const install = (
    name: string,
    more: Partial<PackageInstall> = {},
    signal = new AbortController().signal,
  ): Promise<Installed> =>
    at.engine.install(
      {
        kind: 'package',
        serverId: 'one',
        package: name,
        version: 'latest',
        integrity: undefined,
        allowScripts: false,
        ...more,
      },
      { onProgress: step => steps.push(step), signal },
    );
  const filesOf = async (id = 'one') =>
    await readdir(join(at.folder, 'packages', id), { recursive: true }).catch(() => [] as string[]);

  describe('from a registry', () => {
    beforeEach(() => begin());

    it('resolves ranges and tags to one version', async () => {
      for (const version of ['1.0.0', '1.4.0', '2.0.0']) at.registry.publish({ name: 'many', version, ...withBin });
      const versionOf = async (version: string) => {
        const { source } = await install('many', { version });
        return source.type === 'npm' && source.version;
      };
      assert.deepEqual(
        [await versionOf('^1.0.0'), await versionOf('latest'), await versionOf('1.0.0')],
        ['1.4.0', '2.0.0', '1.0.0'],
      );
    });

    it('keeps nothing of a download whose bytes are not the promised ones', async () => {
      at.registry.publish({ name: 'bad', ...withBin });
      at.registry.faults.corrupt.add('bad');
      const problem = await rejectsWith('INSTALL_002', install('bad'));
      assert.match(problem.detail, /checksum/);
      assert.deepEqual(await filesOf(), []);
    });

    it('keeps nothing if only a package that it needs is not the promised one', async () => {
      at.registry.publish({ name: 'part' });
      at.registry.publish({ name: 'whole', ...withBin, manifest: { bin: 'index.js', dependencies: { part: '1' } } });
      at.registry.faults.corrupt.add('part');
      await rejectsWith('INSTALL_002', install('whole'));
      assert.deepEqual(await filesOf(), []);
    });

    it('does not even download what has another checksum than the pinned one', async () => {
      at.registry.publish({ name: 'pinned', ...withBin });
      await rejectsWith(
        'INSTALL_002',
        install('pinned', { integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}` }),
      );
      assert.ok(!at.registry.requests.some(({ path }) => path.endsWith('.tgz')));
    });

    it('names the dependency that does not exist', async () => {
      at.registry.publish({
        name: 'whole',
        ...withBin,
        manifest: { bin: 'index.js', dependencies: { 'not-there': '1' } },
      });
      const problem = await rejectsWith('INSTALL_001', install('whole'));
      assert.match(problem.detail, /whole needs the package not-there/);
    });

    it('names the version that does not exist', async () => {
      at.registry.publish({ name: 'pinned', ...withBin });
      assert.match(
        (await rejectsWith('INSTALL_001', install('pinned', { version: '7.7.7' }))).detail,
        /no version that fits "7\.7\.7"/,
      );
      at.registry.publish({ name: 'whole', ...withBin, manifest: { bin: 'index.js', dependencies: { pinned: '^9' } } });
      assert.match(
        (await rejectsWith('INSTALL_001', install('whole'))).detail,
        /whole needs a package version.*pinned@\^9/,
      );
    });

    it('refuses packages from git, folders and addresses: they have no checksum', async () => {
      for (const spec of ['git+https://example.test/x.git', 'file:/etc', 'https://example.test/x.tgz']) {
        at.registry.publish({ name: 'sly', ...withBin, manifest: { bin: 'index.js', dependencies: { x: spec } } });
        const problem = await rejectsWith('INSTALL_008', install('sly'));
        assert.match(problem.detail, /does not come from a registry/, spec);
      }
    });

    it('refuses a package without a command, or whose command is not there', async () => {
      at.registry.publish({ name: 'library', files: server });
      assert.match((await rejectsWith('INSTALL_005', install('library'))).detail, /no command/);
      at.registry.publish({ name: 'hollow', manifest: { bin: 'missing.js' } });
      assert.match((await rejectsWith('INSTALL_005', install('hollow'))).detail, /not in the package/);
      assert.deepEqual(await filesOf(), []);
    });

    it('replaces an older install of the same server at its end', async () => {
      at.registry.publish({ name: 'many', version: '1.0.0', ...withBin });
      const first = await install('many');
      at.registry.publish({ name: 'many', version: '2.0.0', ...withBin });
      const second = await install('many');
      await rejectsWith('SERVER_004', at.engine.plan(serverToRun('one', first.source)));
      await at.engine.plan(serverToRun('one', second.source));
      const releases = (await readdir(join(at.folder, 'packages', 'one'))).filter(name => name.startsWith('r-'));
      assert.equal(releases.length, 1);
    });

    it('is done once at a time for each server', async () => {
      at.registry.publish({ name: 'slow', ...withBin });
      at.registry.faults.hang.add('slow');
      const controller = new AbortController();
      const first = install('slow', {}, controller.signal);
      await rejectsWith('INSTALL_009', install('slow'));
      controller.abort();
      await rejectsWith('INSTALL_007', first);
    });

    it('tells which packages it finds, and how many it has', async () => {
      for (const name of ['a', 'b', 'c']) at.registry.publish({ name });
      at.registry.publish({
        name: 'whole',
        ...withBin,
        manifest: { bin: 'index.js', dependencies: { a: '1', b: '1', c: '1' } },
      });
      await install('whole');
      const said = steps.map(({ step }) => step).join('\n');
      assert.match(said, /Finding packages: \d so far/);
      assert.match(said, /Downloading: 4 of 4 packages/);
      assert.equal(steps.at(-1)?.step, 'Installed');
    });

    it('says that the registry is broken, or wants a login', async () => {
      at.registry.faults.status = 503;
      assert.match((await rejectsWith('INSTALL_003', install('any'))).detail, /has a problem of its own \(503\)/);
      at.registry.faults.status = 403;
      assert.match(
        (await rejectsWith('INSTALL_008', install('any'))).detail,
        /did not accept the login for any \(403\)/,
      );
    }).timeout(30_000);

    it('says that the registry cannot be reached', async () => {
      await at.registry.close();
      const problem = await rejectsWith('INSTALL_003', install('any'));
      assert.match(problem.detail, /127\.0\.0\.1:\d+ refused the connection \(ECONNREFUSED\)/);
    });
  });

  describe('with install scripts', () => {
    beforeEach(() => begin({ environment: { MY_SECRET: 'canary' } }));
    const script = (file: string) => `node -e "require('fs').writeFileSync('${file}', JSON.stringify(process.env))"`;

    it('does not run those of packages that it needs, and says so', async () => {
      at.registry.publish({ name: 'part', manifest: { scripts: { postinstall: script('ran.json') } } });
      at.registry.publish({ name: 'whole', ...withBin, manifest: { bin: 'index.js', dependencies: { part: '1' } } });
      await install('whole');
      assert.ok(!(await filesOf()).some(path => path.endsWith('ran.json')));
      assert.equal(steps.at(-1)?.step, 'Installed, without running the install scripts of part');
    });

    it('refuses a package whose own script would not run', async () => {
      at.registry.publish({
        name: 'own',
        ...withBin,
        manifest: { bin: 'index.js', scripts: { postinstall: script('ran.json') } },
      });
      const problem = await rejectsWith('INSTALL_006', install('own'));
      assert.match(problem.detail, /postinstall: node -e/);
      assert.deepEqual(await filesOf(), []);
    });

    it('refuses one that needs native code which is not built, and takes one that brings it', async () => {
      at.registry.publish({ name: 'native', manifest: { scripts: { install: 'node-gyp rebuild' } } });
      at.registry.publish({ name: 'whole', ...withBin, manifest: { bin: 'index.js', dependencies: { native: '1' } } });
      assert.match(
        (await rejectsWith('INSTALL_006', install('whole'))).detail,
        /whole needs native, which builds native code/,
      );
      const files = { 'prebuilds/linux-x64.node': 'x' };
      at.registry.publish({
        name: 'native',
        version: '1.1.0',
        manifest: { scripts: { install: 'node-gyp rebuild' } },
        files,
      });
      await install('whole');
    });

    it('runs them if that is allowed, without the host’s secrets', async () => {
      at.registry.publish({ name: 'part', manifest: { scripts: { postinstall: script('part-ran.json') } } });
      at.registry.publish({
        name: 'own',
        ...withBin,
        manifest: { bin: 'index.js', dependencies: { part: '1' }, scripts: { preinstall: script('ran.json') } },
      });
      await install('own', { allowScripts: true });
      const ran = (await filesOf()).filter(path => path.endsWith('ran.json'));
      assert.equal(ran.length, 2);
      for (const path of ran) {
        const seen = await readFile(join(at.folder, 'packages', 'one', path), 'utf8');
        assert.match(seen, /"npm_lifecycle_event":"p(?:re|ost)install"/);
        assert.doesNotMatch(seen, /canary/);
      }
    });

    it('says what a script that fails has written', async () => {
      const postinstall = `node -e "console.error('a compiler is missing'); process.exit(3)"`;
      at.registry.publish({ name: 'own', ...withBin, manifest: { bin: 'index.js', scripts: { postinstall } } });
      const problem = await rejectsWith('INSTALL_008', install('own', { allowScripts: true }));
      assert.match(problem.detail, /An install script of own failed\. It wrote: a compiler is missing/);
      assert.deepEqual(await filesOf(), []);
    });

    it('ends a script that never ends when it is cancelled', async () => {
      const postinstall = `node -e "require('fs').writeFileSync(process.env.HOME + '/pid', String(process.pid)); setInterval(() => {}, 1000)"`;
      at.registry.publish({ name: 'own', ...withBin, manifest: { bin: 'index.js', scripts: { postinstall } } });
      const controller = new AbortController();
      const running = install('own', { allowScripts: true }, controller.signal);
      const pidFile = join(at.home, 'pid');
      while (!existsSync(pidFile)) await new Promise(resolve => setTimeout(resolve, 20));
      const pid = Number(await readFile(pidFile, 'utf8'));
      controller.abort();
      await rejectsWith('INSTALL_007', running);
      await until(async () => !(await isAlive(pid)));
    });
  });

  describe('with the user’s npm settings', () => {
    it('uses the registry of a scope, with the login for it and no other', async () => {
      await begin({
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how an npmrc names a variable
        npmrc: 'registry=http://127.0.0.1:9/\n@mine:registry=REGISTRY/\n//REGISTRY_HOST/:_authToken=${MY_TOKEN}\n',
        environment: { MY_TOKEN: 'canary-token' },
      });
      at.registry.faults.token = 'canary-token';
      at.registry.publish({ name: '@mine/tool', ...withBin });
      await install('@mine/tool');
      assert.ok(at.registry.requests.every(({ authorization }) => authorization === 'Bearer canary-token'));
      assert.doesNotMatch(JSON.stringify([at.log, steps]), /canary/);
    });

    it('says that a login is wrong, without showing it', async () => {
      await begin({ npmrc: 'registry=REGISTRY/\n//REGISTRY_HOST/:_authToken=canary-wrong\n' });
      at.registry.faults.token = 'right';
      at.registry.publish({ name: 'tool', ...withBin });
      const problem = await rejectsWith('INSTALL_008', install('tool'));
      assert.match(problem.detail, /did not accept the login for tool \(401\)/);
      assert.doesNotMatch(JSON.stringify([problem, at.log]), /canary/);
    });

    it('shows no password of a registry or a proxy that cannot be reached', async () => {
      await begin({ npmrc: 'registry=http://me:canary-one@127.0.0.1:9/\nfetch-retries=0\n' });
      const refused = await rejectsWith('INSTALL_003', install('tool'));
      await at.close();
      await begin({ npmrc: 'registry=http://r.example/\nproxy=http://me:canary-two@127.0.0.1:9/\nfetch-retries=0\n' });
      const proxied = await rejectsWith('INSTALL_003', install('tool'));
      assert.ok(at.log.length > 0);
      assert.doesNotMatch(JSON.stringify([refused, proxied, at.log]), /canary/);
    });

    it('uses npm’s variables of the environment', async () => {
      await begin({ npmrc: 'registry=http://127.0.0.1:9/\n', environment: { npm_config_registry: 'REGISTRY/' } });
      at.registry.publish({ name: 'tool', ...withBin });
      await install('tool');
    });

    it('goes through a proxy', async () => {
      await begin({ npmrc: 'registry=http://registry.example/\nproxy=REGISTRY/\n' });
      at.registry.publish({ name: 'tool', ...withBin });
      await install('tool').catch(() => {});
      assert.ok(at.registry.requests.some(({ path }) => path.startsWith('http://registry.example/tool')));
    });

    it('goes through the proxy of the environment', async () => {
      await begin({ npmrc: 'registry=http://registry.example/\n', environment: { HTTP_PROXY: 'REGISTRY/' } });
      await install('tool').catch(() => {});
      assert.ok(at.registry.requests.some(({ path }) => path.startsWith('http://registry.example/tool')));
    });

    it('works offline with what npm has in its cache, and says if that is not enough', async () => {
      await begin();
      at.registry.publish({ name: 'tool', ...withBin });
      await install('tool');
      await writeFile(join(at.home, '.npmrc'), `registry=${at.registry.url}/\noffline=true\n`);
      await install('tool');
      assert.match((await rejectsWith('INSTALL_003', install('never-seen'))).detail, /set to work offline/);
    });

    it('does not let settings change where or what is installed', async () => {
      await begin({
        npmrc:
          'registry=REGISTRY/\nglobal=true\nomit=prod\ndry-run=true\npackage-lock=false\nprefix=/nowhere\nignore-scripts=false\n',
      });
      at.registry.publish({ name: 'tool', ...withBin });
      const { source } = await install('tool');
      const plan = await at.engine.plan(serverToRun('one', source));
      assert.ok(plan.kind === 'stdio' && existsSync(plan.args[0] ?? ''));
    });

    it('takes a cache of its own if npm’s cannot be written', async () => {
      await begin({ npmrc: 'registry=REGISTRY/\ncache=/dev/null/npm\n' });
      at.registry.publish({ name: 'tool', ...withBin });
      await install('tool');
      assert.ok(existsSync(join(at.folder, 'npm-cache')));
    });
  });

  describe('within limits', () => {
    it('ends at the time limit', async () => {
      await begin({ engine: { installLimits: { seconds: 1, bytes: 1e9 } } });
      at.registry.publish({ name: 'slow', ...withBin });
      at.registry.faults.hang.add('slow');
      const problem = await rejectsWith('INSTALL_008', install('slow'));
      assert.match(problem.detail, /took longer than/);
      assert.deepEqual(await filesOf(), []);
    });

    it('ends at the size limit', async () => {
      await begin({ engine: { installLimits: { seconds: 60, bytes: 1_000_000 } } });
      at.registry.publish({
        name: 'large',
        manifest: { bin: 'index.js' },
        files: { ...server, 'large.txt': 'x'.repeat(2_000_000) },
      });
      const problem = await rejectsWith('INSTALL_008', install('large'));
      assert.match(problem.detail, /more than 1 MB/);
      assert.deepEqual(await filesOf(), []);
    });
  });
});
