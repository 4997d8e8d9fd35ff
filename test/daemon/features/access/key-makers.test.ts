import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase } from '../../../../daemon/storage/database.ts';
import { migrate } from '../../../../daemon/storage/migrate.ts';
import { migrations } from '../../../../daemon/storage/migrations/index.ts';
import type { ApiClient } from '../../../../shared/api/client.ts';
import { addUser, apiWith, bearer, refusedWith, signIn, statusOf } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('A key and whoever has made it', () => {
  let daemon: InProcessDaemon;
  let ada: string;
  let asAda: ApiClient;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    ada = await addUser(daemon, 'ada', 'admin');
    asAda = apiWith(daemon, await signIn(daemon, 'ada'));
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  type NewKey = Parameters<ApiClient['createKey']>[0]['body'];
  const make = (api: ApiClient, key: Partial<NewKey> = {}) =>
    api.createKey({ body: { name: 'some', kind: 'key', roles: ['admin'], ...key } });
  const status = (secret: string, path = '/servers') => statusOf(daemon, path, bearer(secret));
  const change = (body: NonNullable<Parameters<ApiClient['updateUser']>[0]['body']>) =>
    daemon.api.updateUser({ params: { id: ada }, body });

  it('are let in together: not while the user is disabled, and again when it is enabled', async () => {
    const { key, secret } = await make(asAda);
    const owners = await make(daemon.api, { name: 'the owner’s' });
    assert.equal(await status(secret), 200);
    const stream = await daemon.request('/api/v1/events', { headers: bearer(secret) });
    await change({ disabled: true });
    await stream.text();
    assert.deepEqual([await status(secret), await status(owners.secret)], [401, 200]);
    const listed = (await daemon.api.listKeys()).items.find(({ id }) => id === key.id);
    assert.equal(listed?.suspended, true);
    assert.ok(!('effectiveRoles' in (listed ?? {})));
    const who = { kind: 'key', id: key.id } as const;
    const { allowed } = await daemon.api.explainAccess({ body: { who, permission: 'servers:read' } });
    assert.equal(allowed, false);
    await change({ disabled: false });
    assert.equal(await status(secret), 200);
  });

  it('go together: the key is removed with its user, which says so before, and the log says it after', async () => {
    const { secret } = await make(asAda, { name: 'build' });
    const { user } = { user: await daemon.api.getUser({ params: { id: ada } }) };
    assert.deepEqual(user.keys, ['build']);
    await daemon.api.deleteUser({ params: { id: ada } });
    assert.equal(await status(secret), 401);
    assert.equal((await daemon.api.listKeys()).total, 0);
    const [row] = (await daemon.api.listAudit({ query: { action: 'deleteUser', limit: 1 } })).items;
    assert.ok(
      row?.changes.some(({ field, before, after }) => field === 'keys' && before === 'build' && after === null),
    );
  });

  it('are worth the same: a role that the user has lost is lost to the key', async () => {
    const { secret } = await make(asAda, { roles: ['admin', 'viewer'] });
    const agent = await make(asAda, { name: 'agent', kind: 'agent', roles: [] });
    assert.equal(await status(secret, '/audit'), 200);
    const stream = await daemon.request('/api/v1/events', { headers: bearer(secret) });
    await change({ roles: ['viewer'] });
    await stream.text();
    assert.deepEqual([await status(secret, '/audit'), await status(secret)], [403, 200]);
    assert.equal(await status(agent.secret, '/tools'), 401, 'a viewer calls no tools, so its agent does not');
    await change({ roles: ['operator'] });
    assert.equal(await status(agent.secret, '/tools'), 200);
  });

  it('hand nothing on: what a key has made ends with the key, with its user, and no later than the key', async () => {
    const first = await make(asAda, { name: 'first', expiresInDays: 1 });
    const second = await make(apiWith(daemon, bearer(first.secret)), { name: 'second', expiresInDays: null });
    const third = await make(apiWith(daemon, bearer(second.secret)), { name: 'third', expiresInDays: 300 });
    assert.equal(second.key.expiresAt, first.key.expiresAt);
    assert.equal(third.key.expiresAt, first.key.expiresAt);
    await change({ disabled: true });
    assert.deepEqual(await Promise.all([first, second, third].map(each => status(each.secret))), [401, 401, 401]);
    await change({ disabled: false });
    const stream = await daemon.request('/api/v1/events', { headers: bearer(third.secret) });
    await daemon.api.deleteKey({ params: { id: first.key.id } });
    await stream.text();
    assert.deepEqual(await Promise.all([first, second, third].map(each => status(each.secret))), [401, 401, 401]);
    const [row] = (await daemon.api.listAudit({ query: { action: 'deleteKey', limit: 1 } })).items;
    assert.deepEqual(
      row?.changes.filter(({ field }) => field.endsWith('.kind')).map(({ field }) => field),
      ['key first.kind', 'key second.kind', 'key third.kind'],
    );
    await assert.rejects(daemon.api.deleteKey({ params: { id: second.key.id } }), refusedWith('KEY_001'));
  });
});

describe('Keys of a database of an earlier version', () => {
  it('are given to the user who made them, if it is the same one', async () => {
    await using folder = await createTemporaryFolder('keys');
    const file = join(folder.path, 'quayside.db');
    const old = new Database(file);
    migrate(
      old,
      migrations.filter(({ number }) => number <= 10),
    );
    const addUserRow = old.prepare(
      "insert into users (id, name, display_name, roles, created_at, updated_at) values (?, ?, 'x', '[]', ?, '2026')",
    );
    addUserRow.run('1', 'ada', '2026-01-01');
    addUserRow.run('2', 'bob', '2026-03-01');
    const addKey =
      old.prepare(`insert into access_keys (id, name, kind, roles, secret_hash, hint, created_by, created_at)
      values (?, 'x', 'key', '[]', ?, 'qk_', ?, '2026-02-01')`);
    addKey.run('a', 'a', 'user ada (session)');
    addKey.run('b', 'b', 'user bob (session)');
    addKey.run('o', 'o', 'owner (token)');
    old.close();
    const database = openDatabase(file);
    assert.deepEqual(database.prepare('select id, maker_user from access_keys order by id').raw().all(), [
      ['a', '1'],
      // Another one of the same name: the first has been removed.
      ['b', null],
      ['o', null],
    ]);
    database.close();
  });
});
