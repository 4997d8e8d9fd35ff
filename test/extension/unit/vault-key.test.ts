import assert from 'node:assert/strict';
import type { LinkState } from '../../../extension/daemon-link/link-state.ts';
import { createVaultKey, type VaultKeyOptions, withVaultKey } from '../../../extension/features/secrets/vault-key.ts';
import { createSignal } from '../../../extension/platform/signal.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('the vault’s key in the editor’s keychain', () => {
  let daemon: InProcessDaemon;
  let kept: Map<string, string>;
  let said: string[];
  const vault = () => daemon.api.getVault();

  const create = (part: { persistent?: boolean; trusted?: boolean } = {}) => {
    const states = createSignal<LinkState>(error => assert.fail(String(error)));
    const discovery = { persistent: part.persistent ?? false } as Awaited<
      ReturnType<VaultKeyOptions['link']['connect']>
    >;
    const state: LinkState = { kind: 'connected', daemon: discovery };
    const key = createVaultKey({
      link: { api: daemon.api, state, onDidChangeState: states.signal, connect: async () => discovery },
      keychain: {
        get: async name => kept.get(name),
        store: async (name, value) => void kept.set(name, value),
      },
      home: () => '/a/state/folder',
      isTrusted: () => part.trusted ?? true,
      log: message => said.push(message),
    });
    return { key, connected: () => states.fire(state) };
  };

  beforeEach(async () => {
    kept = new Map();
    said = [];
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  it('is made with the first secret, and the vault takes it from there on', async () => {
    const { key } = create();
    await key.ensure();
    assert.equal((await vault()).source, 'editor');
    assert.equal(kept.size, 1);
    await key.ensure();
    assert.equal(kept.size, 1);
    const [value = ''] = kept.values();
    assert.equal(Buffer.from(value, 'base64').length, 32);
    assert.ok(!said.join().includes(value), 'the key was logged');
  });

  it('is the same for two windows that make it at the same time', async () => {
    await Promise.all([create().key.ensure(), create().key.ensure()]);
    assert.equal((await vault()).state, 'open');
    assert.equal(kept.size, 1);
  });

  it('is handed to a daemon that was started again, by a window that is trusted', async () => {
    await create().key.ensure();
    await daemon.api.createSecret({ body: { name: 'a.b', serverId: null, value: 'v' } });
    await daemon.restart();
    assert.equal((await vault()).state, 'locked');
    create({ trusted: false }).connected();
    const other = create();
    assert.equal((await vault()).state, 'locked');
    other.connected();
    await until(async () => (await vault()).state === 'open');
  });

  it('is missed in an editor that does not have it, and nothing is changed', async () => {
    await create().key.ensure();
    await daemon.restart();
    kept.clear();
    create().connected();
    await until(() => said.some(text => /not in the keychain/.test(text)));
    assert.equal((await vault()).state, 'locked');
    assert.equal(kept.size, 0);
  });

  it('is not made for a daemon that stays by itself', async () => {
    await create({ persistent: true }).key.ensure();
    assert.equal((await vault()).state, 'empty');
    assert.equal(kept.size, 0);
  });

  it('leaves a vault alone that has a key already', async () => {
    await daemon.api.createSecret({ body: { name: 'a.b', serverId: null, value: 'v' } });
    await create().key.ensure();
    assert.equal((await vault()).source, 'generated');
    assert.equal(kept.size, 0);
  });

  it('is in place before a panel’s secret arrives', async () => {
    const order: string[] = [];
    const carrier = withVaultKey(
      {
        send: async ({ operationId }) => {
          order.push(operationId);
          return { status: 200, body: {} };
        },
        follow: async () => {},
      },
      { ensure: async () => void order.push('key') },
    );
    const send = (operationId: 'createSecret' | 'listServers') =>
      carrier.send({ operationId, method: 'POST', path: '/api/v1/x', body: undefined, signal: undefined });
    await send('listServers');
    await send('createSecret');
    assert.deepEqual(order, ['listServers', 'key', 'createSecret']);
  });
});
