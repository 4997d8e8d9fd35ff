import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stop, transform } from 'esbuild';
import { listFiles } from './tracked-files.ts';

const root = join(import.meta.dirname, '..', '..');

/** Characters that V8 cannot hold in one byte, as they stand in what is built of a source: most are written as escapes. */
async function wideCharactersOf(text: string): Promise<string[]> {
  const { code } = await transform(text, { loader: 'ts', charset: 'ascii', minifyWhitespace: true });
  return [...new Set(code)].filter(character => character > '\u00ff');
}

describe('the built daemon is kept in one byte a character', () => {
  after(() => stop());

  it('because no source has a wide character where the build cannot escape it', async () => {
    const paths = (await listFiles(root)).filter(path => /^(shared|daemon)\/.*\.ts$/.test(path));
    const wide = await Promise.all(
      paths.map(async path => ({ path, found: await wideCharactersOf(await readFile(join(root, path), 'utf8')) })),
    );
    assert.ok(wide.length > 100, `only ${wide.length} source files were found`);
    assert.deepEqual(
      wide.filter(({ found }) => found.length > 0),
      [],
    );
  });

  it('and one would be noticed', async () => {
    assert.deepEqual(await wideCharactersOf("const a = 'x…';"), []);
    assert.deepEqual(await wideCharactersOf('const a = html`x…`;'), ['…']);
  });
});
