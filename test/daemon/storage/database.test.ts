import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { migrate } from '../../../daemon/storage/migrate.ts';
import { migrations } from '../../../daemon/storage/migrations/index.ts';
import { hasCode } from '../../support/problems.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const now = '2026-01-01T00:00:00.000Z';

function insertServer(database: Database.Database, id: string) {
  database
    .prepare(
      `insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
       values (?, 't', 'd', 'process', '{}', 0, ?, ?)`,
    )
    .run(id, now, now);
  database
    .prepare(
      `insert into configurations (id, server_id, arguments, environment, restart, disabled_tools, limits, network, updated_at)
       values (?, ?, '[]', '{}', 'never', '[]', '{}', '{}', ?)`,
    )
    .run(`${id}-configuration`, id, now);
}

describe('the database', () => {
  it('has the tables by their plain names', () => {
    const database = openDatabase(':memory:');
    const names = database.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all();
    for (const name of [
      'audit',
      'configurations',
      'operations',
      'secret_references',
      'secrets',
      'servers',
      'test_results',
      'tool_calls',
      'tools',
      'vault',
      'vault_keys',
      'secret_uses',
    ]) {
      assert.ok(names.includes(name), name);
    }
    database.close();
  });

  it('takes a variable of a configuration from one secret only, and forgets references with either side', () => {
    const database = openDatabase(':memory:');
    insertServer(database, 'a');
    const addSecret = database.prepare(
      'insert into secrets (id, name, server_id, version, created_at, updated_at) values (?, ?, null, 0, ?, ?)',
    );
    const addReference = database.prepare(
      `insert into secret_references (id, configuration_id, secret_id, environment_variable, required)
       values (?, 'a-configuration', ?, ?, 1)`,
    );
    addSecret.run('s1', 'a.key', now, now);
    addSecret.run('s2', 'a.other', now, now);
    addReference.run('r1', 's1', 'API_KEY');
    assert.throws(() => addReference.run('r2', 's2', 'API_KEY'), /UNIQUE/);
    addReference.run('r2', 's2', 'OTHER');
    const count = database.prepare('select count(*) from secret_references').pluck();
    database.prepare("delete from secrets where id = 's1'").run();
    assert.equal(count.get(), 1);
    database.prepare("delete from servers where id = 'a'").run();
    assert.equal(count.get(), 0);
    assert.equal(database.prepare('select count(*) from configurations').pluck().get(), 0);
    database.close();
  });

  it('refuses to change or remove what is in the audit log', () => {
    const database = openDatabase(':memory:');
    database.exec(`insert into audit (id, at, principal, action, outcome, previous_hash, hash)
      values (1, '${now}', 'owner', 'x', 'allowed', '0', 'h')`);
    assert.throws(() => database.exec("update audit set principal = 'somebody'"), /append-only/);
    assert.throws(() => database.exec('delete from audit'), /append-only/);
    const replace = 'insert or replace into audit select * from audit';
    assert.throws(() => database.exec(replace), /append-only/);
    database.close();
  });

  it('refuses a database that a newer program wrote, and leaves it as it is', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'quayside.db');
    const database = openDatabase(file);
    database.pragma('user_version = 99');
    database.pragma('journal_mode = DELETE');
    database.close();
    const before = readFileSync(file);
    assert.throws(() => openDatabase(file), hasCode('DAEMON_008'));
    const after = new Database(file, { readonly: true });
    assert.equal(after.pragma('user_version', { simple: true }), 99);
    after.close();
    assert.equal(readFileSync(file).length, before.length);
  });

  it('says so when the file is no database', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'quayside.db');
    writeFileSync(
      file,
      'this is a shopping list, and quite a long one so that it is more than a header of a database file '.repeat(20),
    );
    assert.throws(() => openDatabase(file), hasCode('DAEMON_011'));
  });

  it('puts a copy beside the database before it migrates, and does all of a migration or nothing', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'quayside.db');
    const database = openDatabase(file);
    insertServer(database, 'kept');
    const last = migrations.at(-1)?.number ?? 0;
    const next = { number: last + 1, name: 'next', sql: 'create table later (id text)' };
    const failing = { number: last + 2, name: 'failing', sql: 'create table half (id text); nonsense' };
    assert.throws(() => migrate(database, [...migrations, next, failing]), /syntax/);
    const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all();
    assert.ok(tables.includes('later') && !tables.includes('half'));
    assert.equal(database.pragma('user_version', { simple: true }), next.number);
    database.close();
    const [copy] = readdirSync(join(folder.path, 'backups'));
    const old = new Database(join(folder.path, 'backups', copy ?? ''), { readonly: true });
    assert.equal(old.prepare('select id from servers').pluck().get(), 'kept');
    assert.equal(old.pragma('user_version', { simple: true }), migrations.at(-1)?.number);
    old.close();
  });
});
