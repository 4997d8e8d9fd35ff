// Starts a daemon and waits for the one line in which it says that it is ready, or why not.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ProblemError, problem } from '../../../shared/api/problem.ts';
import { type ReadyDaemon, ReadyLine } from '../../../shared/api/ready-line.ts';
import { daemonRuntimeEnvironment, daemonRuntimeFlags } from '../../../shared/domain/daemon-runtime.ts';
import { type Installation, isComplete } from './installation.ts';
import { findRuntime } from './runtime.ts';

export interface LaunchOptions {
  installation: Installation;
  home: string;
  /** A number, or `none` for the socket only. */
  port: string;
  portFallback: boolean;
  /** The address that the port is opened on; undefined: this machine's own alone. */
  host?: string | undefined;
  /** Other machines may reach it. */
  expose?: boolean | undefined;
  /** null: it stays until it is stopped. */
  idleExitSeconds: number | null;
  /** `background`: it outlives this process. `foreground`: this process ends it. */
  life: 'background' | 'foreground';
  /** Aborted before the daemon is ready, it is ended. */
  signal: AbortSignal;
}

export interface LaunchedDaemon {
  child: ChildProcess;
  ready: ReadyDaemon;
}

const readyMilliseconds = 60_000;
const longestReadyLine = 1_048_576;

/** Errors: what the daemon says (DAEMON_004 to DAEMON_011), DAEMON_007, DAEMON_001 if it ends without a word. */
export async function launchDaemon(options: LaunchOptions): Promise<LaunchedDaemon> {
  const { installation, home, life, signal } = options;
  const runtime = findRuntime({
    installationRoot: installation.root,
    daemonEntry: installation.daemonEntry,
    execPath: process.execPath,
    nodeVersion: process.versions.node,
  });
  if (!isComplete(installation)) {
    throw problem('DAEMON_001', {
      detail: `The daemon's program is not there: ${installation.daemonEntry}.`,
      next: 'Build it with "npm start", or install Quayside again.',
    });
  }
  const errorFile = openErrorFile(home);
  // A group of its own: Ctrl-C in the terminal reaches this process alone, which then asks the daemon once.
  const child = spawn(runtime, [...daemonRuntimeFlags, installation.daemonEntry, ...daemonArguments(options)], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', errorFile?.descriptor ?? 'ignore'],
    env: {
      ...daemonRuntimeEnvironment,
      ...withoutNpm(process.env),
      ...(process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
    },
  });
  if (errorFile) closeSync(errorFile.descriptor);
  try {
    const ready = await waitUntilReady(child, errorFile?.path, signal);
    child.stdout?.destroy();
    if (life === 'background') child.unref();
    return { child, ready };
  } catch (error) {
    child.stdout?.destroy();
    child.unref();
    throw error;
  }
}

const daemonArguments = ({ home, port, portFallback, idleExitSeconds, host, expose }: LaunchOptions): string[] => [
  '--home',
  home,
  '--port',
  port,
  ...(portFallback ? ['--port-fallback'] : []),
  ...(host === undefined ? [] : [`--host=${host}`]),
  ...(expose ? ['--expose'] : []),
  ...(idleExitSeconds === null ? [] : ['--idle-exit', String(idleExitSeconds)]),
];

/** What npm sets for the script that it runs must not reach servers that are started hours later. */
export function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofScript =
    /^(?:npm_(?:lifecycle|package)_|npm_command$|npm_config_(?:local_prefix|ignore_scripts)$|INIT_CWD$)/i;
  const ofPath = /[\\/](?:node_modules[\\/]\.bin|node-gyp-bin)$/;
  const isByNpm = environment['npm_lifecycle_event'] !== undefined;
  const kept = Object.entries(environment).filter(([name]) => !ofScript.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (!isByNpm || name.toUpperCase() !== 'PATH') return [name, value];
      return [
        name,
        value
          ?.split(delimiter)
          .filter(place => !ofPath.test(place))
          .join(delimiter),
      ];
    }),
  );
}

/** Where the runtime itself may complain. Undefined if the folder cannot be written; the daemon then says so itself. */
function openErrorFile(home: string): { path: string; descriptor: number } | undefined {
  // The extension writes the same file when it is the one that starts the daemon.
  const path = join(home, 'daemon-start.log');
  // Not followed if it is a link: the folder may be one that somebody else can write to.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return { path, descriptor: openSync(path, flags, 0o600) };
  } catch {
    return undefined;
  }
}

function waitUntilReady(child: ChildProcess, errorFile: string | undefined, signal: AbortSignal): Promise<ReadyDaemon> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const fail = (detail: string) => {
      end();
      const next = 'Try again. The log is daemon.log in the state folder.';
      reject(problem('DAEMON_001', { detail: `${detail}${lastWords(errorFile)}`, next }));
    };
    const abort = () => {
      end();
      child.kill('SIGTERM');
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(`The daemon was not ready after ${readyMilliseconds / 1_000} seconds, so it was ended.`);
    }, readyMilliseconds);
    signal.addEventListener('abort', abort, { once: true });
    child.once('error', error => fail(`The daemon could not be started: ${error.message}.`));
    // Not "exit": the line may still be in the pipe then.
    child.once('close', (code, by) => fail(`The daemon ended before it was ready (${by ?? `exit code ${code}`}).`));
    if (child.stdout) {
      readFirstLine(child.stdout, line => {
        const parsed = parseReadyLine(line);
        if (!parsed) return fail('The daemon said something that is not understood.');
        end();
        if (parsed.ready) resolve(parsed);
        else reject(new ProblemError(parsed.problem));
      });
    }
  });
}

function readFirstLine(stream: Readable, onLine: (line: string) => void): void {
  let text = '';
  const onData = (piece: string) => {
    text += piece;
    const end = text.indexOf('\n');
    if (end < 0 && text.length < longestReadyLine) return;
    stream.off('data', onData);
    onLine(text.slice(0, end < 0 ? undefined : end));
  };
  stream.setEncoding('utf8');
  stream.on('data', onData);
}

function parseReadyLine(line: string): ReadyLine | undefined {
  try {
    const parsed = ReadyLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What the runtime said when it ended: its error rather than the stack around it. */
function lastWords(errorFile: string | undefined): string {
  try {
    const lines = errorFile ? readFileSync(errorFile, 'utf8').trim().split('\n') : [];
    const line = lines.find(each => /^\S*Error\b/.test(each)) ?? lines.at(-1) ?? '';
    return line === '' ? '' : ` It said: ${line.slice(0, 300)}`;
  } catch {
    return '';
  }
}
