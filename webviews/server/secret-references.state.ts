// The secrets that one server refers to, and the acts that change this. Each act is saved at once.
import type { Secret, SecretReference } from '../../shared/api/secrets.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import {
  type PlaceKind,
  secretNameFor,
  toReference,
  withoutReference,
  withReference,
} from './secret-references.draft.ts';

export interface ReferencesState {
  /** Those that this server may use. */
  readonly secrets: Load<Secret[]>;
  readonly act: Act;
  add(reference: SecretReference): Promise<boolean>;
  /** Stores a new secret for this server alone, and refers to it. */
  create(secret: { name: string; value: string }, place: string, kind: PlaceKind, required: boolean): Promise<boolean>;
  remove(reference: SecretReference): Promise<boolean>;
  /** Makes a secret of a plain value: the configuration keeps the reference and loses the value, in one change. */
  move(place: string, value: string, kind: PlaceKind): Promise<boolean>;
  close(): void;
}

export function createReferencesState(
  { api, live }: Pick<App, 'api' | 'live'>,
  server: Load<MCPServerDetail>,
  serverId: string,
): ReferencesState {
  const secrets = createLoad(abort =>
    readAllPages(query => api.listSecrets({ query: { ...query, server_id: serverId } }, { signal: abort })),
  );
  const act = createAct();
  void secrets.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'secret.changed' || type === 'secret.removed') void secrets.reload();
  });

  const params = { params: { id: serverId } };
  /** Read anew, so that another window's change is not undone. */
  const change = async (to: (detail: MCPServerDetail) => MCPServerConfigurationPart) => {
    const configuration = to(await api.getServer(params));
    server.set(await api.updateServer({ ...params, body: { configuration } }));
  };
  /** A secret that nothing came to refer to would be left over, so it goes again. */
  const store = async (secret: { name: string; value: string }, refer: (id: string) => Promise<void>) => {
    const { id } = await api.createSecret({ body: { ...secret, serverId } });
    try {
      await refer(id);
    } catch (error) {
      await api.deleteSecret({ params: { id } }).catch(() => undefined);
      throw error;
    }
  };
  const run = async (name: string, said: string, work: () => Promise<void>): Promise<boolean> => {
    const done = await act.run(name, async () => {
      await work();
      return true;
    });
    if (done) announce(said);
    void secrets.reload();
    return done ?? false;
  };
  const refer = (added: SecretReference) =>
    change(({ configuration }) => ({ secretReferences: withReference(configuration.secretReferences, added) }));

  return {
    secrets,
    act,
    add: reference => run('add', 'The server takes it with its next start.', () => refer(reference)),
    create: (secret, place, kind, required) =>
      run('add', `${secret.name} was stored.`, () =>
        store(secret, id => refer(toReference(kind, place, id, required))),
      ),
    remove: reference =>
      run('remove', 'The server is not given it any more.', () =>
        change(({ configuration }) => ({
          secretReferences: withoutReference(configuration.secretReferences, reference),
        })),
      ),
    move: (place, value, kind) =>
      run(`move ${place}`, `${place} is in the vault now.`, async () => {
        const taken = (await readAllPages(query => api.listSecrets({ query }))).map(({ name }) => name);
        await store({ name: secretNameFor(serverId, place, taken), value }, id =>
          change(({ configuration }) => ({
            secretReferences: withReference(configuration.secretReferences, toReference(kind, place, id, true)),
            ...withoutPlain(configuration, place, kind),
          })),
        );
      }),
    close() {
      stopListening();
      secrets.close();
    },
  };
}

type MCPServerConfigurationPart = NonNullable<
  NonNullable<Parameters<App['api']['updateServer']>[0]['body']>['configuration']
>;

function withoutPlain(
  { environment, network }: MCPServerDetail['configuration'],
  place: string,
  kind: PlaceKind,
): MCPServerConfigurationPart {
  const without = (record: Record<string, string>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== place));
  return kind === 'header' ? { network: { headers: without(network.headers) } } : { environment: without(environment) };
}
