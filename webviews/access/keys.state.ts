// The keys of programs and agents. A new one's text is held here until it was taken along, and nowhere else.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AccessKey } from '../../shared/api/keys.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface NewKey {
  name: string;
  kind: AccessKey['kind'];
  roles: Role[];
  /** Null: all. */
  servers: string[] | null;
  /** Null: it never ends. */
  expiresInDays: number | null;
}

export interface KeysState {
  /** The newest first. */
  readonly keys: Load<AccessKey[]>;
  /** The last one that was made, until somebody has taken it. */
  readonly shown: ReadonlySignal<{ key: AccessKey; secret: string } | undefined>;
  readonly adding: Act;
  readonly deleting: Act;
  add(key: NewKey): Promise<boolean>;
  remove(key: AccessKey): Promise<boolean>;
  forget(): void;
  close(): void;
}

export function createKeysState({ api, live }: Pick<App, 'api' | 'live'>): KeysState {
  const keys = createLoad(abort =>
    readAllPages(page =>
      api.listKeys({ query: { ...page, sort_by: 'created_at', sort_order: 'desc' } }, { signal: abort }),
    ),
  );
  const shown = signal<{ key: AccessKey; secret: string } | undefined>(undefined);
  const [adding, deleting] = [createAct(), createAct()];
  void keys.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'access.changed') void keys.reload();
  });
  return {
    keys,
    shown,
    adding,
    deleting,
    add: async ({ kind, roles, ...key }) =>
      (await adding.run('add', async () => {
        const made = await api.createKey({ body: { ...key, kind, roles: kind === 'agent' ? [] : roles } });
        keys.set([made.key, ...(keys.value.value ?? []).filter(({ id }) => id !== made.key.id)]);
        shown.value = made;
        announce(`The key ${key.name} was made. It is shown once.`);
        return true;
      })) ?? false,
    remove: async ({ id, name }) =>
      (await deleting.run(id, async () => {
        await api.deleteKey({ params: { id } });
        keys.set((keys.value.value ?? []).filter(each => each.id !== id));
        if (shown.value?.key.id === id) shown.value = undefined;
        announce(`The key ${name} was deleted.`);
        return true;
      })) ?? false,
    forget() {
      shown.value = undefined;
    },
    close() {
      stopListening();
      keys.close();
    },
  };
}
