// One server: what it is, what it offers and wrote, and the acts of a person on it.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Prompt, Resource, ResourceTemplate } from '../../shared/api/contents.ts';
import type { ServerConfigurationChange } from '../../shared/api/server-configuration.ts';
import type { MCPServerDetail, TestResult } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { limits } from '../../shared/domain/limits.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createServerActs } from '../kit/server-acts.ts';

export interface ServerState {
  readonly server: Load<MCPServerDetail>;
  readonly tools: Load<Tool[]>;
  readonly resources: Load<Resource[]>;
  readonly templates: Load<ResourceTemplate[]>;
  readonly prompts: Load<Prompt[]>;
  readonly output: ReadonlySignal<readonly string[]>;
  readonly test: ReadonlySignal<TestResult | undefined>;
  /** True once the server was removed, here or elsewhere. */
  readonly removed: ReadonlySignal<boolean>;
  /** Start, restart, test and delete. */
  readonly act: Act;
  readonly stopping: Act;
  readonly saving: Act;
  readonly switching: Act;
  start(): void;
  stop(): void;
  restart(): void;
  runTest(): void;
  remove(): Promise<void>;
  save(change: ServerConfigurationChange): Promise<boolean>;
  switchTools(names: readonly string[], enabled: boolean): void;
  close(): void;
}

export function createServerState({ api, live }: App, id: string): ServerState {
  const params = { params: { id } };
  const server = createLoad(abort => api.getServer(params, { signal: abort }));
  const tools = createLoad(abort =>
    readAllPages(query => api.listServerTools({ ...params, query }, { signal: abort })),
  );
  const resources = createLoad(abort =>
    readAllPages(query => api.listResources({ ...params, query }, { signal: abort })),
  );
  const templates = createLoad(abort =>
    readAllPages(query => api.listResourceTemplates({ ...params, query }, { signal: abort })),
  );
  const prompts = createLoad(abort => readAllPages(query => api.listPrompts({ ...params, query }, { signal: abort })));
  const output = signal<readonly string[]>([]);
  const test = signal<TestResult | undefined>(undefined);
  const removed = signal(false);
  const acts = createServerActs(api, id);
  const { act } = acts;
  const saving = createAct();
  const switching = createAct();
  let switches: Promise<unknown> = Promise.resolve();

  const readServer = async () => {
    await server.reload();
    if (server.value.value) output.value = server.value.value.output;
    if (server.problem.value?.code === 'SERVER_001') removed.value = true;
  };
  const readOffers = () => {
    void tools.reload();
    if (server.value.value?.state !== 'running') return;
    void resources.reload();
    void templates.reload();
    void prompts.reload();
  };
  const readAll = async () => {
    void tools.reload();
    await readServer();
    readOffers();
  };
  void readAll();

  const stopListening = live.onEvent(event => {
    if (event.type === 'reset') void readAll();
    else if (event.type === 'server.changed' && event.server.id === id) {
      const before = server.value.value;
      if (!before || server.loading.value) void readServer();
      else server.set({ ...before, ...event.server });
      // The configuration is not part of the event, so another window's change of it is read.
      if (before && before.updatedAt !== event.server.updatedAt) void readServer();
      if (before?.state !== 'running' && event.server.state === 'running') readOffers();
    } else if (event.type === 'server.removed' && event.serverId === id) removed.value = true;
    else if (event.type === 'tools.changed' && event.serverId === id) {
      if (event.countedOnly) void tools.reload();
      else readOffers();
    } else if (event.type === 'server.output' && event.serverId === id)
      output.value = [...output.value, ...event.lines].slice(-limits.outputLines);
  });

  const afterwards = (ask: () => Promise<void>) => {
    test.value = undefined;
    void ask().then(readServer);
  };

  return {
    server,
    tools,
    resources,
    templates,
    prompts,
    output,
    test,
    removed,
    act,
    saving,
    switching,
    stopping: acts.stopping,
    start: () => afterwards(acts.start),
    stop: () => afterwards(acts.stop),
    restart: () => afterwards(acts.restart),
    runTest: () =>
      void act.run('test', async () => {
        test.value = undefined;
        test.value = await api.testServer(params);
        announce(test.value.ok ? 'The test passed.' : 'The test failed.');
      }),
    async remove() {
      await act.run('remove', async () => {
        await api.deleteServer(params);
        removed.value = true;
        announce(`${id} was removed.`);
      });
    },
    async save(change) {
      const saved = await saving.run('save', () => api.updateServer({ ...params, body: { configuration: change } }));
      if (saved) {
        server.set(saved);
        announce('Saved.');
      }
      return saved !== undefined;
    },
    switchTools(names, enabled) {
      // One after the other, so that quick clicks on several boxes are all heard.
      switches = switches.then(() =>
        switching.run(names.length === 1 ? (names[0] ?? '') : '*', async () => {
          for (const tool of names) {
            const after = await api.updateTool({ params: { id, tool }, body: { enabled } });
            tools.set((tools.value.value ?? []).map(old => (old.name === after.name ? after : old)));
          }
        }),
      );
    },
    close() {
      stopListening();
      for (const load of [server, tools, resources, prompts]) load.close();
    },
  };
}
