import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createAuditRepository } from '../../../daemon/features/audit/audit.repository.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { migrate } from '../../../daemon/storage/migrate.ts';
import { migrations } from '../../../daemon/storage/migrations/index.ts';
import { describeChange } from '../../../shared/api/audit.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { addUser, post, signIn } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { addTestServer } from '../../support/test-server.ts';

const entry = {
  principal: 'owner',
  action: 'updateUser',
  resource: 'a',
  outcome: 'allowed',
  code: null,
  requestId: null,
} as const;
const changes = [{ field: 'roles', before: 'viewer', after: 'admin' }];
const newest = { page: 1, limit: 100, sort_by: 'id', sort_order: 'desc' } as const;

describe('The audit log and what was changed', () => {
  it('has it in its chain: a changed, a removed and an invented change are found', () => {
    for (const sql of [
      "update audit set changes = replace(changes, 'admin', 'viewer') where id = 2",
      'update audit set changes = null where id = 2',
      "update audit set changes = '[]' where id = 1",
    ]) {
      const database = openDatabase(':memory:');
      const audit = createAuditRepository(database, { now: Date.now });
      audit.record(entry);
      audit.record({ ...entry, changes });
      audit.record(entry);
      assert.equal(audit.verify().ok, true);
      assert.deepEqual(audit.list(newest).items[1]?.changes, changes);
      database.exec(`drop trigger audit_is_never_changed; ${sql}`);
      assert.equal(audit.verify().ok, false, sql);
    }
  });

  it('goes on with a log that was begun before there were changes', async () => {
    await using folder = await createTemporaryFolder('audit');
    const file = join(folder.path, 'quayside.db');
    const old = new Database(file);
    migrate(
      old,
      migrations.filter(({ number }) => number <= 10),
    );
    let previous = '0'.repeat(64);
    for (let id = 1; id <= 3; id++) {
      const row = [previous, id, '2026-01-01T00:00:00.000Z', 'owner', 'startServer', null, 'allowed', null, 'r'];
      const hash = createHash('sha256').update(JSON.stringify(row)).digest('hex');
      old.prepare('insert into audit values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(...row.slice(1), previous, hash);
      previous = hash;
    }
    old.close();

    const database = openDatabase(file);
    const audit = createAuditRepository(database, { now: Date.now });
    assert.deepEqual([audit.verify().ok, audit.verify().entries], [true, 3]);
    audit.record({ ...entry, changes });
    assert.deepEqual([audit.verify().ok, audit.verify().entries], [true, 4]);
    assert.deepEqual(
      audit.list(newest).items.map(each => each.changes.length),
      [1, 0, 0, 0],
    );
    database.close();
  });
});

describe('An audit log that is written in batches', () => {
  const rowsOf = (database: Database.Database) => database.prepare('select count(*) from audit').pluck().get();

  it('writes what may wait after a moment, or when it is much, and at once before anything that may not', async () => {
    const database = openDatabase(':memory:');
    const audit = createAuditRepository(database, { now: Date.now });
    const call = (resource: string) => audit.record({ ...entry, resource }, { durable: false });
    for (let index = 0; index < 100; index++) call(`call ${index}`);
    assert.equal(rowsOf(database), 0);
    for (let index = 100; index < 1_000; index++) call(`call ${index}`);
    assert.equal(rowsOf(database), 900, 'much does not wait');
    for (let index = 0; index < 100; index++)
      assert.equal(audit.after(index * 10, 1, {})[0]?.resource, `call ${index * 10}`);
    call('call 1000');
    audit.record(entry);
    assert.equal(rowsOf(database), 1_002, 'in order, with the one that waited');
    call('call 1001');
    for (let turn = 0; turn < 100 && rowsOf(database) === 1_002; turn++) await pause(20);
    assert.equal(rowsOf(database), 1_003);
    call('call 1002');
    assert.equal(audit.list(newest).total, 1_004, 'whoever looks sees all of it');
    call('call 1003');
    audit.close();
    assert.equal(rowsOf(database), 1_005);
    assert.equal(audit.verify().ok, true);
    database.close();
  });

  it('keeps what could not be written, and the chain is whole when it can be', () => {
    const database = openDatabase(':memory:');
    const failures: unknown[] = [];
    const audit = createAuditRepository(database, { now: Date.now }, { onFailure: error => failures.push(error) });
    audit.record(entry);
    database.exec("create trigger no_room before insert on audit begin select raise(abort, 'no room'); end");
    audit.record({ ...entry, resource: 'waits' }, { durable: false });
    assert.throws(() => audit.record({ ...entry, resource: 'is refused' }), /no room/);
    assert.equal(audit.verify().entries, 1);
    assert.equal(failures.length, 1);
    database.exec('drop trigger no_room');
    audit.record({ ...entry, resource: 'after' });
    assert.deepEqual(
      audit.list(newest).items.map(({ resource }) => resource),
      ['after', 'waits', 'a'],
    );
    assert.equal(audit.verify().ok, true);
    database.close();
  });
});

describe('What the API changes', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
  });
  after(() => daemon[Symbol.asyncDispose]());
  const lastOf = async (action: string): Promise<string[]> => {
    const { items } = await daemon.api.listAudit({ query: { action, limit: 1 } });
    return (items[0]?.changes ?? []).map(describeChange);
  };

  it('is on record for users: roles, what is switched off, and what goes with them', async () => {
    const id = await addUser(daemon, 'ada', 'viewer');
    await signIn(daemon, 'ada');
    await daemon.api.updateUser({ params: { id }, body: { roles: ['admin'], disabled: true } });
    assert.deepEqual(await lastOf('updateUser'), [
      'roles: viewer → admin',
      'disabled: false → true',
      'sessions: 1 → 0',
    ]);
    await daemon.api.inviteUser({ params: { id } });
    assert.deepEqual(await lastOf('inviteUser'), ['hasPassword: true → false']);
    await daemon.api.deleteUser({ params: { id } });
    assert.ok((await lastOf('deleteUser')).includes('name: ada → nothing'));
  });

  it('is on record for servers, and of what may be secret only the names', async () => {
    const configuration = { arguments: [testServerScript('echo')], environment: { KEY: 'canary-one' } };
    const body = { type: 'command', id: 'mine', command: process.execPath, configuration } as const;
    await daemon.api.createServer({ body });
    await daemon.api.startServer({ params: { id: 'mine' } });
    assert.deepEqual(await lastOf('startServer'), ['enabled: false → true']);
    await daemon.api.updateServer({
      params: { id: 'mine' },
      body: {
        title: 'Mine',
        configuration: {
          restart: 'never',
          limits: { startSeconds: 7 },
          environment: { KEY: 'canary-two', OTHER: 'canary-three' },
          network: { headers: { 'x-key': 'canary-four' } },
        },
      },
    });
    assert.deepEqual(await lastOf('updateServer'), [
      'title: mine → Mine',
      'restart: on-failure → never',
      'limits.startSeconds: 30 → 7',
      'environment.KEY: ••• → •••',
      'environment.OTHER: nothing → •••',
      'headers.x-key: nothing → •••',
    ]);
    const { text } = await daemon.api.exportAudit({ query: { format: 'cef' } });
    assert.match(text, /cs3Label=changes cs3=title: mine → Mine; restart/);
    assert.ok(!text.includes('canary'));
    assert.equal((await daemon.api.listAudit({ query: { q: 'startSeconds' } })).total, 1);
  });

  it('is on record also when the act has failed half way', async () => {
    await addTestServer(daemon.api, 'short', 'exits-at-once', { restart: 'never' });
    await assert.rejects(daemon.api.startServer({ params: { id: 'short' } }));
    const [row] = (await daemon.api.listAudit({ query: { action: 'startServer', limit: 1 } })).items;
    assert.equal(row?.outcome, 'failed');
    assert.deepEqual(row?.changes.map(describeChange), ['enabled: false → true']);
  });

  it('is on record for secrets, keys and providers, and no value is', async () => {
    const secret = await daemon.api.createSecret({ body: { name: 'any.key', serverId: null, value: 'canary-five' } });
    await daemon.api.replaceSecretValue({ params: { id: secret.id }, body: { value: 'canary-six' } });
    assert.deepEqual(await lastOf('replaceSecretValue'), ['version: 1 → 2']);
    await daemon.api.deleteSecret({ params: { id: secret.id } });
    assert.deepEqual(await lastOf('deleteSecret'), ['name: any.key → nothing', 'version: 2 → nothing']);
    await daemon.api.rotateVaultKey({});
    assert.deepEqual(await lastOf('rotateVaultKey'), ['newestKey: 1 → 2']);
    const provider = { title: 'X', issuer: 'https://issuer.test', clientId: 'c', secretId: null };
    const path = '/access/providers/x';
    for (const roles of [['viewer'], ['operator']])
      assert.equal((await post(daemon, path, { ...provider, roles, allowed: [] }, daemon.asOwner, 'PUT')).status, 200);
    assert.deepEqual(await lastOf('saveProvider'), ['roles: viewer → operator']);
    await daemon.api.deleteProvider({ params: { id: 'x' } });
    assert.ok((await lastOf('deleteProvider')).includes('issuer: https://issuer.test → nothing'));
    const { text } = await daemon.api.exportAudit({});
    assert.ok(!text.includes('canary'));
    assert.equal((await daemon.api.verifyAudit()).ok, true);
  });
});
