// Bitwarden as the page shows it: how it stands, what becomes which secret, and what a synchronisation would change. No value is in it.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { BitwardenItem, BitwardenMapping, BitwardenStatus, BitwardenSync } from '../../shared/api/bitwarden.ts';
import type { Page } from '../../shared/api/route.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface LoginEntry {
  serverUrl: string | null;
  password: string;
  /** By password. */
  email?: string;
  code?: string;
  /** By an API key. */
  clientId?: string;
  clientSecret?: string;
}

export interface NewMapping {
  itemId: string;
  part: string;
  secretName: string;
  serverId: string | null;
}

export interface BitwardenView {
  readonly status: Load<BitwardenStatus>;
  readonly mappings: Load<BitwardenMapping[]>;
  /** Of the search that was asked for last. */
  readonly items: Load<Page<BitwardenItem>>;
  /** What was compared, or done, last. */
  readonly plan: ReadonlySignal<BitwardenSync | undefined>;
  readonly account: Act;
  readonly syncing: Act;
  readonly mapping: Act;
  readonly configuring: Act;
  login(entry: LoginEntry): Promise<boolean>;
  unlock(password: string): Promise<boolean>;
  lock(): void;
  logout(): void;
  search(text: string): void;
  map(mapping: NewMapping): Promise<boolean>;
  unmap(mapping: BitwardenMapping): void;
  compare(): void;
  takeOver(): void;
  forgetPlan(): void;
  configure(change: { autoLockMinutes?: number | null; syncEveryMinutes?: number | null }): void;
  close(): void;
}

/** As many items as one answer may have: the search makes them fewer. */
const shownItems = 50;

export function createBitwardenView({ api, live }: Pick<App, 'api' | 'live'>): BitwardenView {
  const status = createLoad(abort => api.getBitwarden({}, { signal: abort }));
  const mappings = createLoad(abort => readAllPages(query => api.listBitwardenMappings({ query }, { signal: abort })));
  let wanted = '';
  const items = createLoad(abort =>
    api.listBitwardenItems(
      { query: { limit: shownItems, ...(wanted === '' ? {} : { q: wanted }) } },
      { signal: abort },
    ),
  );
  const plan = signal<BitwardenSync | undefined>(undefined);
  const [account, syncing, mapping, configuring] = [createAct(), createAct(), createAct(), createAct()];
  const read = () => {
    void status.reload();
    void mappings.reload();
  };
  read();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'bitwarden.changed') read();
  });
  const settle = (next: BitwardenStatus, words: string): boolean => {
    status.set(next);
    // What went wrong before was of another standing.
    syncing.dismiss();
    announce(words);
    return true;
  };
  const synchronise = (apply: boolean) =>
    void syncing.run(apply ? 'apply' : 'compare', async () => {
      plan.value = undefined;
      const done = await api.syncBitwarden({ body: { apply } });
      plan.value = done;
      announce(apply ? 'Bitwarden’s values were taken over.' : 'Bitwarden was compared with the vault.');
      if (apply) read();
    });

  return {
    status,
    mappings,
    items,
    plan,
    account,
    syncing,
    mapping,
    configuring,
    login: async ({ email, code, clientId, clientSecret, serverUrl, password }) =>
      (await account.run('login', async () => {
        const body =
          clientId !== undefined && clientSecret !== undefined
            ? { serverUrl, clientId, clientSecret, password }
            : { serverUrl, email: email ?? '', password, ...(code ? { code } : {}) };
        return settle(await api.loginBitwarden({ body }), 'Bitwarden is logged in.');
      })) ?? false,
    unlock: async password =>
      (await account.run('unlock', async () =>
        settle(await api.unlockBitwarden({ body: { password } }), 'Bitwarden is unlocked.'),
      )) ?? false,
    lock: () => void account.run('lock', async () => settle(await api.lockBitwarden(), 'Bitwarden is locked.')),
    logout: () =>
      void account.run('logout', async () => settle(await api.logoutBitwarden(), 'Bitwarden is logged out.')),
    search(text) {
      wanted = text.trim();
      void items.reload();
    },
    map: async body =>
      (await mapping.run('map', async () => {
        await api.createBitwardenMapping({ body });
        announce(`${body.secretName} comes from Bitwarden with the next synchronisation.`);
        plan.value = undefined;
        read();
        return true;
      })) ?? false,
    unmap: ({ id, secretName }) =>
      void mapping.run(id, async () => {
        await api.deleteBitwardenMapping({ params: { id } });
        announce(`${secretName} does not come from Bitwarden any more.`);
        plan.value = undefined;
        read();
      }),
    compare: () => synchronise(false),
    takeOver: () => synchronise(true),
    forgetPlan() {
      plan.value = undefined;
    },
    configure: change =>
      void configuring.run('configure', async () => status.set(await api.updateBitwarden({ body: change }))),
    close() {
      stopListening();
      for (const load of [status, mappings, items]) load.close();
    },
  };
}
