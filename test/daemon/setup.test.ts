// The set-up of npm start and npm test, in a clone of its own where something is missing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const script = `
  import { ensureBuild, ensureDependencies, reportSetupFailure } from './daemon/setup.mjs';
  try { ensureDependencies(); ensureBuild(); console.log('ready'); } catch (error) { reportSetupFailure(error); }
`;

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function setUp(folder: string, environment: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment };
  try {
    const options = { cwd: folder, env, timeout: 18_000 };
    const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
    return { code: 0, ...ended };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

describe('the set-up', () => {
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = await createTemporaryFolder('setup');
    await mkdir(join(folder.path, 'daemon'));
    await cp(join(root, 'daemon', 'setup.mjs'), join(folder.path, 'daemon', 'setup.mjs'));
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      await cp(join(root, file), join(folder.path, file));
  });
  afterEach(() => folder.remove());

  it('says that the registry cannot be reached and what to do, without a stack', async () => {
    const registry = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
    const { code, stderr } = await setUp(folder.path, registry);
    assert.equal(code, 1);
    assert.match(stderr, /The dependencies could not be installed\..*Check the network or the proxy settings of npm/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  it('says that npm is missing', async () => {
    const { code, stderr } = await setUp(folder.path, { PATH: join(folder.path, 'nothing') });
    assert.equal(code, 1);
    assert.match(stderr, /npm is not installed\. Install npm/);
  });

  it('does nothing when all is there, and notices a source that was changed', async () => {
    await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    await writeFile(join(folder.path, 'esbuild.mjs'), buildScript);
    const first = await setUp(folder.path, {});
    assert.match(first.stdout, /Building.*ready/s);
    assert.equal((await setUp(folder.path, {})).stdout, 'ready\n');
    await writeFile(join(folder.path, 'daemon', 'new.ts'), '');
    assert.match((await setUp(folder.path, {})).stdout, /Building/);
  });

  it('says that the build failed, and fails', async () => {
    await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    await writeFile(join(folder.path, 'esbuild.mjs'), 'process.exitCode = 1;');
    const { code, stderr } = await setUp(folder.path, {});
    assert.equal(code, 1);
    assert.match(stderr, /The build failed/);
  });

  it('takes another set-up’s lock only when its owner is gone', async () => {
    const lock = join(folder.path, 'node_modules.lock');
    await mkdir(lock);
    await writeFile(join(lock, 'pid'), '999999999');
    const registry = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
    const { stderr } = await setUp(folder.path, registry);
    assert.match(stderr, /The dependencies could not be installed/);
  });
});

/** Stands in for the real build, which takes seconds and is proven by every other suite. */
const buildScript = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import { dirname } from 'node:path';
  import { builtFile, sourcesFingerprint } from './daemon/setup.mjs';
  mkdirSync(dirname(builtFile), { recursive: true });
  writeFileSync(builtFile, JSON.stringify({ sources: sourcesFingerprint() }));
`;
