// A watch on containers by hand: what is on the engine is what the test says.
import type {
  ContainerStats,
  ContainerWatch,
  ServerContainer,
  WatchState,
} from '../../daemon/engines/docker/api/container-control.ts';
import { noSuchContainer } from '../../daemon/engines/docker/api/container-logs.ts';
import { type Problem, ProblemError, toProblem } from '../../shared/api/problem.ts';

export interface FakeContainerWatch extends ContainerWatch {
  /** A container appears or changes. */
  put(container: Partial<ServerContainer> & { id: string }, stats?: Partial<ContainerStats>): ServerContainer;
  /** It goes by itself. */
  drop(id: string): void;
  setLogs(id: string, lines: string[]): void;
  /** The engine stops: undefined is DOCKER_003. What was there is there again afterwards. */
  lose(problem?: Problem): void;
  comeBack(): void;
  /** What was asked of it: "stop ID SIGTERM", "remove ID". */
  readonly calls: string[];
}

const noEngine = toProblem('DOCKER_003', { detail: 'Nothing answers as a Docker engine.', next: 'Start Docker.' });

export function createFakeContainerWatch(): FakeContainerWatch {
  const containers = new Map<string, ServerContainer>();
  const stats = new Map<string, ContainerStats>();
  const logs = new Map<string, string[]>();
  const listeners = new Set<() => void>();
  const calls: string[] = [];
  let state: WatchState = { kind: 'idle' };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const demand = () => {
    if (state.kind === 'lost') throw new ProblemError(state.problem);
  };

  return {
    calls,
    start() {
      if (state.kind === 'idle') state = { kind: 'connected' };
    },
    async settled() {
      this.start();
    },
    close: async () => listeners.clear(),
    state: () => state,
    list: () => (state.kind === 'lost' ? [] : [...containers.values()]),
    refresh: async () => demand(),
    stats: async () => new Map(state.kind === 'lost' ? [] : stats),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async logs(id, { tail = 200 } = {}) {
      demand();
      if (!containers.has(id)) throw noSuchContainer(id);
      return (logs.get(id) ?? []).slice(-tail);
    },
    async stop(id, signal = 'SIGTERM') {
      demand();
      calls.push(`stop ${id} ${signal}`);
      const container = containers.get(id);
      if (container) this.put({ ...container, state: 'exited' });
    },
    async remove(id) {
      demand();
      calls.push(`remove ${id}`);
      this.drop(id);
    },
    put(container, measured) {
      const whole: ServerContainer = { ...plain, ...containers.get(container.id), ...container };
      containers.set(whole.id, whole);
      if (measured) stats.set(whole.id, { ...noStats, ...measured });
      tell();
      return whole;
    },
    drop(id) {
      stats.delete(id);
      if (containers.delete(id)) tell();
    },
    setLogs: (id, lines) => void logs.set(id, lines),
    lose(problem = noEngine) {
      state = { kind: 'lost', problem };
      tell();
    },
    comeBack() {
      state = { kind: 'connected' };
      tell();
    },
  };
}

const plain: Omit<ServerContainer, 'id'> = {
  name: 'quiet_container',
  serverName: 'echo',
  image: 'lab/echo:1',
  imageId: `sha256:${'0'.repeat(64)}`,
  state: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:01.000Z',
  health: 'none',
  pid: 1_000,
  labels: { 'docker-mcp': 'true', 'docker-mcp-name': 'echo' },
  mark: null,
  command: [],
  volumes: [],
};

const noStats: ContainerStats = {
  cpuPercent: 0,
  memoryBytes: 0,
  memoryLimitBytes: null,
  networkReceivedBytes: 0,
  networkSentBytes: 0,
  processes: 1,
  at: '2026-01-01T00:00:02.000Z',
};
