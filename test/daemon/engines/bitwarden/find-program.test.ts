import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findProgram, isScript } from '../../../../daemon/engines/bitwarden/find-program.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('bw is found', () => {
  let folder: TemporaryFolder;
  const platform = process.platform;
  before(async () => {
    folder = await createTemporaryFolder('find-bw');
    await mkdir(join(folder.path, 'one'));
    await mkdir(join(folder.path, 'two'));
    await writeFile(join(folder.path, 'one', 'bw'), 'no program', { mode: 0o600 });
    await writeFile(join(folder.path, 'real.js'), '', { mode: 0o600 });
    await symlink(join(folder.path, 'real.js'), join(folder.path, 'two', 'bw'));
  });
  after(() => folder.remove());

  it('on PATH, behind its links, where a file that may not be run is passed over', async () => {
    const path = [join(folder.path, 'one'), join(folder.path, 'two')].join(delimiter);
    const found = await findProgram({ configured: undefined, path, platform });
    assert.equal(found, join(folder.path, 'real.js'));
    assert.ok(isScript(found ?? ''), 'our own Node has to run it');
  });

  it('in no folder that depends on where the daemon was started', async () => {
    const found = await findProgram({ configured: undefined, path: ['', '.', 'one'].join(delimiter), platform });
    // What is beside us is another matter.
    assert.match(found ?? '', /@bitwarden/);
  });

  it('only where the user says, if the user says so', async () => {
    const path = join(folder.path, 'two');
    for (const configured of [join(folder.path, 'nothing'), folder.path, 'bw', './bw'])
      assert.equal(await findProgram({ configured, path, platform }), undefined, configured);
    const named = join(folder.path, 'real.js');
    assert.equal(await findProgram({ configured: named, path: '', platform }), named);
  });
});
