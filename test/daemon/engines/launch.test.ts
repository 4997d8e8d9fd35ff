import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { cleanEnvironment, installerEnvironment } from '../../../daemon/engines/process/host-environment.ts';
import { planPackage, planProgram } from '../../../daemon/engines/process/launch-plan.ts';
import { serverFile } from '../../../daemon/engines/process/package-bin.ts';
import { findProgram } from '../../../daemon/engines/process/program.ts';
import { rejectsWith, serverToRun } from '../../contracts/engine.contract.ts';

const host = {
  PATH: '/usr/bin',
  HOME: '/home/me',
  LC_ALL: 'C',
  HTTPS_PROXY: 'http://proxy:1',
  no_proxy: 'localhost',
  AWS_SECRET_ACCESS_KEY: 'canary',
  QUAYSIDE_HOME: 'canary',
  VSCODE_PID: 'canary',
  NODE_OPTIONS: 'canary',
  npm_config_registry: 'canary',
  ELECTRON_RUN_AS_NODE: 'canary',
};

const place = {
  platform: 'linux' as const,
  hostEnvironment: host,
  runtime: '/opt/node',
  runtimeIsElectron: false,
  workFolder: '/state/work/one',
  joinPath: posix.join,
};

const npm = (name: string) => ({ type: 'npm' as const, package: name, version: '1.0.0', integrity: 'sha512-AA==' });

describe('the environment of a server', () => {
  it('holds what programs need, and the proxy if it is to be inherited', () => {
    const plain = { PATH: '/usr/bin', HOME: '/home/me', LC_ALL: 'C' };
    assert.deepEqual(cleanEnvironment(host, { platform: 'linux', inheritProxy: false }), plain);
    assert.deepEqual(cleanEnvironment(host, { platform: 'linux', inheritProxy: true }), {
      ...plain,
      HTTPS_PROXY: 'http://proxy:1',
      no_proxy: 'localhost',
    });
  });

  it('holds on Windows what programs need there, in any case of letters', () => {
    const windows = {
      Path: 'C:\\bin',
      SystemRoot: 'C:\\Windows',
      ProgramData: 'C:\\Data',
      HOME: '/home/me',
      SECRET: 'x',
    };
    assert.deepEqual(Object.keys(cleanEnvironment(windows, { platform: 'win32', inheritProxy: false })), [
      'Path',
      'SystemRoot',
      'ProgramData',
    ]);
  });

  it('of the installer has npm’s settings and nothing of the daemon’s', () => {
    const names = Object.keys(installerEnvironment(host, 'linux'));
    assert.ok(names.includes('npm_config_registry') && names.includes('HTTPS_PROXY'));
    assert.ok(!names.some(name => /^(?:QUAYSIDE_|VSCODE_|NODE_OPTIONS|ELECTRON_)/.test(name)));
  });
});

describe('the plan of a launch', () => {
  it('runs a package’s file with the daemon’s runtime', () => {
    const server = serverToRun('one', npm('tool'), { arguments: ['--x'], environment: { PATH: '/mine' } });
    const plan = planPackage({ ...server, source: npm('tool') }, '/files/index.js', true, place);
    assert.deepEqual([plan.command, plan.args], ['/opt/node', ['/files/index.js', '--x']]);
    assert.equal(plan.environment['PATH'], '/mine', 'the configuration wins');
    assert.equal(plan.environment['ELECTRON_RUN_AS_NODE'], undefined);
    assert.equal(plan.workingDirectory, '/state/work/one');
  });

  it('lets Electron run as Node', () => {
    const server = { ...serverToRun('one', npm('tool')), source: npm('tool') };
    const plan = planPackage(server, '/files/index.js', true, { ...place, runtimeIsElectron: true });
    assert.equal(plan.environment['ELECTRON_RUN_AS_NODE'], '1');
  });

  it('runs a program of another kind by itself', () => {
    const server = { ...serverToRun('one', npm('tool'), { arguments: ['a'] }), source: npm('tool') };
    const plan = planPackage(server, '/files/run', false, { ...place, runtimeIsElectron: true });
    assert.deepEqual([plan.command, plan.args], ['/files/run', ['a']]);
    assert.equal(plan.environment['ELECTRON_RUN_AS_NODE'], undefined);
  });

  it('gives the memory server a file in its own folder, unless the configuration names one', () => {
    const source = npm('@modelcontextprotocol/server-memory');
    const fileOf = (environment: Record<string, string>) =>
      planPackage({ ...serverToRun('one', source, { environment }), source }, '/x.js', true, place).environment[
        'MEMORY_FILE_PATH'
      ];
    assert.equal(fileOf({}), '/state/work/one/memory.jsonl');
    assert.equal(fileOf({ MEMORY_FILE_PATH: '/mine' }), '/mine');
  });

  it('takes the working folder of the configuration', () => {
    const server = serverToRun('one', { type: 'command', command: 'x' }, { workingDirectory: '/mine' });
    assert.equal(planProgram(server, '/bin/x', place).workingDirectory, '/mine');
  });
});

describe('the command of a package', () => {
  it('is its only one, the one with its name, or the only one that is named like a server', () => {
    assert.equal(serverFile({ name: '@a/b', bin: './index.js' }), 'index.js');
    assert.equal(serverFile({ name: 'x', bin: { other: 'other.js' } }), 'other.js');
    assert.equal(serverFile({ name: '@a/tool', bin: { tool: 'tool.js', helper: 'helper.js' } }), 'tool.js');
    assert.equal(serverFile({ name: 'x', bin: { 'x-mcp': 'server.js', 'x-cli': 'cli.js' } }), 'server.js');
  });

  it('is refused if there is none, if it cannot be told, or if it lies outside', () => {
    for (const bin of [undefined, {}, { a: 'a.js', b: 'b.js' }, '../evil.js', '/etc/passwd', { x: '../../x' }]) {
      assert.throws(() => serverFile({ name: 'x', bin }), { code: 'INSTALL_005' }, JSON.stringify(bin));
    }
  });
});

describe('finding a program', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quayside-programs-'));
    await mkdir(join(folder, 'second'));
    await mkdir(join(folder, 'folder'));
    for (const file of ['tool', 'second/tool', 'second/only', 'plain', 'script.cmd']) {
      await writeFile(join(folder, file), '#!/bin/sh\n');
      await chmod(join(folder, file), file === 'plain' ? 0o644 : 0o755);
    }
  });
  after(() => rm(folder, { recursive: true }));
  const find = (command: string, platform: NodeJS.Platform = 'linux') =>
    findProgram(command, { platform, environment: { PATH: `${folder}:${join(folder, 'second')}:.::/nowhere` } });

  it('takes the first on PATH that may be run', async () => {
    assert.equal(await find('tool'), join(folder, 'tool'));
    assert.equal(await find('only'), join(folder, 'second', 'only'));
    assert.equal(await find(join(folder, 'second/tool')), join(folder, 'second/tool'));
  });

  it('says why there is none', async () => {
    const detail = async (command: string) => (await rejectsWith('SERVER_004', find(command))).detail;
    assert.match(await detail('absent'), /no program "absent" on PATH/);
    assert.match(await detail('plain'), /no program "plain" on PATH/);
    assert.match(await detail(join(folder, 'plain')), /may not be run/);
    assert.match(await detail(join(folder, 'folder')), /is a folder/);
    assert.match(await detail(join(folder, 'absent')), /no program at/);
    assert.match(await detail('./tool'), /relative path/);
    assert.match(await detail('-rf'), /read as a flag/);
    assert.match(await detail(''), /flag/);
  });
});
