// What bw keeps of the account: sealed in the database, and in a private folder only while the daemon runs.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openState, sealState, withStateKey } from '../../../../daemon/features/bitwarden/sealed-state.ts';
import { createWorkFolders } from '../../../../daemon/features/bitwarden/work-folders.ts';
import { refusedWith } from '../../../support/identity.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

describe('what bw keeps, sealed', () => {
  const key = randomBytes(32);
  const state = Buffer.from('{"token":"canary"}');

  it('comes back with its key alone, and is another text each time', () => {
    const sealed = sealState(key, state);
    assert.deepEqual(openState(key, sealed), state);
    assert.ok(!sealed.includes('canary'));
    assert.notDeepEqual(sealState(key, state), sealed);
    assert.throws(() => openState(randomBytes(32), sealed), refusedWith('SECRET_006'));
  });

  it('is refused if a single bit of it was changed, or a part is missing', () => {
    const sealed = sealState(key, state);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.throws(() => openState(key, changed), refusedWith('SECRET_006'), `byte ${at}`);
      assert.throws(() => openState(key, sealed.subarray(0, at)), refusedWith('SECRET_006'), `the first ${at} bytes`);
    }
  });

  it('leaves no key behind in memory', () => {
    const given = Buffer.from(key);
    const values = { get: () => given, put: () => '', remove: () => {} };
    withStateKey(values, 'id', used => assert.deepEqual(used, key));
    assert.deepEqual(given, Buffer.alloc(32));
  });
});

describe('the folder that bw works in', () => {
  let folder: TemporaryFolder;
  const open = (memory: string[] = []) => createWorkFolders({ memory, lasting: folder.path, owner: 'me' });
  const base = () => join(folder.path, 'me-bitwarden');

  beforeEach(async () => {
    folder = await createTemporaryFolder('work');
  });
  afterEach(() => folder.remove());

  it('is for this user alone, and gone with the daemon', () => {
    const folders = open();
    const made = folders.open();
    assert.equal(statSync(made).mode & 0o777, 0o700);
    assert.equal(statSync(base()).mode & 0o777, 0o700);
    assert.notEqual(folders.open(), made);
    folders.close();
    assert.equal(existsSync(base()), false);
  });

  it('is cleared of what a daemon has left that was killed', () => {
    writeFileSync(join(open().open(), 'data.json'), 'a token');
    open();
    assert.equal(existsSync(base()), false);
  });

  it('is none that somebody else has put there: a link, or a folder that others may read', () => {
    mkdirSync(join(folder.path, 'theirs'), { mode: 0o700 });
    writeFileSync(join(folder.path, 'theirs', 'kept'), '');
    symlinkSync(join(folder.path, 'theirs'), base());
    assert.throws(() => open().open(), refusedWith('DAEMON_006'));
    assert.deepEqual(readdirSync(join(folder.path, 'theirs')), ['kept']);
  });

  it('lies in memory only where there is memory', () => {
    assert.ok(
      open([join(folder.path, 'no-tmpfs')])
        .open()
        .startsWith(base()),
    );
  });
});
