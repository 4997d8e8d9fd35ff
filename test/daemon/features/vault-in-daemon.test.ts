import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { type SecretsDaemon, startSecretsDaemon, canaryValue as value } from '../../support/secrets-daemon.ts';

const passphrase = 'correct horse battery staple';

describe('the vault of a daemon', () => {
  let daemon: SecretsDaemon['daemon'];
  let addServer: SecretsDaemon['addServer'];
  let refer: SecretsDaemon['refer'];
  let add: SecretsDaemon['add'];
  let environmentOf: SecretsDaemon['environmentOf'];
  let start: SecretsDaemon['start'];
  beforeEach(async () => {
    ({ daemon, addServer, refer, add, environmentOf, start } = await startSecretsDaemon());
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  it('warns in the status that its key lies beside it', async () => {
    assert.deepEqual((await daemon.api.getStatus()).warnings, []);
    await add('shared.token', null);
    const { warnings } = await daemon.api.getStatus();
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['SECRET_011'],
    );
    assert.match(warnings[0]?.detail ?? '', /master\.key/);
    assert.deepEqual((await daemon.api.getVault()).warnings, warnings);
  });

  it('rotates its key on demand, and tells how far it is', async () => {
    for (let at = 0; at < 30; at++) await add(`shared.key${at}`, null);
    const begun = await daemon.api.rotateVaultKey();
    assert.deepEqual(begun.rotation, { done: 0, total: 30 });
    const ended = await until(async () => {
      const vault = await daemon.api.getVault();
      return vault.rotation === null && vault.keys[0]?.state === 'retired' && vault;
    });
    assert.deepEqual(
      ended.keys.map(({ version, state, secrets }) => [version, state, secrets]),
      [
        [1, 'retired', 0],
        [2, 'newest', 30],
      ],
    );
  });

  it('rotates its key by schedule, and has it on record', async () => {
    const clock = { time: Date.parse('2026-01-01T00:00:00.000Z'), now: () => clock.time };
    await using timed = await startInProcessDaemon({ clock });
    const versions = async () => (await timed.api.getVault()).keys.map(({ version }) => version);
    await timed.api.scheduleRotation({ body: { everyDays: 30 } });
    assert.deepEqual((await timed.api.getVault()).schedule, { everyDays: 30, nextAt: null });
    await timed.api.createSecret({ body: { name: 'shared.a', serverId: null, value } });
    assert.equal((await timed.api.getVault()).schedule?.nextAt, '2026-01-31T00:00:00.000Z');
    clock.time += 29 * 86_400_000;
    await timed.restart();
    assert.deepEqual(await versions(), [1]);
    clock.time += 86_400_000;
    await timed.restart();
    assert.deepEqual(await versions(), [1, 2]);
    const { items } = await timed.api.listAudit({ query: { limit: 100 } });
    assert.ok(items.some(({ action, resource }) => action === 'rotateVaultKey' && resource === 'by schedule'));
    clock.time += 90 * 86_400_000;
    assert.equal((await timed.api.scheduleRotation({ body: { everyDays: null } })).schedule, null);
    await timed.restart();
    assert.deepEqual(await versions(), [1, 2]);
  });

  it('locked by a passphrase holds back the servers that need it, until it is opened', async function () {
    this.timeout(120_000);
    assert.equal((await daemon.api.unlockVault({ body: { passphrase } })).source, 'passphrase');
    await addServer('needs');
    await addServer('free');
    const { id } = await add('needs.token', 'needs');
    await refer('needs', { secretId: id, environmentVariable: 'TOKEN', required: true });
    for (const server of ['needs', 'free']) await start(server);
    await daemon.restart();
    const state = async (server: string) => await daemon.api.getServer({ params: { id: server } });
    assert.equal((await state('free')).state, 'running');
    assert.deepEqual([(await state('needs')).state, (await state('needs')).problem?.code], ['failed', 'SECRET_003']);
    assert.equal((await daemon.api.getStatus()).warnings[0]?.code, 'SECRET_003');
    await assert.rejects(
      daemon.api.createSecret({ body: { name: 'a.b', serverId: null, value } }),
      hasCode('SECRET_003'),
    );
    assert.equal((await daemon.api.listSecrets()).total, 1);
    await daemon.api.unlockVault({ body: { passphrase } });
    await until(async () => (await state('needs')).state === 'running');
    assert.equal((await environmentOf('needs'))['TOKEN'], value);
    assert.equal(existsSync(join(daemon.home, 'master.key')), false);
  });

  it('changes its master key for good, and removes the file that held the old one', async function () {
    this.timeout(120_000);
    await addServer('mine');
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    assert.equal(existsSync(join(daemon.home, 'master.key')), true);
    const changed = await daemon.api.changeMasterKey({ body: { passphrase } });
    assert.deepEqual([changed.state, changed.source, changed.warnings], ['open', 'passphrase', []]);
    assert.equal(existsSync(join(daemon.home, 'master.key')), false);
    await start('mine');
    assert.equal((await environmentOf('mine'))['TOKEN'], value);
    await daemon.restart();
    assert.equal((await daemon.api.getVault()).state, 'locked');
    await assert.rejects(
      daemon.api.unlockVault({ body: { passphrase: 'some other passphrase' } }),
      hasCode('SECRET_004'),
    );
  });

  it('leaves with an encrypted bundle, and comes back from it where there is a place for it', async function () {
    this.timeout(120_000);
    await addServer('mine');
    await add('mine.token', 'mine');
    await add('shared.token', null, 'shared-canary');
    await daemon.api.createSecret({ body: { name: 'shared.hole', serverId: null } });
    const bundle = await daemon.api.exportSecrets({ body: { passphrase } });
    assert.doesNotMatch(JSON.stringify(bundle), /canary|mine|shared/);
    await using other = await startInProcessDaemon();
    const plan = await other.api.importSecrets({ body: { bundle, passphrase } });
    assert.deepEqual(
      plan.items.map(({ name, act }) => [name, act]),
      [
        ['mine.token', 'skip'],
        ['shared.hole', 'create'],
        ['shared.token', 'create'],
      ],
    );
    assert.equal((await other.api.listSecrets()).total, 0, 'a preview changes nothing');
    const done = await other.api.importSecrets({ body: { bundle, passphrase, apply: true } });
    assert.equal(done.applied, true);
    assert.deepEqual(
      (await other.api.listSecrets()).items.map(({ name, hasValue }) => [name, hasValue]),
      [
        ['shared.hole', false],
        ['shared.token', true],
      ],
    );
    await assert.rejects(
      other.api.importSecrets({ body: { bundle, passphrase: 'some other passphrase' } }),
      hasCode('SECRET_012'),
    );
  });
});
