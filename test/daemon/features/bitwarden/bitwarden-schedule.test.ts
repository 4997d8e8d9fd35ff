// What Bitwarden does by itself: it is locked when nobody uses it, and synchronised by schedule.
import assert from 'node:assert/strict';
import { createAuditRepository } from '../../../../daemon/features/audit/audit.repository.ts';
import { createBitwardenFeature } from '../../../../daemon/features/bitwarden/create-bitwarden.ts';
import { createSecrets } from '../../../../daemon/features/secrets/create-secrets.ts';
import { masterKeyPlaces } from '../../../../daemon/features/secrets/master-key.ts';
import { openDatabase } from '../../../../daemon/storage/database.ts';
import { createFakeBitwarden, type FakeBitwarden, fakeAccount, fakeItem } from '../../../support/fake-bitwarden.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const minutes = 60_000;

describe('Bitwarden by itself', () => {
  const account = () => fakeAccount({ items: [fakeItem('a', { notes: 'first' }), fakeItem('b', { notes: 'other' })] });
  let folder: TemporaryFolder;
  let bitwarden: FakeBitwarden;
  let made: ReturnType<typeof make>;
  let now: number;

  const make = () => {
    const database = openDatabase(`${folder.path}/quayside.db`);
    const clock = { now: () => now };
    const audit = createAuditRepository(database, clock);
    const published: string[] = [];
    const common = {
      database,
      clock,
      audit,
      publish: (event: { type: string }) => void published.push(event.type),
      onFailure: (error: unknown) => assert.fail(String(error)),
    };
    const places = { memory: [], lasting: folder.path, owner: 'test' };
    const secrets = createSecrets({
      ...common,
      places: masterKeyPlaces({}, `${folder.path}/master.key`),
      filePlaces: places,
      onOpened: () => {},
    });
    const feature = createBitwardenFeature({
      ...common,
      bitwarden,
      places,
      sealed: secrets.sealed,
      secrets: secrets.synchronised,
      unlinkedPauseMs: 0,
    });
    const call = (name: keyof typeof feature.handlers, request: object) =>
      (feature.handlers[name] as (request: object, context: object) => Promise<Record<string, unknown>>)(request, {
        principal: null,
        requestId: 'r',
      });
    return { feature, call, published, database, audit, secrets };
  };

  beforeEach(async () => {
    now = Date.parse('2026-01-01T10:00:00Z');
    folder = await createTemporaryFolder('bitwarden');
    bitwarden = createFakeBitwarden(account());
    made = make();
    await made.call('loginBitwarden', { body: { email: 'ada@example.test', password: 'a master password' } });
  });
  afterEach(async () => {
    await made.feature.close();
    await made.secrets.close();
    made.database.close();
    await folder.remove();
  });

  const status = async () =>
    (await made.call('getBitwarden', {})) as { state: string; stale: boolean; nextSyncAt: string };
  const whenPassed = async (passed: number) => {
    now += passed * minutes;
    await made.feature.tick();
    return await status();
  };
  const map = (itemId: string) =>
    made.call('createBitwardenMapping', { body: { itemId, part: 'notes', secretName: `x.${itemId}`, serverId: null } });
  const actions = () =>
    made.database.prepare("select action || ' ' || outcome from audit where principal = 'daemon'").pluck().all();

  it('is locked half an hour after somebody used it last, unless that is changed', async () => {
    assert.equal((await whenPassed(29)).state, 'unlocked');
    await made.call('listBitwardenItems', { query: { page: 1, limit: 20, sort_by: 'name', sort_order: 'asc' } });
    assert.equal((await whenPassed(29)).state, 'unlocked');
    assert.equal((await whenPassed(1)).state, 'locked');
    assert.deepEqual(actions(), ['lockBitwarden allowed']);
    await made.call('unlockBitwarden', { body: { password: 'a master password' } });
    await made.call('updateBitwarden', { body: { autoLockMinutes: null } });
    assert.equal((await whenPassed(1_000)).state, 'unlocked');
  });

  it('takes over by schedule what is new and changed, and never takes away', async () => {
    await map('a');
    await map('b');
    await made.call('updateBitwarden', { body: { autoLockMinutes: null, syncEveryMinutes: 60 } });
    assert.equal((await status()).nextSyncAt, '2026-01-01T11:00:00.000Z');
    await whenPassed(59);
    assert.equal(made.secrets.synchronised.find('x.a'), undefined);
    await whenPassed(1);
    const id = made.secrets.synchronised.find('x.a')?.id ?? '';
    assert.ok(made.secrets.synchronised.matches(id, 'first'));
    const [first] = bitwarden.accounts;
    if (first) first.items = [fakeItem('a', { notes: 'second' })];
    await whenPassed(60);
    assert.ok(made.secrets.synchronised.matches(id, 'second'));
    assert.ok(made.secrets.synchronised.find('x.b'), 'a schedule has deleted a secret');
    const shown = (await made.call('syncBitwarden', { body: { apply: false } })) as unknown as {
      items: { change: string }[];
    };
    assert.deepEqual(
      shown.items.map(({ change }) => change),
      ['unchanged', 'removed'],
    );
  });

  it('tries again after the same time when Bitwarden was away, and is stale meanwhile', async () => {
    await map('a');
    await made.call('syncBitwarden', { body: { apply: true } });
    await made.call('updateBitwarden', { body: { autoLockMinutes: null, syncEveryMinutes: 60 } });
    bitwarden.isReachable = false;
    const away = await whenPassed(60);
    assert.deepEqual([away.state, away.stale, away.nextSyncAt], ['offline', true, '2026-01-01T12:00:00.000Z']);
    const tries = bitwarden.calls.filter(name => name === 'sync').length;
    await whenPassed(1);
    assert.equal(bitwarden.calls.filter(name => name === 'sync').length, tries);
    bitwarden.isReachable = true;
    const back = await whenPassed(60);
    assert.deepEqual([back.state, back.stale], ['unlocked', false]);
    assert.deepEqual(actions().slice(-1), ['syncBitwarden allowed']);
  });

  it('does nothing by schedule while it is locked, and says so after a while', async () => {
    await map('a');
    await made.call('syncBitwarden', { body: { apply: true } });
    await made.call('updateBitwarden', { body: { syncEveryMinutes: 60 } });
    await made.call('lockBitwarden', {});
    const calls = bitwarden.calls.filter(name => name === 'sync').length;
    const later = await whenPassed(121);
    assert.deepEqual([later.state, later.stale], ['locked', true]);
    assert.equal(bitwarden.calls.filter(name => name === 'sync').length, calls);
  });

  it('tells those who watch, without a word of what has changed', () => {
    assert.ok(made.published.includes('bitwarden.changed'));
  });
});
