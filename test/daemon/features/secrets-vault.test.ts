import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { createAuditRepository } from '../../../daemon/features/audit/audit.repository.ts';
import { createAttemptLimit } from '../../../daemon/features/secrets/attempts.ts';
import { masterKeyPlaces } from '../../../daemon/features/secrets/master-key.ts';
import { createRotation } from '../../../daemon/features/secrets/rotation.ts';
import { createSecretRepository } from '../../../daemon/features/secrets/secrets.repository.ts';
import { createSecretService } from '../../../daemon/features/secrets/secrets.service.ts';
import { createUnsealer } from '../../../daemon/features/secrets/tamper-alarm.ts';
import { createVaultRepository } from '../../../daemon/features/secrets/vault.repository.ts';
import { createVault } from '../../../daemon/features/secrets/vault.ts';
import { systemClock } from '../../../daemon/platform/clock.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { problem } from '../../../shared/api/problem.ts';
import { hasCode } from '../../support/problems.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const passphrase = 'correct horse battery staple';

/** The vault’s parts on one database, as the daemon puts them together. */
function openParts(folder: string, environment: Record<string, string> = {}, mountedFile = join(folder, 'mounted')) {
  const database = openDatabase(join(folder, 'quayside.db'));
  const places = { ...masterKeyPlaces(environment, join(folder, 'master.key')), mountedFile };
  const vault = createVault({ repository: createVaultRepository(database), places, clock: systemClock });
  const repository = createSecretRepository(database);
  const audit = createAuditRepository(database, systemClock);
  const unseal = createUnsealer(vault.unseal, repository, audit);
  const secrets = createSecretService({ repository, vault, clock: systemClock, publish: () => {} });
  const rotation = createRotation({
    vault,
    repository,
    unseal,
    audit,
    onStep: () => {},
    onFailure: error => assert.fail(String(error)),
  });
  const read = (id: string): string | undefined => {
    const stored = repository.value(id);
    return stored && unseal(stored.context, stored.record).toString();
  };
  const audited = (action: string) =>
    audit
      .list({ page: 1, limit: 100, sort_by: 'id', sort_order: 'asc' })
      .items.filter(entry => entry.action === action);
  const close = () => {
    vault.close();
    database.close();
  };
  return { database, vault, repository, secrets, rotation, audit, audited, read, close };
}
type Parts = ReturnType<typeof openParts>;

/** Everything that is stored, to show that nothing was touched. */
const dump = (database: Database): string =>
  JSON.stringify(['vault', 'vault_keys', 'secrets'].map(table => database.prepare(`select * from ${table}`).all()));

const add = ({ secrets }: Parts, key: string, value = `value of ${key}`): string =>
  secrets.create({ name: `test.${key}`, serverId: null, value }).id;

describe('the vault', () => {
  let folder: TemporaryFolder;
  let open: Parts[] = [];
  const start = (...args: Parameters<typeof openParts> extends [string, ...infer Rest] ? Rest : never): Parts => {
    const parts = openParts(folder.path, ...args);
    open.push(parts);
    return parts;
  };
  const reopen = (...args: Parameters<typeof start>): Parts => {
    open.pop()?.close();
    return start(...args);
  };
  beforeEach(async () => {
    folder = await createTemporaryFolder('vault');
    open = [];
  });
  afterEach(async () => {
    for (const parts of open) parts.close();
    await folder.remove();
  });
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

  describe('under attack', () => {
    const columns: [column: string, change: string][] = [
      ['ciphertext', 'zeroblob(length(ciphertext))'],
      ['tag', 'zeroblob(16)'],
      ['nonce', 'zeroblob(12)'],
      ['algorithm', "'none'"],
      ['version', 'version + 1'],
      ['sealed_at', "'2020-01-01T00:00:00.000Z'"],
      ['server_id', "'other'"],
    ];
    for (const [column, change] of columns) {
      it(`refuses a record whose ${column} was changed in the database, and puts it on record`, () => {
        const parts = start();
        const id = add(parts, 'one', 'canary-value');
        parts.database.exec(`insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
          values ('other', 't', 'd', 'process', '{}', 0, 'x', 'x')`);
        parts.database.exec(`update secrets set ${column} = ${change}`);
        assert.throws(
          () => parts.read(id),
          (error: unknown) =>
            hasCode('SECRET_006')(error) && !`${(error as Error).stack}${JSON.stringify(error)}`.includes('canary'),
        );
        const [event] = parts.audited('detectTampering');
        assert.deepEqual([event?.outcome, event?.code, event?.resource], ['failed', 'SECRET_006', 'test.one']);
      });
    }

    it('refuses two records that changed places', () => {
      const parts = start();
      const [one, two] = [add(parts, 'one'), add(parts, 'two')];
      const fields = 'nonce, tag, ciphertext, sealed_at';
      const rows = parts.database.prepare(`select ${fields} from secrets where id in (?, ?) order by id`).all(one, two);
      const [low = '', high = ''] = [one, two].toSorted();
      const put = parts.database.prepare(
        'update secrets set nonce = @nonce, tag = @tag, ciphertext = @ciphertext, sealed_at = @sealed_at where id = @id',
      );
      parts.database.exec('drop index secrets_by_nonce');
      put.run({ ...(rows[0] as object), id: high });
      put.run({ ...(rows[1] as object), id: low });
      for (const id of [one, two]) assert.throws(() => parts.read(id), hasCode('SECRET_006'));
      assert.equal(parts.audited('detectTampering').length, 2);
    });

    it('cannot store the same nonce twice under one key', () => {
      const parts = start();
      add(parts, 'one');
      add(parts, 'two');
      assert.throws(
        () => parts.database.exec('update secrets set nonce = (select nonce from secrets limit 1)'),
        /UNIQUE/,
      );
    });
  });

  describe('when its key is rotated', () => {
    it('encrypts every value anew, retires the old key, and has it all on record', async () => {
      const parts = start();
      const ids = Array.from({ length: 25 }, (_, at) => add(parts, `key${at}`));
      const old = parts.repository.value(ids[0] ?? '');
      parts.rotation.begin();
      assert.equal(add(parts, 'late').length > 0, true);
      assert.ok((parts.rotation.progress()?.total ?? 0) > 0);
      await parts.rotation.settled();
      assert.equal(parts.rotation.progress(), null);
      for (const [at, id] of ids.entries()) assert.equal(parts.read(id), `value of key${at}`);
      assert.ok(parts.repository.list(everything).items.every(({ keyVersion }) => keyVersion === 2));
      assert.deepEqual(liveKeys(parts.database), [2]);
      assert.equal(parts.audited('resealSecret').length, 25);
      assert.equal(parts.audited('retireVaultKey')[0]?.resource, 'key 1');
      assert.equal(parts.audit.verify().ok, true);
      assert.ok(old);
      assert.throws(() => parts.vault.unseal(old.context, old.record), hasCode('SECRET_006'), 'the old key is refused');
      assert.throws(() => reopen().vault.unseal(old.context, old.record), hasCode('SECRET_006'), 'after a restart too');
    });

    it('keeps the old key while something cannot be read with it, and goes on with the rest', async () => {
      const parts = start();
      const [good, broken] = [add(parts, 'good'), add(parts, 'broken')];
      parts.database.prepare('update secrets set tag = zeroblob(16) where id = ?').run(broken);
      parts.rotation.begin();
      await parts.rotation.settled();
      assert.equal(parts.read(good), 'value of good');
      assert.deepEqual(liveKeys(parts.database), [1, 2]);
      assert.deepEqual(parts.rotation.progress(), { done: 1, total: 2 });
      parts.secrets.replaceValue(broken, 'new');
      parts.rotation.resume();
      await parts.rotation.settled();
      assert.deepEqual(liveKeys(parts.database), [2]);
    });

    it('killed at every step loses nothing, and goes on after the restart', async function () {
      this.timeout(180_000);
      const parts = start();
      const ids = [add(parts, 'one'), add(parts, 'two')];
      parts.database.pragma('wal_checkpoint(truncate)');
      open.pop()?.close();
      const template = join(folder.path, 'quayside.db');
      const total = await rotate(template, join(folder.path, 'master.key'), 0, join(folder.path, 'whole.db'));
      assert.ok(typeof total === 'number' && total > 30, String(total));
      const killed: string[] = [];
      const check = async (at: number) => {
        const file = join(folder.path, `killed-${at}`, 'quayside.db');
        const end = await rotate(template, join(folder.path, 'master.key'), at, file);
        assert.equal(end, 'SIGKILL', `call ${at}`);
        copyFileSync(join(folder.path, 'master.key'), join(folder.path, `killed-${at}`, 'master.key'));
        const after = openParts(join(folder.path, `killed-${at}`));
        try {
          killed.push(liveKeys(after.database).join());
          assert.deepEqual(
            ids.map(id => after.read(id)),
            ['value of one', 'value of two'],
            `call ${at}, before it goes on`,
          );
          after.rotation.resume();
          await after.rotation.settled();
          assert.deepEqual(
            ids.map(id => after.read(id)),
            ['value of one', 'value of two'],
            `call ${at}, after it`,
          );
          assert.equal(liveKeys(after.database).length, 1, `call ${at}: one key is left`);
          assert.equal(after.rotation.progress(), null);
          assert.equal(after.audit.verify().ok, true);
        } finally {
          after.close();
        }
      };
      const calls = Array.from({ length: total }, (_, at) => at + 1);
      for (let at = 0; at < calls.length; at += 3) await Promise.all(calls.slice(at, at + 3).map(check));
      assert.deepEqual([...new Set(killed)].toSorted(), ['1', '1,2', '2'], 'before, amid and after');
    });
  });
});

const everything = { page: 1, limit: 100, sort_by: 'name', sort_order: 'asc' } as const;

const liveKeys = (database: Database): unknown[] =>
  database.prepare('select version from vault_keys where salt is not null order by version').pluck().all();

/** Rotates a copy in a process of its own. Resolves with the number of calls that it made, or with the signal it died of. */
async function rotate(template: string, keyFile: string, killAt: number, file: string): Promise<number | string> {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(template, file);
  const script = fileURLToPath(new URL('../../support/rotating-vault.ts', import.meta.url));
  const child = spawn(process.execPath, [script, file, keyFile, String(killAt)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? (code === 0 ? Number(output) : `exit ${code}`)));
  });
}
