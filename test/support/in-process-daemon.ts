// A daemon composed in this process, reached through app.request: real database, real supervisor, engine by choice.
import { pino } from 'pino';
import { compose, type Daemon } from '../../daemon/compose.ts';
import type { Bitwarden } from '../../daemon/engines/bitwarden-account.ts';
import type { DockerEngine } from '../../daemon/engines/docker-engine.ts';
import type { Engine } from '../../daemon/engines/engine.ts';
import type { Clock } from '../../daemon/platform/clock.ts';
import type { Heap } from '../../daemon/platform/memory-release.ts';
import { createSupervisor } from '../../daemon/supervision/create-supervisor.ts';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import { createFakeEngine } from './fake-engine.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** The port that requests seem to come in at. */
const testPort = 8083;
export const testUrl = `http://127.0.0.1:${testPort}`;

export interface InProcessDaemon extends AsyncDisposable {
  daemon: Daemon;
  home: string;
  /** The typed client with the owner's token. */
  api: ApiClient;
  /** One raw request at the port; without headers it has only its Host. */
  request(path: string, init?: RequestInit): Promise<Response>;
  asOwner: Record<string, string>;
  stopReasons: string[];
  /** Ends it and starts another one on the same state folder. */
  restart(): Promise<void>;
}

export interface InProcessOptions {
  engine?: Engine;
  /** Default: there is no Docker. */
  docker?: DockerEngine;
  /** Default: it is switched off. */
  bitwarden?: Bitwarden;
  clock?: Clock;
  idleExitSeconds?: number;
  /** Default: memory is left to the runtime. */
  heap?: Heap;
}

export async function startInProcessDaemon(options: InProcessOptions = {}): Promise<InProcessDaemon> {
  const folder = await createTemporaryFolder('daemon');
  const home = folder.path;
  const engine = options.engine ?? createFakeEngine();
  const stopReasons: string[] = [];
  const start = (): Daemon => {
    const daemon = compose(
      {
        home,
        socket: `${home}/daemon.sock`,
        port: testPort,
        portFallback: false,
        idleExitSeconds: options.idleExitSeconds ?? null,
        logFile: `${home}/daemon.log`,
        logToOutput: false,
      },
      {
        engine,
        ...(options.docker ? { docker: () => options.docker as DockerEngine } : {}),
        ...(options.bitwarden ? { bitwarden: options.bitwarden } : {}),
        logger: pino({ enabled: false }),
        // What they are made of is tested by itself; here they only take time.
        unlinkedPauseMs: 0,
        passwordCosts: { memoryKiB: 1_024, iterations: 1, parallelism: 1 },
        createSupervisor: events => createSupervisor({ stateFolder: home, version: '0.0.0', events }),
        ...(options.clock ? { clock: options.clock } : {}),
        ...(options.heap ? { heap: options.heap } : {}),
      },
      { onStop: reason => stopReasons.push(reason), onTokenChanged: () => {} },
    );
    daemon.reachedAt({ url: testUrl, port: testPort }, []);
    return daemon;
  };

  let daemon = start();
  const request = async (path: string, init: RequestInit = {}) => {
    const headers = { host: `127.0.0.1:${testPort}`, ...(init.headers as Record<string, string> | undefined) };
    const incoming = { socket: { localPort: testPort } };
    return daemon.app.request(path, { ...init, headers }, { incoming });
  };
  return {
    get daemon() {
      return daemon;
    },
    home,
    get api() {
      return createApiClient(fetchCarrier({ fetch: abortable(request) as never, baseUrl: '', token: daemon.token }));
    },
    get asOwner() {
      return { authorization: `Bearer ${daemon.token}` };
    },
    request,
    stopReasons,
    async restart() {
      await daemon.close('a test');
      daemon = start();
      await daemon.prepare();
      await daemon.restore();
    },
    async [Symbol.asyncDispose]() {
      await daemon.close('the end of a test');
      await folder.remove();
    },
  };
}

/** As fetch does: a call that is aborted rejects, whatever the other side still answers. */
const abortable =
  (request: InProcessDaemon['request']) =>
  async (path: string, init: RequestInit): Promise<Response> => {
    const response = await request(path, init);
    if (init.method !== 'GET') init.signal?.throwIfAborted();
    return response;
  };

/** Resolves when the check holds; rejects after the time with the last thing that it said. */
export async function until<T>(
  check: () => T | Promise<T>,
  what = 'the condition',
  milliseconds = 10_000,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await check();
    if (value) return value as Exclude<T, false | null | undefined | 0 | ''>;
    if (Date.now() > end) throw new Error(`${what} did not come true within ${milliseconds} ms`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
