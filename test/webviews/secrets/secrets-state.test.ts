import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createLive, type Live } from '../../../webviews/kit/live.ts';
import { createSecretsState, type SecretsState } from '../../../webviews/secrets/secrets.state.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('the page of the secrets', () => {
  let daemon: InProcessDaemon;
  let live: Live;
  let state: SecretsState;
  const names = () => state.secrets.value.value?.map(({ name }) => name);
  const stored = () => {
    const [secret] = state.secrets.value.value ?? [];
    assert.ok(secret);
    return secret;
  };

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    live = createLive(daemon.api);
    live.start();
    state = createSecretsState({ api: daemon.api, live });
    await until(() => live.connection.value === 'live' && state.secrets.value.value && state.vault.value.value);
  });
  afterEach(async () => {
    state.close();
    live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('stores, replaces and deletes, and holds no value afterwards', async () => {
    await state.add({ name: 'mine.key', serverId: null, value: 'hunter2-one' });
    assert.deepEqual(names(), ['mine.key']);
    assert.equal(await state.replace(stored(), 'hunter2-two'), true);
    assert.equal(stored().version, 2);
    assert.doesNotMatch(inspect(state, { depth: 12, showHidden: true }), /hunter2/);
    assert.equal(await state.remove(stored()), true);
    assert.deepEqual(names(), []);
  });

  it('says why a name is refused, and keeps what is there', async () => {
    await state.add({ name: 'mine.key', serverId: null, value: 'one' });
    assert.equal(await state.add({ name: 'mine.key', serverId: null, value: 'two' }), undefined);
    assert.equal(state.adding.problem.value?.code, 'SECRET_002');
    assert.deepEqual(names(), ['mine.key']);
  });

  it('follows what others do to the secrets and to the references', async () => {
    const { id } = await daemon.api.createSecret({ body: { name: 'theirs.key', serverId: null, value: 'v' } });
    await until(() => names()?.includes('theirs.key'));
    const secretReferences = [{ secretId: id, environmentVariable: 'KEY', required: true }];
    await daemon.api.createServer({
      body: { type: 'command', id: 'mine', command: 'node', configuration: { secretReferences } },
    });
    await until(() => state.places.value.get(id)?.[0]?.serverId === 'mine');
    await daemon.api.updateServer({ params: { id: 'mine' }, body: { configuration: { secretReferences: [] } } });
    await until(() => !state.places.value.has(id));
  });

  it('rotates, and then every value is under the new key', async () => {
    await state.add({ name: 'mine.key', serverId: null, value: 'v' });
    assert.equal(stored().keyVersion, 1);
    state.rotate();
    await until(() => state.vault.value.value?.rotation === null && stored().keyVersion === 2);
  });

  it('has a new key made by schedule, or only when asked for', async () => {
    await state.add({ name: 'mine.key', serverId: null, value: 'v' });
    state.schedule(90);
    await until(() => state.vault.value.value?.schedule?.everyDays === 90);
    assert.ok(state.vault.value.value?.schedule?.nextAt);
    state.schedule(null);
    await until(() => state.vault.value.value?.schedule === null);
  });

  it('gives a vault with a generated key a passphrase', async () => {
    await state.add({ name: 'mine.key', serverId: null, value: 'v' });
    assert.equal(await state.givePassphrase('short'), false);
    assert.equal(state.unlocking.problem.value?.code, 'SECRET_005');
    assert.equal(await state.givePassphrase('correct horse battery staple'), true);
    assert.equal(state.vault.value.value?.source, 'passphrase');
  });
});
