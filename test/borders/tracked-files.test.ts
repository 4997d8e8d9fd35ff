import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { listFiles } from './tracked-files.ts';

const root = join(import.meta.dirname, '..', '..');
const isText = (path: string): boolean => !/\.(png|gif|jpg|ico|ttf|woff2?|node|vsix|tgz|db)$/.test(path);

/** What belongs to one machine or one network, written so that this file does not contain it. */
const foreign = [
  ['registry', 'npmjs', 'org'].join('.'),
  ['registry', 'yarnpkg', 'com'].join('.'),
  ['deb', 'debian', 'org'].join('.'),
  `${root}/`,
  `${homedir()}/`,
].filter(text => text.length > 3);

describe('files of the repository', () => {
  it('name no package registry and no place on one machine', async () => {
    const found: string[] = [];
    for (const path of (await listFiles(root)).filter(isText)) {
      const text = await readFile(join(root, path), 'utf8');
      for (const part of foreign) if (text.includes(part)) found.push(`${path} contains ${part}`);
    }
    assert.deepEqual(found, []);
  });

  it('lock packages by integrity and not by address', async () => {
    const locks = (await listFiles(root)).filter(path => path.endsWith('package-lock.json'));
    assert.ok(locks.length > 0);
    for (const path of locks) {
      const text = await readFile(join(root, path), 'utf8');
      assert.doesNotMatch(text, /"resolved":\s*"https?:/, path);
      assert.match(text, /"integrity": "sha512-/, path);
    }
  });

  it('are not larger than a screenshot has to be', async () => {
    const large: string[] = [];
    for (const path of await listFiles(root)) {
      const { byteLength } = await readFile(join(root, path));
      if (byteLength > 1_500_000) large.push(`${path}: ${byteLength} bytes`);
    }
    assert.deepEqual(large, []);
  });
});
