import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unixShim, windowsShim } from '../../../extension/features/terminal/shim.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

describe('the quayside command of terminals', () => {
  it('hands its arguments on as they are, also from a folder with odd characters', async () => {
    await using folder = await createTemporaryFolder('shim');
    const odd = join(folder.path, "it's $HOME here");
    await mkdir(odd);
    const program = join(odd, 'cli.mjs');
    const shim = join(odd, 'quayside');
    await writeFile(
      program,
      'console.log(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)]));',
    );
    await writeFile(shim, unixShim({ runtime: process.execPath, program }), { mode: 0o755 });
    const { stdout } = await promisify(execFile)(shim, ['call', 'a b', '$(id)', '--x=*']);
    assert.deepEqual(JSON.parse(stdout), ['1', 'call', 'a b', '$(id)', '--x=*']);
  });
  it('quotes its paths on Windows', () => {
    const text = windowsShim({ runtime: 'C:\\Program Files\\code.exe', program: 'C:\\100%\\cli.mjs' });
    assert.ok(text.includes('"C:\\Program Files\\code.exe" "C:\\100%%\\cli.mjs" %*'));
  });
});
