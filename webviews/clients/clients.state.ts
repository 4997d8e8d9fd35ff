// Clients that docker mcp can connect: who is connected to which profile, what a change does to its file, and the way back.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ClientBackup, ClientChange, ClientPreview, McpClient } from '../../shared/api/clients.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface PendingChange {
  client: McpClient;
  change: ClientChange;
  preview: ClientPreview;
}

export interface ClientsState {
  readonly clients: Load<McpClient[]>;
  /** The newest first. */
  readonly backups: Load<ClientBackup[]>;
  /** The folder of a project, or undefined for this user's own clients. */
  readonly folder: ReadonlySignal<string | undefined>;
  readonly pending: ReadonlySignal<PendingChange | undefined>;
  readonly act: Act;
  look(folder: string | undefined): void;
  /** Shows what connecting to a profile, or disconnecting, would do; nothing is changed. */
  prepare(client: McpClient, profile: string | undefined): Promise<void>;
  /** Does what was shown. */
  apply(): Promise<void>;
  forget(): void;
  undo(backup: ClientBackup, force: boolean): Promise<void>;
  close(): void;
}

const shownBackups = 50;

export function createClientsState({ api, live }: Pick<App, 'api' | 'live'>): ClientsState {
  const folder = signal<string | undefined>(undefined);
  const place = () =>
    folder.value === undefined ? { scope: 'global' as const } : { scope: 'project' as const, folder: folder.value };
  const clients = createLoad(abort =>
    readAllPages(query => api.listClients({ query: { ...query, ...place() } }, { signal: abort })),
  );
  const backups = createLoad(async abort => {
    const { items } = await api.listClientBackups({ query: { limit: shownBackups } }, { signal: abort });
    return items;
  });
  const pending = signal<PendingChange | undefined>(undefined);
  const act = createAct();
  const readAll = () => {
    void clients.reload();
    void backups.reload();
  };
  readAll();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'clients.changed') readAll();
  });
  return {
    clients,
    backups,
    folder,
    pending: computed(() => pending.value),
    act,
    look(next) {
      folder.value = next;
      pending.value = undefined;
      void clients.reload();
    },
    async prepare(client, profile) {
      pending.value = undefined;
      const change: ClientChange = {
        action: client.connected && profile === undefined ? 'disconnect' : 'connect',
        ...(profile === undefined ? {} : { profile }),
        ...place(),
      };
      const preview = await act.run(`preview ${client.id}`, () =>
        api.previewClientChange({ params: { id: client.id }, body: change }),
      );
      if (preview) pending.value = { client, change, preview };
    },
    async apply() {
      const { value } = pending;
      if (!value) return;
      const { client, change, preview } = value;
      const done = await act.run(`change ${client.id}`, () =>
        api.changeClient({ params: { id: client.id }, body: { ...change, revision: preview.revision } }),
      );
      if (!done) return;
      pending.value = undefined;
      announce(`${client.title} is ${change.action === 'connect' ? 'connected' : 'disconnected'}.`);
      readAll();
    },
    forget() {
      pending.value = undefined;
      act.dismiss();
    },
    async undo({ id, file }, force) {
      await act.run(`undo ${id}`, async () => {
        await api.restoreClientBackup({ params: { id }, body: { force } });
        announce(`${file} is as it was before.`);
        readAll();
      });
    },
    close() {
      stopListening();
      clients.close();
      backups.close();
    },
  };
}
