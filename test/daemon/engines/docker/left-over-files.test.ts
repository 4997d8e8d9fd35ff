import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLeftOverFiles, removeLeftOverFiles } from '../../../../daemon/engines/docker/left-over-files.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('Files that gateways have left behind', () => {
  it('are those of ours that no process names, and nobody else’s', async () => {
    await using folder = await createTemporaryFolder('left-over');
    const catalogsFolder = join(folder.path, 'catalogs');
    const processes = join(folder.path, 'proc');
    await mkdir(catalogsFolder);
    await mkdir(join(processes, '42'), { recursive: true });
    const args = ['docker', 'mcp', 'gateway', 'run', '--catalog', 'quayside-abc-used.yaml'];
    await writeFile(join(processes, '42', 'cmdline'), args.join('\0'));
    const before = new Date(Date.now() - 3_600_000);
    for (const name of [
      'quayside-abc-used.yaml',
      'quayside-abc-left.yaml',
      'mine.yaml',
      'quayside.yaml',
      'quayside-x.yaml.bak',
    ]) {
      await writeFile(join(catalogsFolder, name), '');
      await utimes(join(catalogsFolder, name), before, before);
    }
    await writeFile(join(catalogsFolder, 'quayside-abc-new.yaml'), '');
    const place = { catalogsFolder, processes, platform: 'linux' } as const;
    assert.deepEqual(await findLeftOverFiles(place), [join(catalogsFolder, 'quayside-abc-left.yaml')]);
    // Where processes cannot be asked, an hour is no proof.
    assert.deepEqual(await findLeftOverFiles({ ...place, platform: 'darwin' }), []);
    await removeLeftOverFiles(place);
    assert.deepEqual((await readdir(catalogsFolder)).sort(), [
      'mine.yaml',
      'quayside-abc-new.yaml',
      'quayside-abc-used.yaml',
      'quayside-x.yaml.bak',
      'quayside.yaml',
    ]);
    assert.deepEqual(await findLeftOverFiles({ ...place, catalogsFolder: '/nowhere' }), []);
  });
});
