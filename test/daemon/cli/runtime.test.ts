import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findInstallation } from '../../../daemon/cli/link/installation.ts';
import { withoutNpm } from '../../../daemon/cli/link/launch.ts';
import { findRuntime } from '../../../daemon/cli/link/runtime.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

describe('The Node that runs the daemon', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await createTemporaryFolder('runtime');
  });
  after(() => folder.remove());

  const ask = (nodeVersion: string, daemonEntry = 'dist/daemon.mjs') =>
    findRuntime({ installationRoot: folder.path, daemonEntry, execPath: '/usr/bin/node', nodeVersion });
  const isTooOld = (error: unknown) =>
    isProblemError(error) &&
    error.code === 'DAEMON_007' &&
    /needs Node 22\.1\d\.0 or newer, and this is Node/.test(error.problem.detail) &&
    /Install Node 24/.test(error.problem.next ?? '');

  it('is the one that runs now, if it is new enough', () => {
    for (const version of ['22.15.0', '22.15.1', '24.21.0', '26.0.0']) assert.equal(ask(version), '/usr/bin/node');
  });

  it('is refused in plain words if it is too old and there is no other', () => {
    for (const version of ['20.17.0', '20.20.2', '22.14.9']) assert.throws(() => ask(version), isTooOld);
    assert.throws(() => ask('22.15.1', 'daemon/main.ts'), isTooOld, 'sources need one that strips types');
  });

  it('is the one beside the program otherwise, if that is new enough', async () => {
    const packaged = join(folder.path, 'node_modules', 'node');
    const binary = join(packaged, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    await mkdir(join(packaged, 'bin'), { recursive: true });
    await copyFile(process.execPath, binary);
    await chmod(binary, 0o755);
    await writeFile(join(packaged, 'package.json'), '{"name":"node","version":"20.20.2"}');
    assert.throws(() => ask('20.20.2'), isTooOld);
    await writeFile(join(packaged, 'package.json'), '{"name":"node","version":"24.21.0"}');
    const found = ask('20.20.2');
    assert.equal(found, binary);
    assert.equal(spawnSync(found, ['--version'], { encoding: 'utf8' }).status, 0);
  });
});

describe('The environment of the daemon', () => {
  it('has nothing of the npm script that started it', () => {
    const path = ['/clone/node_modules/.bin', '/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin', '/usr/bin'];
    const environment = {
      PATH: path.join(delimiter),
      npm_lifecycle_event: 'start',
      npm_package_name: 'quayside',
      npm_config_ignore_scripts: 'true',
      npm_config_registry: 'http://127.0.0.1:4873/',
      HTTPS_PROXY: 'http://127.0.0.1:3128',
    };
    assert.deepEqual(withoutNpm(environment), {
      PATH: '/usr/bin',
      npm_config_registry: 'http://127.0.0.1:4873/',
      HTTPS_PROXY: 'http://127.0.0.1:3128',
    });
  });

  it('keeps the PATH of a shell as it is', () => {
    const environment = { PATH: ['/project/node_modules/.bin', '/usr/bin'].join(delimiter) };
    assert.deepEqual(withoutNpm(environment), environment);
  });
});

describe('The installation', () => {
  it('is found from any of its modules, and runs sources by sources', () => {
    const found = findInstallation(import.meta.url);
    assert.equal(found.root, join(import.meta.dirname, '..', '..', '..'));
    assert.match(found.version, /^\d+\.\d+\.\d+/);
    assert.equal(found.daemonEntry, join(found.root, 'daemon', 'main.ts'));
  });
});
