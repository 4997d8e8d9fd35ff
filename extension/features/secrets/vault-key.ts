// The vault's master key in the editor's keychain: made once, handed to the daemon when the vault needs it, shown nowhere.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecretStorage } from 'vscode';
import type { Carrier } from '../../../shared/api/client.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';

export interface VaultKeyOptions {
  link: Pick<DaemonLink, 'api' | 'state' | 'onDidChangeState' | 'connect'>;
  keychain: Pick<SecretStorage, 'get' | 'store'>;
  /** The daemon's state folder: each has its own vault. */
  home: () => string;
  isTrusted: () => boolean;
  log: (message: string) => void;
}

export interface VaultKey {
  /**
   * Before the first secret is stored: an empty vault of a daemon that editors start gets a key of the keychain.
   * One that stays by itself does not: it would be locked after its next start until somebody opens an editor.
   */
  ensure(): Promise<void>;
  dispose(): void;
}

/** Two windows that make a key at the same time have seen each other's after this long. */
const settleMilliseconds = 300;

export function createVaultKey({ link, keychain, home, isTrusted, log }: VaultKeyOptions): VaultKey {
  const place = () => `quayside.vault.${createHash('sha256').update(home()).digest('hex').slice(0, 16)}`;

  const hand = (masterKey: string) => link.api.unlockVault({ body: { masterKey } });

  /** A daemon whose vault waits for the editor's key gets it. */
  const unlockIfWaiting = async (): Promise<void> => {
    if (!isTrusted() || link.state.kind !== 'connected') return;
    const { state, source } = await link.api.getVault();
    if (state !== 'locked' || source !== 'editor') return;
    const key = await keychain.get(place());
    if (key === undefined) return log('The vault waits for a key that is not in the keychain of this editor.');
    await hand(key);
    log('The vault was opened with the key of the keychain.');
  };

  const make = async (): Promise<void> => {
    const known = await keychain.get(place());
    if (known === undefined) {
      await keychain.store(place(), randomBytes(32).toString('base64'));
      await wait(settleMilliseconds);
    }
    const key = await keychain.get(place());
    // A keychain that forgets at once would lock the vault for good.
    if (key === undefined) return log('The keychain of this editor keeps nothing, so the vault makes its own key.');
    await hand(key);
    if ((await keychain.get(place())) !== key) await keychain.store(place(), key);
    log('The vault takes its key from the keychain now.');
  };

  const subscription = link.onDidChangeState(({ kind }) => {
    if (kind === 'connected') void unlockIfWaiting().catch(error => log(`The vault stays locked: ${String(error)}`));
  });

  return {
    async ensure() {
      const { persistent } = await link.connect();
      const { state } = await link.api.getVault();
      if (state !== 'empty' || persistent) return;
      try {
        await make();
      } catch (error) {
        // A mounted key comes before the keychain's: the daemon takes that one by itself.
        if (!isProblemError(error) || error.code !== 'SECRET_005') throw error;
      }
    },
    dispose: () => subscription.dispose(),
  };
}

/** A secret that a panel stores finds its vault as one that a command stores. */
export const withVaultKey = (carrier: Carrier, vaultKey: Pick<VaultKey, 'ensure'>): Carrier => ({
  ...carrier,
  async send(request) {
    if (request.operationId === 'createSecret' || request.operationId === 'replaceSecretValue') await vaultKey.ensure();
    return await carrier.send(request);
  },
});
