// Runs the bundled daemon as its users do: dist/daemon.mjs as a process of its own, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fetchCarrier, socketCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import { type ReadyDaemon, ReadyLine } from '../../shared/api/ready-line.ts';
import { daemonRuntimeEnvironment, daemonRuntimeFlags } from '../../shared/domain/daemon-runtime.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { endWithUs, stopProcessGroup } from './processes.ts';

const root = join(import.meta.dirname, '..', '..');
export const daemonFile = join(root, 'dist', 'daemon.mjs');
export const commandFile = join(root, 'dist', 'cli.mjs');

export interface RunningDaemon extends AsyncDisposable {
  readonly home: string;
  readonly pid: number;
  readonly url: string;
  readonly socket: string;
  readonly token: string;
  /** Speaks over the socket, as the extension does. */
  readonly api: ApiClient;
  /** Speaks over HTTP with the bearer token, as a headless client does. */
  readonly webApi: ApiClient;
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  home: string;
  port?: string;
  environment?: Record<string, string>;
  arguments?: string[];
}

const startMilliseconds = 20_000;

/** Starts a daemon and waits until it says that it is ready. */
export async function startDaemon({
  home,
  port = '0',
  environment = {},
  arguments: more = [],
}: DaemonOptions): Promise<RunningDaemon> {
  const child = endWithUs(
    spawn(process.execPath, [...daemonRuntimeFlags, daemonFile, '--home', home, '--port', port, ...more], {
      env: { ...daemonRuntimeEnvironment, ...process.env, QUAYSIDE_HOME: home, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
  const stop = () => stopProcessGroup(child);
  try {
    const ready = await readReadyLine(child);
    const { token } = Discovery.parse(JSON.parse(await readFile(join(home, 'daemon.json'), 'utf8')));
    const url = ready.url?.replace(/\/$/, '') ?? '';
    const endpoint = async () => ({ socketPath: ready.socket, token });
    return {
      home,
      pid: ready.pid,
      url,
      socket: ready.socket,
      token,
      api: createApiClient(socketCarrier({ request, endpoint })),
      webApi: createApiClient(fetchCarrier({ fetch, baseUrl: url, token })),
      kill: () => killAndWait(child),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  // The daemon alone: what becomes of its children is what the caller looks at.
  child.kill('SIGKILL');
  await ended;
}

function readReadyLine(child: ChildProcess): Promise<ReadyDaemon> {
  return new Promise((resolve, reject) => {
    let errors = '';
    const fail = (what: string) => reject(new Error(`The daemon ${what}. ${errors.slice(-2_000)}`));
    const timer = setTimeout(() => fail(`was not ready after ${startMilliseconds} ms`), startMilliseconds);
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      errors = (errors + piece).slice(-20_000);
    });
    child.once('error', error => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal} before it was ready`));
    if (!child.stdout) return fail('has no output');
    createInterface({ input: child.stdout }).once('line', line => {
      clearTimeout(timer);
      const parsed = ReadyLine.safeParse(tryJson(line));
      if (!parsed.success) return fail(`said "${line.slice(0, 200)}" instead of being ready`);
      if (!parsed.data.ready) return fail(`refused to start: ${parsed.data.problem.detail}`);
      resolve(parsed.data);
    });
  });
}

const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Waits until an operation has ended; rejects after `milliseconds`. */
export async function waitForOperation(api: ApiClient, id: string, milliseconds = 120_000): Promise<Operation> {
  const limit = Date.now() + milliseconds;
  for (;;) {
    const operation = await api.getOperation({ params: { id } });
    if (hasEnded(operation)) return operation;
    if (Date.now() > limit)
      throw new Error(`"${operation.title}" is still at "${operation.step}" after ${milliseconds} ms.`);
    await pause(100);
  }
}
