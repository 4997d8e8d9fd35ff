// Docker's profiles and their gateways: the acts of a person on them. What is shown of them is live.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { GatewayDetail } from '../../shared/api/gateways.ts';
import type { Operation } from '../../shared/api/operations.ts';
import type { ProfileDocument, ProfileImport } from '../../shared/api/profiles.ts';
import { limits } from '../../shared/domain/limits.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { createFollowed, type Followed } from '../kit/follow-operation.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';

export interface ProfilesState {
  readonly act: Act;
  /** Of a push or a pull. */
  readonly transfer: Followed;
  /** What importing a document would do. */
  readonly preview: ReadonlySignal<{ document: ProfileDocument; found: ProfileImport } | undefined>;
  create(name: string, id: string | undefined): Promise<string | undefined>;
  rename(id: string, name: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  download(id: string): Promise<void>;
  previewImport(document: ProfileDocument): Promise<void>;
  runImport(replace: boolean): Promise<string | undefined>;
  forgetImport(): void;
  push(id: string, ref: string): Promise<boolean>;
  pull(ref: string): Promise<boolean>;
  close(): void;
}

const isTransfer = ({ kind }: Operation): boolean => kind === 'pull-profile' || kind === 'push-profile';

export function createProfilesState({ api, live, host }: App): ProfilesState {
  const act = createAct();
  const transfer = createFollowed(live, isTransfer);
  const preview = signal<{ document: ProfileDocument; found: ProfileImport } | undefined>(undefined);
  const done = async (name: string, said: string, work: () => Promise<unknown>): Promise<boolean> => {
    const finished = await act.run(name, async () => {
      await work();
      return true;
    });
    if (finished) announce(said);
    return finished ?? false;
  };
  const readProfiles = () => live.profiles.reload();
  return {
    act,
    transfer,
    preview,
    async create(name, id) {
      const made = await act.run('create', () => api.createProfile({ body: { name, ...(id ? { id } : {}) } }));
      if (!made) return undefined;
      announce(`The profile ${name} was made.`);
      void readProfiles();
      return made.id;
    },
    rename: (id, name) =>
      done('rename', `It is called ${name} now.`, async () => {
        await api.renameProfile({ params: { id }, body: { name } });
        void readProfiles();
      }),
    remove: id =>
      done('remove', `The profile ${id} was removed.`, async () => {
        await api.deleteProfile({ params: { id } });
        void readProfiles();
      }),
    async download(id) {
      const made = await act.run('export', () => api.exportProfile({ params: { id } }));
      if (made) host.openText(`${JSON.stringify(made.document, null, 2)}\n`, 'json', made.fileName);
    },
    async previewImport(document) {
      preview.value = undefined;
      const found = await act.run('preview', () => api.importProfile({ body: { document, dryRun: true } }));
      if (found) preview.value = { document, found };
    },
    async runImport(replace) {
      const { value } = preview;
      if (!value) return undefined;
      const found = await act.run('import', () => api.importProfile({ body: { document: value.document, replace } }));
      if (!found?.imported) return undefined;
      preview.value = undefined;
      announce(`The profile ${found.profileId} was imported.`);
      void readProfiles();
      return found.profileId;
    },
    forgetImport() {
      preview.value = undefined;
      act.dismiss();
    },
    push: (id, ref) =>
      done('push', `Pushing to ${ref}.`, async () =>
        transfer.follow(await api.pushProfile({ params: { id }, body: { ref } })),
      ),
    pull: ref => done('pull', `Pulling ${ref}.`, async () => transfer.follow(await api.pullProfile({ body: { ref } }))),
    close() {},
  };
}

/** A profile document as a file has it, or why it is none. Only JSON: that is what is exported. */
export function readDocument(text: string): { document: ProfileDocument } | { error: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { document: { ...value } };
    return { error: 'The file holds no profile: a JSON object is needed.' };
  } catch {
    return { error: 'The file is not JSON. Export a profile with a name that ends in .json.' };
  }
}

export interface GatewayState {
  readonly detail: Load<GatewayDetail>;
  readonly output: ReadonlySignal<readonly string[]>;
  readonly act: Act;
  readonly stopping: Act;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  switchOwnTools(on: boolean): Promise<void>;
  close(): void;
}

/** The gateway of one profile with its output. */
export function createGatewayState({ api, live }: Pick<App, 'api' | 'live'>, profile: string): GatewayState {
  const params = { params: { profile } };
  const detail = createLoad(abort => api.getGateway(params, { signal: abort }));
  const output = signal<readonly string[]>([]);
  const [act, stopping] = [createAct(), createAct()];
  const read = async () => {
    await detail.reload();
    if (detail.value.value) output.value = detail.value.value.output;
  };
  void read();
  const stopListening = live.onEvent(event => {
    if (event.type === 'reset') void read();
    else if (event.type === 'gateway.changed' && event.gateway.profile === profile) {
      const before = detail.value.value;
      if (!before || detail.loading.value) void read();
      else detail.set({ ...before, ...event.gateway });
    } else if (event.type === 'gateway.output' && event.profile === profile)
      output.value = [...output.value, ...event.lines].slice(-limits.outputLines);
  });
  const change = (running: Act, name: string, said: string, ask: () => Promise<unknown>) =>
    running
      .run(name, async () => {
        await ask();
        announce(said);
      })
      .then(read);
  return {
    detail,
    output,
    act,
    stopping,
    start: () => change(act, 'start', 'The gateway runs.', () => api.startGateway(params)),
    restart: () => change(act, 'restart', 'The gateway runs again.', () => api.restartGateway(params)),
    async stop() {
      await change(stopping, 'stop', 'The gateway is stopped.', () => api.stopGateway(params));
      act.dismiss();
    },
    switchOwnTools: on =>
      change(act, 'own-tools', on ? 'Its own tools are on.' : 'Its own tools are off.', () =>
        api.updateGateway({ ...params, body: { ownTools: on } }),
      ),
    close() {
      stopListening();
      detail.close();
    },
  };
}
