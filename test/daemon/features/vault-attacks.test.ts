import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { hasCode } from '../../support/problems.ts';
import { add, createVaultFolder, openParts, type VaultFolder } from '../../support/vault-parts.ts';

describe('the vault', () => {
  let folder: VaultFolder;
  let start: VaultFolder['start'];
  let reopen: VaultFolder['reopen'];
  beforeEach(async () => {
    folder = await createVaultFolder();
    ({ start, reopen } = folder);
  });
  afterEach(() => folder.remove());

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
      folder.close();
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
