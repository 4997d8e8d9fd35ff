import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toInstallProblem } from '../../../daemon/engines/process/install-problems.ts';
import { rejectsWith, serverToRun } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createEngineHome, type EngineHome } from '../../support/process-engine.ts';
import { findProcessesOf } from '../../support/processes.ts';

const run = promisify(execFile);
const installing = fileURLToPath(new URL('../../support/installing-process.mjs', import.meta.url));
const files = { 'index.js': 'process.stdin.resume();\n' };

describe('an install that is interrupted', () => {
  let at: EngineHome;
  beforeEach(async () => {
    at = await createEngineHome();
  });
  afterEach(() => at.close());

  const install = (name: string) =>
    at.engine.install(
      { kind: 'package', serverId: 'one', package: name, version: 'latest', integrity: undefined, allowScripts: false },
      { onProgress: () => {}, signal: new AbortController().signal },
    );

  it('by a kill of the daemon leaves no process, and no file after the next tidying', async () => {
    at.registry.publish({ name: 'good', manifest: { bin: 'index.js' }, files });
    const { source } = await install('good');
    at.registry.publish({ name: 'slow', manifest: { bin: 'index.js' }, files });
    at.registry.faults.hang.add('slow');
    const daemon = spawn(process.execPath, [installing, at.folder, at.home, 'slow'], { stdio: 'inherit' });
    await until(() => at.registry.requests.some(({ path }) => path.startsWith('/slow/-/')));
    assert.ok(findProcessesOf(join(at.folder, 'packages')).length > 0);
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    await until(() => findProcessesOf(join(at.folder, 'packages')).length === 0, 'the end of the installer');

    await at.engine.tidy(new Set(['one']));
    assert.deepEqual(
      (await readdir(join(at.folder, 'packages', 'one'))).filter(name => name.startsWith('r-')).length,
      1,
    );
    await at.engine.plan(serverToRun('one', source));
  });

  it('by a full disk says so and keeps nothing', async () => {
    const disk = join(at.folder, 'packages');
    await mkdir(disk, { recursive: true });
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).then(
      () => true,
      () => false,
    );
    try {
      if (mounted) {
        at.registry.publish({
          name: 'large',
          manifest: { bin: 'index.js' },
          files: { ...files, 'x.txt': 'x'.repeat(2_000_000) },
        });
        await rejectsWith('INSTALL_004', install('large'));
        assert.deepEqual(await readdir(disk), []);
      } else {
        // Without the right to mount a small disk, only the translation of the system's error can be shown.
        const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        assert.equal(toInstallProblem(error, { package: 'large', version: '1' }).code, 'INSTALL_004');
      }
    } finally {
      if (mounted) await run('umount', [disk]);
    }
  });

  it('by an unwritable folder says which', async () => {
    await writeFile(join(at.home, 'file'), '');
    const blocked = await createEngineHome({ engine: { folder: join(at.home, 'file', 'engine') } });
    assert.equal((await blocked.engine.probe()).available, false);
    assert.match((await blocked.engine.probe()).reason ?? '', /cannot be written/);
    await blocked.close();
  });
});
