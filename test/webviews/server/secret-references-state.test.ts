import assert from 'node:assert/strict';
import type { MCPServerDetail } from '../../../shared/api/servers.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { createLoad, type Load } from '../../../webviews/kit/load.ts';
import { createReferencesState, type ReferencesState } from '../../../webviews/server/secret-references.state.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('the secrets of a server’s page', () => {
  let daemon: InProcessDaemon;
  let state: ReferencesState;
  let server: Load<MCPServerDetail>;
  const configuration = async () => (await daemon.api.getServer({ params: { id: 'mine' } })).configuration;
  const names = async () => (await daemon.api.listSecrets()).items.map(({ name }) => name);

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    const api = daemon.api;
    await api.createServer({
      body: {
        type: 'command',
        id: 'mine',
        command: process.execPath,
        configuration: { arguments: [testServerScript('echo')], environment: { API_KEY: 'plain-value', MODE: 'fast' } },
      },
    });
    server = createLoad(() => api.getServer({ params: { id: 'mine' } }));
    await server.reload();
    state = createReferencesState({ api, live: createLive(api) }, server, 'mine');
  });
  afterEach(async () => {
    state.close();
    await daemon[Symbol.asyncDispose]();
  });

  it('moves a plain value to the vault: the value leaves the configuration, a required reference stays', async () => {
    assert.equal(await state.move('API_KEY', 'plain-value', 'variable'), true);
    const after = await configuration();
    assert.deepEqual(after.environment, { MODE: 'fast' });
    const [secret] = (await daemon.api.listSecrets()).items;
    assert.equal(secret?.name, 'mine.api_key');
    assert.equal(secret?.serverId, 'mine');
    assert.equal(secret?.hasValue, true);
    assert.deepEqual(after.secretReferences, [
      { secretId: secret?.id, environmentVariable: 'API_KEY', required: true },
    ]);
    assert.deepEqual(server.value.value?.configuration, after);
    assert.doesNotMatch(JSON.stringify(await daemon.api.getServer({ params: { id: 'mine' } })), /plain-value/);
  });

  it('leaves no secret behind that nothing came to refer to', async () => {
    assert.equal(await state.create({ name: 'mine.key', value: 'v' }, 'no variable', 'variable', true), false);
    assert.ok(state.act.problem.value);
    assert.deepEqual(await names(), []);
  });

  it('refers to a stored secret, changes whether it is required, and lets go of it without deleting it', async () => {
    const { id } = await daemon.api.createSecret({ body: { name: 'shared.key', serverId: null, value: 'v' } });
    await until(() => state.secrets.value.value !== undefined);
    const reference = { secretId: id, environmentVariable: 'KEY', required: true };
    await state.add(reference);
    await state.add({ ...reference, required: false });
    assert.deepEqual((await configuration()).secretReferences, [{ ...reference, required: false }]);
    await state.remove(reference);
    assert.deepEqual((await configuration()).secretReferences, []);
    assert.deepEqual(await names(), ['shared.key']);
  });
});
