import assert from 'node:assert/strict';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { type SecretsDaemon, startSecretsDaemon, canaryValue as value } from '../../support/secrets-daemon.ts';

describe('secrets', () => {
  let daemon: SecretsDaemon['daemon'];
  let addServer: SecretsDaemon['addServer'];
  let refer: SecretsDaemon['refer'];
  let add: SecretsDaemon['add'];
  beforeEach(async () => {
    ({ daemon, addServer, refer, add } = await startSecretsDaemon());
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  it('are stored, described, replaced and deleted, and their values are in no answer', async () => {
    await addServer('mine');
    const made = await add('mine.token', 'mine');
    assert.deepEqual([made.hasValue, made.version, made.keyVersion, made.serverId], [true, 1, 1, 'mine']);
    const replaced = await daemon.api.replaceSecretValue({ params: { id: made.id }, body: { value: `${value}-2` } });
    assert.equal(replaced.version, 2);
    const answers = [
      made,
      replaced,
      await daemon.api.getSecret({ params: { id: made.id } }),
      await daemon.api.listSecrets(),
      await daemon.api.getVault(),
      await daemon.api.listSecretUses({ params: { id: made.id } }),
      await daemon.api.listAudit({ query: { limit: 100 } }),
    ];
    assert.doesNotMatch(JSON.stringify(answers), /canary/);
    await daemon.api.deleteSecret({ params: { id: made.id } });
    await assert.rejects(daemon.api.getSecret({ params: { id: made.id } }), hasCode('SECRET_001'));
  });

  it('have exact names of the form server.key, once each, and of a server that exists', async () => {
    await addServer('mine');
    await add('mine.token', 'mine');
    await assert.rejects(add('mine.token', 'mine'), hasCode('SECRET_002'));
    await assert.rejects(add('other.token', 'mine'), hasCode('REQUEST_001'));
    await assert.rejects(add('other.token', 'other'), hasCode('SERVER_001'));
    for (const name of ['token', 'mine.*', 'mine.', '.token', 'Mine.token', 'mine.to ken', '-mine.token'])
      await assert.rejects(add(name, null), hasCode('REQUEST_001'), name);
    assert.equal((await daemon.api.listSecrets()).total, 1);
  });

  it('are refused when they are too large, and the refusal does not repeat them', async () => {
    const response = await daemon.request('/api/v1/secrets', {
      method: 'POST',
      headers: { ...daemon.asOwner, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'a.b', serverId: null, value: value.repeat(10_000) }),
    });
    assert.equal(response.status, 422);
    assert.doesNotMatch(await response.text(), /canary/);
  });

  it('are listed in pages, sorted and found by name and by the server that may use them', async () => {
    await addServer('mine');
    await addServer('other');
    await add('mine.b', 'mine');
    await add('mine.a', 'mine');
    await add('other.c', 'other');
    await add('shared.d', null);
    const names = async (query: object) => (await daemon.api.listSecrets({ query })).items.map(({ name }) => name);
    assert.deepEqual(await names({}), ['mine.a', 'mine.b', 'other.c', 'shared.d']);
    assert.deepEqual(await names({ limit: 1, page: 2, sort_order: 'desc' }), ['other.c']);
    assert.deepEqual(await names({ server_id: 'mine' }), ['mine.a', 'mine.b', 'shared.d']);
    assert.deepEqual(await names({ q: '.c' }), ['other.c']);
    assert.deepEqual(await names({ q: '%' }), []);
  });

  it('say who uses them before they are deleted, and then only go by force', async () => {
    await addServer('mine');
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    assert.deepEqual((await daemon.api.getSecret({ params: { id } })).usedBy, [
      { serverId: 'mine', place: 'TOKEN', required: true },
    ]);
    await assert.rejects(daemon.api.deleteSecret({ params: { id } }), (error: unknown) => {
      assert.ok(isProblemError(error));
      assert.equal(error.code, 'SECRET_007');
      assert.match(error.problem.detail, /mine \(TOKEN\)/);
      return true;
    });
    await daemon.api.deleteSecret({ params: { id }, query: { force: true } });
    assert.deepEqual((await daemon.api.getServer({ params: { id: 'mine' } })).configuration.secretReferences, []);
  });

  it('go with their server', async () => {
    await addServer('mine');
    await add('mine.token', 'mine');
    await add('shared.token', null);
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    assert.deepEqual(
      (await daemon.api.listSecrets()).items.map(({ name }) => name),
      ['shared.token'],
    );
  });

  it('change before the eyes of those who watch', async () => {
    const events: DaemonEvent[] = [];
    const controller = new AbortController();
    const following = daemon.api.followEvents({ signal: controller.signal, onEvent: event => events.push(event) });
    await until(() => events.length > 0);
    const { id } = await add('shared.token', null);
    await daemon.api.rotateVaultKey();
    const ended = (event: DaemonEvent) =>
      event.type === 'vault.changed' && event.vault.rotation === null && event.vault.keys[0]?.state === 'retired';
    await until(() => events.some(ended), 'the end of the rotation');
    await daemon.api.deleteSecret({ params: { id } });
    await until(() => events.some(({ type }) => type === 'secret.removed'));
    controller.abort();
    await following;
    const types = events.map(({ type }) => type);
    assert.ok(types.includes('secret.changed') && types.includes('vault.changed'), types.join());
    assert.doesNotMatch(JSON.stringify(events), /canary/);
  });
});
