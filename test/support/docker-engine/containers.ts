// What the tests of containers share: a watch on a test's engine, containers of clients, and stand-ins for gateways.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  ContainerOwnership,
  ContainerWatch,
  OwnershipRecords,
} from '../../../daemon/engines/docker/api/container-control.ts';
import { createContainerWatch } from '../../../daemon/engines/docker/api/containers.ts';
import { createEngineApi, type EngineApi } from '../../../daemon/engines/docker/api/engine-api.ts';
import { until } from '../in-process-daemon.ts';
import { endWithUs, signal, stopProcessGroup } from '../processes.ts';
import type { TestEngine } from './engine.ts';
import { busyboxImage } from './images.ts';

export const apiOf = (engine: TestEngine): EngineApi =>
  createEngineApi({ environment: engine.environment, home: engine.folder });

export interface TestWatch extends AsyncDisposable {
  api: EngineApi;
  watch: ContainerWatch;
}

/** A watch that has its first list. */
export async function watchOf(engine: TestEngine): Promise<TestWatch> {
  const api = apiOf(engine);
  const watch = createContainerWatch({ api, firstPause: 50, longestPause: 200 });
  await watch.settled();
  return { api, watch, [Symbol.asyncDispose]: () => watch.close() };
}

export const serverLabels = (server: string): string[] =>
  ['docker-mcp=true', `docker-mcp-name=${server}`, 'docker-mcp-transport=stdio'].flatMap(label => ['--label', label]);

/** A container as a client of docker mcp starts it; answers its id. `--init`, so that it ends when it is asked to. */
export async function runServer(engine: TestEngine, server: string, command: string[] = [], more: string[] = []) {
  const output = await engine.cli(
    'run',
    '--detach',
    '--init',
    ...serverLabels(server),
    ...more,
    busyboxImage,
    ...command,
  );
  return output.trim();
}

export interface StandInGateway extends AsyncDisposable {
  pid: number;
  child: ChildProcess;
  /** Ends the gateway alone and at once: what it has started lives on. */
  kill(): Promise<void>;
}

const script = fileURLToPath(new URL('./gateway-stand-in.mjs', import.meta.url));

/** A process that runs containers as a gateway does. */
export function startStandInGateway(engine: TestEngine, server: string, options: string[] = []): StandInGateway {
  const child = endWithUs(
    spawn(process.execPath, [script, busyboxImage, server, ...options], {
      env: engine.environment,
      stdio: ['ignore', 'ignore', 'ignore'],
      detached: true,
    }),
  );
  const { pid = 0 } = child;
  return {
    pid,
    child,
    async kill() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
    // With the clients that hold its containers: the containers themselves live on.
    async [Symbol.asyncDispose]() {
      signal(-pid, 'SIGKILL');
      await stopProcessGroup(child, 100);
    },
  };
}

/** Containers of that server which run, once there are so many. */
export const untilRunning = (watch: ContainerWatch, server: string, count = 1) =>
  until(() => {
    const found = watch.list().filter(each => each.serverName === server && each.state === 'running');
    return found.length === count ? found : undefined;
  }, `${count} running containers of ${server}`);

/** Records in memory; a new daemon is one with the same records. */
export function createMemoryRecords(): OwnershipRecords {
  const rows = new Map<string, ContainerOwnership>();
  return {
    all: () => [...rows.values()],
    save: row => rows.set(row.containerId, row),
    remove: id => rows.delete(id),
  };
}
