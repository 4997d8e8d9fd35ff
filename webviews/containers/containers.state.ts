// Containers of MCP servers with what they use, and sweeping up those that were left behind.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Container, Sweep } from '../../shared/api/containers.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { countOf } from '../kit/format.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface ContainersState {
  readonly containers: Load<Container[]>;
  readonly act: Act;
  /** What a sweep would do, or has done. */
  readonly sweep: ReadonlySignal<Sweep | undefined>;
  stop(container: Container): Promise<void>;
  previewSweep(): Promise<void>;
  runSweep(): Promise<void>;
  forgetSweep(): void;
  close(): void;
}

/** @param serverId Only those of one server. */
export function createContainersState({ api, live }: Pick<App, 'api' | 'live'>, serverId?: string): ContainersState {
  const containers = createLoad(async abort =>
    sorted(
      await readAllPages(query =>
        api.listContainers({ query: { ...query, ...(serverId ? { server_id: serverId } : {}) } }, { signal: abort }),
      ),
    ),
  );
  const act = createAct();
  const sweep = signal<Sweep | undefined>(undefined);
  void containers.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'containers.changed') void containers.reload();
  });
  return {
    containers,
    act,
    sweep,
    async stop({ id, server }) {
      await act.run(`stop ${id}`, async () => {
        await api.stopContainer({ params: { id } });
        announce(`The container of ${server} is stopped.`);
        void containers.reload();
      });
    },
    async previewSweep() {
      sweep.value = undefined;
      sweep.value = await act.run('sweep', () => api.sweepContainers({ body: { dryRun: true } }));
    },
    async runSweep() {
      const done = await act.run('sweep', () => api.sweepContainers({ body: { dryRun: false } }));
      if (!done) return;
      sweep.value = done;
      announce(`${countOf(done.removed.length, 'container')} removed.`);
      void containers.reload();
    },
    forgetSweep() {
      sweep.value = undefined;
    },
    close() {
      stopListening();
      containers.close();
    },
  };
}

const order = { orphan: 0, own: 1, other: 2 } as const;

/** What was left behind first, then ours, then those of others; by server within. */
const sorted = (containers: Container[]): Container[] =>
  containers.sort((a, b) => order[a.owner] - order[b.owner] || (a.server < b.server ? -1 : 1));
