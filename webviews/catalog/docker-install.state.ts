// Installing a Docker entry: the profile and the secrets are made first, then one operation does the rest.
import { computed, type ReadonlySignal } from '@preact/signals';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { Operation } from '../../shared/api/operations.ts';
import type { Secret, SecretReference } from '../../shared/api/secrets.ts';
import type { SecretSlot } from '../../shared/api/server-configuration.ts';
import type { Json } from '../../shared/domain/json-schema.ts';
import type { App } from '../kit/app.ts';
import { createFollowed, type Followed } from '../kit/follow-operation.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { nameForSlot, referenceFor, type SlotChoice } from './docker-install.draft.ts';

export interface FilledSlot {
  slot: SecretSlot;
  choice: SlotChoice;
  /** Read once, when it is sent. */
  readValue: () => string;
}

export interface DockerInstallRequest {
  /** An existing profile by its id, or the name of a new one. */
  profile: { id: string } | { name: string };
  inputs: Record<string, Json>;
  slots: readonly FilledSlot[];
  start: boolean;
}

export interface DockerInstallState {
  /** Those that any server may use. */
  readonly secrets: Load<Secret[]>;
  readonly act: Act;
  readonly followed: Followed;
  readonly running: ReadonlySignal<boolean>;
  /** Resolves to true if the operation has begun. */
  install(request: DockerInstallRequest): Promise<boolean>;
  retried(operation: Operation): void;
  close(): void;
}

/** Whether an operation installs this entry: its server may have another id, and then the title tells. */
export const installs = ({ kind, serverId, title }: Operation, entry: Pick<CatalogEntry, 'id' | 'title'>): boolean =>
  kind === 'install' && (serverId === entry.id || title === `Install ${entry.title}`);

export function createDockerInstallState(
  { api, live }: Pick<App, 'api' | 'live'>,
  entry: CatalogEntry,
): DockerInstallState {
  const secrets = createLoad(async abort => {
    const all = await readAllPages(query => api.listSecrets({ query }, { signal: abort }));
    return all.filter(({ serverId }) => serverId === null);
  });
  const act = createAct();
  const followed = createFollowed(live, operation => installs(operation, entry));
  if (entry.secretSlots.length > 0) void secrets.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type.startsWith('secret.') && entry.secretSlots.length > 0) void secrets.reload();
  });

  /** Profiles that this form has made by name: a second try uses them. */
  const profilesMade = new Map<string, string>();
  const profileIdOf = async (profile: DockerInstallRequest['profile']): Promise<string> => {
    if ('id' in profile) return profile.id;
    const known = profilesMade.get(profile.name);
    if (known !== undefined) return known;
    const { id } = await api.createProfile({ body: { name: profile.name } });
    profilesMade.set(profile.name, id);
    return id;
  };
  const storeValues = async (slots: readonly FilledSlot[], made: string[]): Promise<SecretReference[]> => {
    const taken = (secrets.value.value ?? []).map(({ name }) => name);
    const references: SecretReference[] = [];
    for (const { slot, choice, readValue } of slots) {
      if (choice.kind === 'later') continue;
      if (choice.kind === 'stored') {
        references.push(referenceFor(slot, choice.secretId));
        continue;
      }
      const name = nameForSlot(slot, entry.id, taken);
      const { id } = await api.createSecret({ body: { name, serverId: null, value: readValue() } });
      taken.push(name);
      made.push(id);
      references.push(referenceFor(slot, id));
    }
    return references;
  };

  return {
    secrets,
    act,
    followed,
    running: computed(() => act.running.value !== undefined || followed.running.value),
    install: async ({ profile, inputs, slots, start }) => {
      followed.forget();
      const made: string[] = [];
      const begun = await act.run('install', async () => {
        const profileId = await profileIdOf(profile);
        try {
          const secretReferences = await storeValues(slots, made);
          followed.follow(
            await api.createOperation({
              body: {
                kind: 'install',
                from: { catalogEntry: entry.id },
                profile: profileId,
                inputs,
                start,
                ...(secretReferences.length > 0 ? { configuration: { secretReferences } } : {}),
              },
            }),
          );
        } catch (error) {
          // Nothing refers to what was stored a moment ago, so it goes again.
          for (const id of made) await api.deleteSecret({ params: { id } }).catch(() => undefined);
          throw error;
        }
        return true;
      });
      return begun ?? false;
    },
    retried: followed.follow,
    close() {
      stopListening();
      secrets.close();
    },
  };
}
