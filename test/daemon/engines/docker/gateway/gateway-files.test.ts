import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGatewayFiles, sweepGatewayFiles } from '../../../../../daemon/engines/docker/gateway/gateway-files.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/temporary-folder.ts';

const rendered = (text: string) => ({
  catalog: text,
  config: text,
  tools: text,
  registry: text,
  secretLines: '',
  confidential: [],
});

describe('the files of gateways on disk', () => {
  let folder: TemporaryFolder;
  let places: { catalogsFolder: string; privateFolder: string };
  beforeEach(async () => {
    folder = await createTemporaryFolder('files');
    places = { catalogsFolder: join(folder.path, 'docker', 'catalogs'), privateFolder: join(folder.path, 'state') };
    await mkdir(places.privateFolder, { mode: 0o700 });
  });
  afterEach(() => folder.remove());

  it('are for this user alone', async () => {
    const files = await createGatewayFiles(places, 'me', 'mark');
    await files.write(rendered('a: 1\n'));
    for (const path of [join(places.catalogsFolder, files.catalog), files.config, files.tools, files.registry])
      assert.equal((await stat(path)).mode & 0o777, 0o600, path);
    assert.equal((await stat(files.folder)).mode & 0o777, 0o700);
  });

  it('stay the same files when they change, and are left alone when they do not', async () => {
    const files = await createGatewayFiles(places, 'me', 'mark');
    await files.write(rendered('a: a long text that is shorter later\n'));
    const before = await stat(files.config);
    await files.write({ ...rendered('b: 2\n'), tools: 'a: a long text that is shorter later\n' });
    const after = await stat(files.config);
    assert.equal(after.ino, before.ino);
    assert.match(await readFile(files.config, 'utf8'), /^b: 2\n+$/);
    assert.equal((await stat(files.tools)).mtimeMs <= after.mtimeMs, true);
    await files.write(rendered('c: äöü\n'));
    assert.match(await readFile(files.config, 'utf8'), /^c: äöü\n+$/);
  });

  it('of a daemon that was killed are removed by the next one, and those of others are not', async () => {
    await createGatewayFiles(places, 'me', 'one').then(files => files.write(rendered('x')));
    await createGatewayFiles(places, 'other', 'two').then(files => files.write(rendered('x')));
    await writeFile(join(places.catalogsFolder, 'quayside-mine.yaml'), 'a catalog of the user');
    assert.ok((await sweepGatewayFiles(places, 'me')) >= 2);
    assert.deepEqual((await readdir(places.catalogsFolder)).toSorted(), [
      'quayside-mine.yaml',
      'quayside-other-two.yaml',
    ]);
    assert.deepEqual(await readdir(places.privateFolder), []);
    assert.equal(await sweepGatewayFiles({ catalogsFolder: '/nowhere', privateFolder: '/nowhere' }, 'me'), 0);
  });
});
