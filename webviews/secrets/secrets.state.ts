// The secrets and the vault around them, without any value: what is shown, and the acts of a person.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Secret } from '../../shared/api/secrets.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import type { VaultStatus } from '../../shared/api/vault.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { type Place, placesBySecret } from './where-used.ts';

export interface NewSecret {
  name: string;
  serverId: string | null;
  value: string;
}

export interface SecretsState {
  /** By name. */
  readonly secrets: Load<Secret[]>;
  readonly vault: Load<VaultStatus>;
  /** Where each secret is referred to, by its id. */
  readonly places: ReadonlySignal<ReadonlyMap<string, readonly Place[]>>;
  readonly adding: Act;
  readonly replacing: Act;
  readonly deleting: Act;
  readonly unlocking: Act;
  readonly rotating: Act;
  add(secret: NewSecret): Promise<Secret | undefined>;
  replace(secret: Secret, value: string): Promise<boolean>;
  /** Also when servers refer to it; the person has seen which. */
  remove(secret: Secret): Promise<boolean>;
  /** Opens the vault; one that is open already gets this passphrase in place of its key. */
  givePassphrase(passphrase: string): Promise<boolean>;
  rotate(): void;
  /** How often a new key is made without being asked for, in days; null: never. */
  schedule(everyDays: number | null): void;
  close(): void;
}

export function createSecretsState({ api, live }: Pick<App, 'api' | 'live'>): SecretsState {
  const secrets = createLoad(async abort =>
    byName(await readAllPages(query => api.listSecrets({ query }, { signal: abort }))),
  );
  const vault = createLoad(abort => api.getVault({}, { signal: abort }));
  const places = signal<ReadonlyMap<string, readonly Place[]>>(new Map());
  const configurations = createLoad(async abort => {
    const servers = await readAllPages(query => api.listServers({ query }, { signal: abort }));
    const details: MCPServerDetail[] = [];
    // One after the other: a panel may not ask many things at the same time.
    for (const { id } of servers) details.push(await api.getServer({ params: { id } }, { signal: abort }));
    return details;
  });
  const [adding, replacing, deleting, unlocking, rotating] = [
    createAct(),
    createAct(),
    createAct(),
    createAct(),
    createAct(),
  ];
  const versions = new Map<string, string>();

  const readPlaces = async () => {
    await configurations.reload();
    const servers = configurations.value.value ?? [];
    places.value = placesBySecret(servers);
    for (const { id, updatedAt } of servers) versions.set(id, updatedAt);
  };
  const readAll = () => {
    void secrets.reload();
    void vault.reload();
    void readPlaces();
  };
  readAll();

  // Only a list that was read is amended: one that may not be read must not show itself piece by piece.
  const amend = (change: (rows: readonly Secret[]) => Secret[]) => {
    if (secrets.value.value) secrets.set(change(secrets.value.value));
  };
  const put = (secret: Secret) => amend(rows => byName([...rows.filter(({ id }) => id !== secret.id), secret]));
  const drop = (gone: string) => amend(rows => rows.filter(({ id }) => id !== gone));

  const stopListening = live.onEvent(event => {
    if (event.type === 'reset') readAll();
    else if (event.type === 'secret.changed') {
      put(event.secret);
      void vault.reload();
    } else if (event.type === 'secret.removed') {
      drop(event.secretId);
      void vault.reload();
    } else if (event.type === 'vault.changed') {
      const wasRotating = vault.value.value?.rotation !== null;
      vault.set(event.vault);
      // Which key each value is encrypted with is told of the whole vault only.
      if (wasRotating && event.vault.rotation === null) void secrets.reload();
    } else if (event.type === 'server.removed') void readPlaces();
    else if (event.type === 'server.changed' && versions.get(event.server.id) !== event.server.updatedAt) {
      versions.set(event.server.id, event.server.updatedAt);
      void readPlaces();
    }
  });

  return {
    secrets,
    vault,
    places,
    adding,
    replacing,
    deleting,
    unlocking,
    rotating,
    add: ({ name, serverId, value }) =>
      adding.run('add', async () => {
        const made = await api.createSecret({ body: { name, serverId, value } });
        put(made);
        announce(`${name} was stored.`);
        return made;
      }),
    replace: async ({ id, name }, value) =>
      (await replacing.run(id, async () => {
        put(await api.replaceSecretValue({ params: { id }, body: { value } }));
        announce(`The value of ${name} was replaced.`);
        return true;
      })) ?? false,
    remove: async ({ id, name }) =>
      (await deleting.run(id, async () => {
        await api.deleteSecret({ params: { id }, query: { force: true } });
        drop(id);
        void readPlaces();
        announce(`${name} was deleted.`);
        return true;
      })) ?? false,
    givePassphrase: async passphrase =>
      (await unlocking.run('unlock', async () => {
        // The event that tells of it may still be on its way.
        const { state } = await api.getVault();
        const isOpen = state !== 'locked' && state !== 'refused';
        const body = { passphrase };
        vault.set(isOpen ? await api.changeMasterKey({ body }) : await api.unlockVault({ body }));
        announce(isOpen ? 'The vault has a passphrase now.' : 'The vault is open.');
        void secrets.reload();
        return true;
      })) ?? false,
    rotate: () =>
      void rotating.run('rotate', async () => {
        vault.set(await api.rotateVaultKey());
        void vault.reload().then(() => secrets.reload());
      }),
    schedule: everyDays =>
      void rotating.run('schedule', async () => vault.set(await api.scheduleRotation({ body: { everyDays } }))),
    close() {
      stopListening();
      for (const load of [secrets, vault, configurations]) load.close();
    },
  };
}

const byName = (secrets: readonly Secret[]): Secret[] => [...secrets].sort((a, b) => (a.name < b.name ? -1 : 1));
