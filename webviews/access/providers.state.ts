// Providers of OpenID Connect, and which secrets of the vault may be a client's.

import type { listProviders, saveProvider } from '../../shared/api/providers.ts';
import type { RouteInput, RouteOutput } from '../../shared/api/route.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export type Provider = RouteOutput<typeof listProviders>['items'][number];
export type ProviderDraft = RouteInput<typeof saveProvider>['body'];

export interface ProvidersState {
  readonly providers: Load<Provider[]>;
  readonly saving: Act;
  readonly deleting: Act;
  save(id: string, provider: ProviderDraft): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  close(): void;
}

export function createProvidersState({ api, live }: Pick<App, 'api' | 'live'>): ProvidersState {
  const providers = createLoad(async abort => (await api.listProviders({}, { signal: abort })).items);
  const [saving, deleting] = [createAct(), createAct()];
  void providers.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'access.changed') void providers.reload();
  });
  return {
    providers,
    saving,
    deleting,
    save: async (id, body) =>
      (await saving.run('save', async () => {
        await api.saveProvider({ params: { id }, body });
        announce(`The provider ${id} was saved.`);
        await providers.reload();
        return true;
      })) ?? false,
    remove: async id =>
      (await deleting.run(id, async () => {
        await api.deleteProvider({ params: { id } });
        announce(`The provider ${id} was removed.`);
        await providers.reload();
        return true;
      })) ?? false,
    close() {
      stopListening();
      providers.close();
    },
  };
}

/** Secrets that are no server's; nothing where they may not be listed. */
export const readClientSecrets = async ({ api }: Pick<App, 'api'>): Promise<{ id: string; name: string }[]> => {
  const all = await readAllPages(query => api.listSecrets({ query })).catch(() => []);
  return all.filter(({ serverId }) => serverId === null).map(({ id, name }) => ({ id, name }));
};

/** Addresses and @domains as a person types them: by commas, spaces or lines. */
export const toAllowed = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
