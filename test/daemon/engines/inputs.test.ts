import assert from 'node:assert/strict';
import { homedir, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { applyInputs, resolveInputs } from '../../../daemon/engines/process/inputs.ts';
import { starterCatalog } from '../../../daemon/engines/process/starter-catalog.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';

const filesystem = starterCatalog.find(({ id }) => id === 'filesystem') ?? assert.fail();
const everything = starterCatalog.find(({ id }) => id === 'everything') ?? assert.fail();

const errorsOf = async (inputs: Record<string, unknown>, entry = filesystem) =>
  (await rejectsWith('REQUEST_001', resolveInputs(entry, inputs))).errors ?? [];

describe('the inputs of a catalog entry', () => {
  it('become arguments in their order', async () => {
    const directories = [tmpdir(), homedir()];
    assert.deepEqual(await resolveInputs(filesystem, { directories }), { arguments: directories, environment: {} });
  });

  it('are refused with the field that is wrong', async () => {
    assert.deepEqual(
      (await errorsOf({})).map(({ path }) => path),
      ['/inputs'],
    );
    assert.deepEqual(
      (await errorsOf({ directories: [] })).map(({ path }) => path),
      ['/inputs/directories'],
    );
    assert.deepEqual(
      (await errorsOf({ directories: [tmpdir(), 7] })).map(({ path }) => path),
      ['/inputs/directories/1'],
    );
    assert.ok((await errorsOf({ directories: [tmpdir()], other: 1 })).length > 0);
    assert.ok((await errorsOf({ directories: tmpdir() })).length > 0);
  });

  it('are refused if they are no full paths, or would be read as a flag', async () => {
    for (const directory of ['relative/path', '.', '--allow-all', '-x', '~/projects']) {
      const [error] = await errorsOf({ directories: [directory] });
      assert.match(error?.message ?? '', /is not a full path/, directory);
    }
    assert.match((await errorsOf({ directories: ['/tmp\0/x'] }))[0]?.message ?? '', /null character/);
  });

  it('are refused if the folder does not exist or is a file', async () => {
    const [missing] = await errorsOf({ directories: ['/no/such/folder'] });
    assert.equal(missing?.message, 'The folder "/no/such/folder" does not exist.');
    const [file] = await errorsOf({ directories: [tmpdir(), fileURLToPath(import.meta.url)] });
    assert.equal(file?.path, '/inputs/directories/1');
    assert.match(file?.message ?? '', /is a file, not a folder/);
  });

  it('are none for an entry that takes none', async () => {
    assert.deepEqual(applyInputs(everything, {}), { arguments: [], environment: {} });
    assert.match((await errorsOf({ any: 1 }, everything))[0]?.message ?? '', /takes no values/);
  });

  it('become flags and variables where the schema says so', () => {
    const entry = {
      title: 'Example',
      configurationSchema: {
        type: 'object',
        properties: {
          level: { type: 'integer', 'x-argument': '--level' },
          key: { type: 'string', 'x-environment': 'API_KEY' },
          note: { type: 'string' },
        },
      },
    };
    const applied = applyInputs(entry, { level: 3, key: '-starts-with-a-hyphen', note: 'not used' });
    assert.deepEqual(applied, { arguments: ['--level', '3'], environment: { API_KEY: '-starts-with-a-hyphen' } });
    assert.throws(() => applyInputs(entry, { level: -3 }), { code: 'REQUEST_001' });
  });
});
