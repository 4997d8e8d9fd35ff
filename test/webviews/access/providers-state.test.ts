import assert from 'node:assert/strict';
import {
  createProvidersState,
  type ProvidersState,
  readClientSecrets,
  toAllowed,
} from '../../../webviews/access/providers.state.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

const provider = {
  title: 'Main',
  issuer: 'https://id.example.test',
  clientId: 'quayside',
  secretId: null,
  roles: ['viewer' as const],
  allowed: ['@example.test'],
};

describe('the providers on the page', () => {
  let daemon: InProcessDaemon;
  let state: ProvidersState;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    state = createProvidersState({ api: daemon.api, live: createLive(daemon.api) });
    await until(() => state.providers.value.value);
  });
  afterEach(async () => {
    state.close();
    await daemon[Symbol.asyncDispose]();
  });

  it('are saved with the address to enter there, and removed', async () => {
    assert.equal(await state.save('main', provider), true);
    const [saved] = state.providers.value.value ?? [];
    assert.match(saved?.redirectUrl ?? '', /\/api\/v1\/oidc\/main\/callback$/);
    assert.equal(await state.remove('main'), true);
    assert.deepEqual(state.providers.value.value, []);
  });

  it('say why they are refused', async () => {
    assert.equal(await state.save('main', { ...provider, issuer: 'http://id.example.test' }), false);
    assert.equal(state.saving.problem.value?.code, 'ACCESS_011');
  });

  it('offer secrets that are no server’s, by name', async () => {
    await daemon.api.createSecret({ body: { name: 'oidc.client', serverId: null, value: 'v' } });
    await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: 'node' } });
    await daemon.api.createSecret({ body: { name: 'mine.token', serverId: 'mine', value: 'v' } });
    assert.deepEqual(
      (await readClientSecrets({ api: daemon.api })).map(({ name }) => name),
      ['oidc.client'],
    );
  });

  it('take addresses as they are typed', () => {
    assert.deepEqual(toAllowed(' ada@x.test, @y.test\n@y.test;bob@z.test '), ['ada@x.test', '@y.test', 'bob@z.test']);
    assert.deepEqual(toAllowed(' \n'), []);
  });
});
