import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAttemptLimit } from '../../../daemon/features/secrets/attempts.ts';
import { problem } from '../../../shared/api/problem.ts';
import { hasCode } from '../../support/problems.ts';
import { add, createVaultFolder, dump, type VaultFolder } from '../../support/vault-parts.ts';

const passphrase = 'correct horse battery staple';

describe('the vault', () => {
  let folder: VaultFolder;
  let start: VaultFolder['start'];
  let reopen: VaultFolder['reopen'];
  beforeEach(async () => {
    folder = await createVaultFolder();
    ({ start, reopen } = folder);
  });
  afterEach(() => folder.remove());
  const keyFile = (content: string | Buffer, name = 'mounted-key'): string => {
    const file = join(folder.path, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };

  describe('and its master key', () => {
    it('is made with the first value and not before, in a file of mode 0600', () => {
      const parts = start();
      assert.equal(parts.vault.state, 'empty');
      assert.equal(existsSync(join(folder.path, 'master.key')), false);
      const id = add(parts, 'one');
      assert.deepEqual([parts.vault.state, parts.vault.source], ['open', 'generated']);
      assert.equal(statSync(join(folder.path, 'master.key')).mode & 0o777, 0o600);
      assert.equal(reopen().read(id), 'value of one');
    });

    it('comes from the named file first, then the mounted one, then the variable', () => {
      const named = keyFile(randomBytes(32).toString('hex'));
      const mounted = keyFile(randomBytes(32), 'mounted');
      const variable = randomBytes(32).toString('base64');
      const all = { QUAYSIDE_MASTER_KEY_FILE: named, QUAYSIDE_MASTER_KEY: variable };
      const parts = start(all, mounted);
      const id = add(parts, 'one');
      assert.equal(parts.vault.source, 'file');
      assert.equal(reopen({ QUAYSIDE_MASTER_KEY_FILE: named }, mounted).read(id), 'value of one');
      assert.equal(reopen(all, '/nowhere').read(id), 'value of one');
      assert.equal(reopen({ QUAYSIDE_MASTER_KEY: variable }, mounted).vault.problem?.code, 'SECRET_004');
      assert.equal(reopen({ QUAYSIDE_MASTER_KEY: variable }, '/nowhere').vault.problem?.code, 'SECRET_004');
      assert.equal(reopen({}, '/nowhere').vault.state, 'locked');
    });

    it('may come from the variable, and is not written anywhere then', () => {
      const environment = { QUAYSIDE_MASTER_KEY: randomBytes(32).toString('base64url') };
      const parts = start(environment);
      const id = add(parts, 'one');
      assert.equal(parts.vault.source, 'environment');
      assert.equal(existsSync(join(folder.path, 'master.key')), false);
      assert.equal(reopen(environment).read(id), 'value of one');
    });

    const bad: [what: string, content: string | Buffer][] = [
      ['a phrase', 'this is a password of mine, 32 by'],
      ['a phrase of 32 characters', 'this is a password of 32 letters'],
      ['nothing', ''],
      ['31 bytes', randomBytes(31)],
      ['zeros', Buffer.alloc(32).toString('hex')],
      ['a pattern', 'abcdef0123456789'.repeat(4)],
      ['a row', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64')],
      ['too much', randomBytes(5_000)],
    ];
    for (const [what, content] of bad) {
      it(`is refused at the start if the file holds ${what}, and nothing is made`, () => {
        const parts = start({ QUAYSIDE_MASTER_KEY_FILE: keyFile(content) });
        assert.equal(parts.vault.state, 'refused');
        assert.throws(() => add(parts, 'one'), hasCode('SECRET_005'));
        assert.equal(parts.vault.source, null);
        assert.equal(parts.repository.count(), 0);
      });
    }

    it('is refused if the named file is not there', () => {
      const parts = start({ QUAYSIDE_MASTER_KEY_FILE: join(folder.path, 'not-there') });
      assert.equal(parts.vault.problem?.code, 'SECRET_005');
      assert.match(parts.vault.problem?.message ?? '', /ENOENT/);
    });

    it('if it is a wrong one opens nothing, says so, and touches nothing', () => {
      const first = start({ QUAYSIDE_MASTER_KEY_FILE: keyFile(randomBytes(32)) });
      const id = add(first, 'one');
      const before = dump(first.database);
      const wrong = reopen({ QUAYSIDE_MASTER_KEY_FILE: keyFile(randomBytes(32), 'other') });
      assert.equal(wrong.vault.state, 'refused');
      assert.throws(() => wrong.read(id), hasCode('SECRET_004'));
      assert.throws(() => add(wrong, 'two'), hasCode('SECRET_004'));
      assert.throws(() => wrong.secrets.replaceValue(id, 'other'), hasCode('SECRET_004'));
      assert.throws(() => wrong.rotation.begin(), hasCode('SECRET_004'));
      assert.equal(dump(wrong.database), before);
    });

    it('if another one is mounted before the vault was moved to it, says how to move it', () => {
      add(start(), 'one');
      const { problem: failure } = reopen({ QUAYSIDE_MASTER_KEY_FILE: keyFile(randomBytes(32)) }).vault;
      assert.equal(failure?.code, 'SECRET_004');
      assert.match(failure?.problem.next ?? '', /without that key.*quayside secrets key file/);
    });

    it('says what is missing when the generated file is gone', () => {
      const id = add(start(), 'one');
      writeFileSync(join(folder.path, 'away'), readFileSync(join(folder.path, 'master.key')));
      writeFileSync(join(folder.path, 'master.key'), randomBytes(32).toString('base64'));
      assert.equal(reopen().vault.problem?.code, 'SECRET_004');
      copyFileSync(join(folder.path, 'away'), join(folder.path, 'master.key'));
      assert.equal(reopen().read(id), 'value of one');
    });
  });

  describe('with a passphrase', () => {
    it('is made, locked after a restart, and opened by the right one only', async function () {
      this.timeout(120_000);
      const parts = start();
      await parts.vault.unlock({ passphrase });
      assert.equal(parts.vault.source, 'passphrase');
      const id = add(parts, 'one');
      const locked = reopen();
      assert.equal(locked.vault.state, 'locked');
      assert.throws(() => locked.read(id), hasCode('SECRET_003'));
      const before = dump(locked.database);
      await assert.rejects(locked.vault.unlock({ passphrase: `${passphrase}!` }), hasCode('SECRET_004'));
      await assert.rejects(
        locked.vault.unlock({ masterKey: randomBytes(32).toString('base64') }),
        hasCode('SECRET_004'),
      );
      assert.equal(dump(locked.database), before);
      await locked.vault.unlock({ passphrase });
      assert.equal(locked.read(id), 'value of one');
      assert.equal(existsSync(join(folder.path, 'master.key')), false);
    });

    it('takes none that is guessed at once', async () => {
      const parts = start();
      await assert.rejects(parts.vault.unlock({ passphrase: 'password' }), hasCode('SECRET_005'));
      assert.equal(parts.vault.state, 'empty');
    });

    it('waits longer and longer after wrong ones, and tries one at a time', async () => {
      const clock = { time: 0, now: () => clock.time };
      const attempt = createAttemptLimit(clock);
      const wrong = () => attempt(async () => Promise.reject(problem('SECRET_004', { detail: 'Wrong.' })));
      for (let i = 0; i < 3; i++) await assert.rejects(wrong(), hasCode('SECRET_004'));
      await assert.rejects(wrong(), hasCode('SECRET_010'));
      clock.time += 1_000;
      await assert.rejects(wrong(), hasCode('SECRET_004'));
      clock.time += 1_000;
      await assert.rejects(wrong(), hasCode('SECRET_010'));
      clock.time += 1_000;
      const slow = Promise.withResolvers<string>();
      const first = attempt(() => slow.promise);
      await assert.rejects(
        attempt(async () => 'second'),
        hasCode('SECRET_010'),
      );
      slow.resolve('first');
      assert.equal(await first, 'first');
      await assert.rejects(wrong(), hasCode('SECRET_004'), 'a right one clears the record');
    });
  });

  describe('with the key that an editor keeps', () => {
    const masterKey = randomBytes(32).toString('base64');

    it('is made with it and opened by it', async () => {
      const parts = start();
      await parts.vault.unlock({ masterKey });
      assert.equal(parts.vault.source, 'editor');
      const id = add(parts, 'one');
      const locked = reopen();
      assert.equal(locked.vault.state, 'locked');
      await locked.vault.unlock({ masterKey });
      assert.equal(locked.read(id), 'value of one');
    });

    it('leaves a vault that is open already as it is', async () => {
      const parts = start();
      const id = add(parts, 'one');
      await parts.vault.unlock({ masterKey });
      assert.equal(parts.vault.source, 'generated');
      assert.equal(reopen().read(id), 'value of one');
    });

    it('can take over from the generated file, for every value at once', async () => {
      const parts = start();
      const ids = ['one', 'two', 'three'].map(key => add(parts, key));
      await parts.vault.changeMaster({ masterKey }, unsealOld => {
        for (const id of ids) {
          const stored = parts.repository.value(id);
          assert.ok(stored);
          const value = unsealOld(stored.context, stored.record);
          parts.repository.reseal(stored.context, stored.record, parts.vault.seal(stored.context, value));
        }
      });
      const after = reopen();
      assert.equal(after.vault.state, 'locked');
      await after.vault.unlock({ masterKey });
      assert.deepEqual(
        ids.map(id => after.read(id)),
        ['value of one', 'value of two', 'value of three'],
      );
    });

    it('changes nothing if one value cannot be encrypted anew', async () => {
      const parts = start();
      const id = add(parts, 'one');
      const before = dump(parts.database);
      await assert.rejects(
        parts.vault.changeMaster({ masterKey }, () => {}),
        hasCode('SECRET_006'),
      );
      assert.equal(dump(parts.database), before);
      assert.equal(parts.read(id), 'value of one');
      assert.equal(reopen().read(id), 'value of one');
    });
  });
});
