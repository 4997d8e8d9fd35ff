import assert from 'node:assert/strict';
import type { BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import { createBitwardenView } from '../../../webviews/bitwarden/bitwarden.state.ts';
import { describePart } from '../../../webviews/bitwarden/part-words.ts';
import { type Answers, createCannedApp, noPage, refuse } from '../canned-api.ts';

const status = (part: Partial<BitwardenStatus> = {}): BitwardenStatus => ({
  state: 'unlocked',
  version: '2026.9.0',
  serverUrl: null,
  email: 'ada@example.test',
  problem: null,
  lastSyncAt: null,
  stale: false,
  lastSync: null,
  mappings: 0,
  autoLockMinutes: 30,
  syncEveryMinutes: null,
  nextSyncAt: null,
  ...part,
});
const settled = () => new Promise<void>(resolve => setTimeout(resolve, 5));

describe('Bitwarden on the page', () => {
  const open = async (answers: Answers) => {
    const app = createCannedApp({ getBitwarden: () => status(), listBitwardenMappings: () => noPage, ...answers });
    app.live.start();
    const view = createBitwardenView(app);
    await settled();
    return { app, view };
  };
  const plan = (applied: boolean) => ({
    applied,
    items: [
      { mappingId: 'm', secretName: 'a.b', itemName: 'I', part: 'notes', change: 'added' as const, reason: null },
    ],
  });

  it('is read again when something has changed, and when events were missed', async () => {
    const { app, view } = await open({});
    assert.equal(app.askedFor('getBitwarden').length, 1);
    app.emit({ type: 'bitwarden.changed' });
    app.emit({ type: 'reset' });
    app.emit({ type: 'catalogs.changed' });
    await settled();
    assert.equal(app.askedFor('getBitwarden').length, 3);
    view.close();
    app.emit({ type: 'bitwarden.changed' });
    await settled();
    assert.equal(app.askedFor('getBitwarden').length, 3);
  });

  it('sends an account or an API key, and an empty code not at all', async () => {
    const { app, view } = await open({ loginBitwarden: () => status() });
    assert.ok(await view.login({ serverUrl: null, email: 'a@b.test', password: 'p', code: '' }));
    assert.ok(
      await view.login({ serverUrl: 'https://v.test', clientId: 'user.12345678', clientSecret: 's', password: 'p' }),
    );
    assert.deepEqual(
      app.askedFor('loginBitwarden').map(({ body }) => body),
      [
        { serverUrl: null, email: 'a@b.test', password: 'p' },
        { serverUrl: 'https://v.test', clientId: 'user.12345678', clientSecret: 's', password: 'p' },
      ],
    );
  });

  it('keeps what stood there when a login is refused, and says why', async () => {
    const refused = () => refuse('BITWARDEN_005', { detail: 'The address or the master password is wrong.' });
    const { view } = await open({ getBitwarden: () => status({ state: 'logged-out' }), loginBitwarden: refused });
    assert.equal(await view.login({ serverUrl: null, email: 'a@b.test', password: 'p' }), false);
    assert.equal(view.account.problem.value?.code, 'BITWARDEN_005');
    assert.equal(view.status.value.value?.state, 'logged-out');
  });

  it('shows a preview before anything is taken over, and none that is outdated', async () => {
    const { app, view } = await open({
      syncBitwarden: ({ body }) => plan(body.apply),
      createBitwardenMapping: ({ body }) => ({
        id: 'm',
        itemName: 'I',
        secretId: null,
        syncedAt: null,
        state: 'new',
        reason: null,
        ...body,
      }),
    });
    view.compare();
    await settled();
    assert.equal(view.plan.value?.applied, false);
    view.takeOver();
    await settled();
    assert.equal(view.plan.value?.applied, true);
    assert.deepEqual(
      app.askedFor('syncBitwarden').map(({ body }) => body.apply),
      [false, true],
    );
    await view.map({ itemId: 'i', part: 'notes', secretName: 'a.c', serverId: null });
    assert.equal(view.plan.value, undefined);
  });

  it('says why Bitwarden could not be compared', async () => {
    const { view } = await open({ syncBitwarden: () => refuse('BITWARDEN_004', { detail: 'The connection failed.' }) });
    view.compare();
    await settled();
    assert.equal(view.syncing.problem.value?.code, 'BITWARDEN_004');
    assert.equal(view.plan.value, undefined);
  });

  it('names parts as a person does', () => {
    assert.deepEqual(['login.password', 'login.username', 'notes', 'field:API key'].map(describePart), [
      'password',
      'user name',
      'notes',
      'field API key',
    ]);
  });
});
