import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReleases } from '../../../daemon/engines/process/releases.ts';

describe('tidying', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'quayside-releases-'));
    for (const id of ['one', 'two'])
      await mkdir(join(root, 'packages', id, `r-${'0'.repeat(16)}`), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('spares what is staged, and folders that are asked for, while it is on its way', async () => {
    const releases = createReleases(root);
    const tidied = releases.tidy(new Set(), new Set());
    const [staged, folder] = await Promise.all([releases.stage('two'), releases.workFolder('two'), tidied]);
    assert.ok(existsSync(staged.path));
    assert.ok(existsSync(folder));
    assert.equal(existsSync(join(root, 'packages', 'one')), false);
  });

  it('spares an install that was on its way when it began and ends meanwhile', async () => {
    const releases = createReleases(root);
    const busy = new Set(['two']);
    const staged = await releases.stage('two');
    const tidied = releases.tidy(new Set(), busy);
    busy.delete('two');
    await tidied;
    assert.ok(existsSync(staged.path));
  });
});
