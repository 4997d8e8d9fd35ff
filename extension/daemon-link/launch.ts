// Starts the daemon as a process of its own that outlives the window, with the editor's own Node.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ProblemError, problem } from '../../shared/api/problem.ts';
import { ReadyLine } from '../../shared/api/ready-line.ts';
import { daemonRuntimeEnvironment, daemonRuntimeFlags } from '../../shared/domain/daemon-runtime.ts';
import type { DaemonPlace } from './place.ts';

export interface LaunchOptions {
  place: DaemonPlace;
  /** Path of daemon.mjs. */
  program: string;
  /** The program that runs it, and the version of Node it is. */
  runtime: { path: string; nodeVersion: string };
  port: number;
  /** null: it stays until it is stopped. */
  idleExitSeconds: number | null;
  readySeconds?: number;
}

/** The first Node that the database driver does not crash. */
const oldestNode = 22;

/**
 * Resolves when the daemon answers, or with its own reason why it does not.
 * Errors: DAEMON_002 if it says nothing, DAEMON_006 if the state folder cannot be made, DAEMON_007 for an old Node.
 */
export async function launchDaemon(options: LaunchOptions): Promise<ReadyLine> {
  const { place, runtime } = options;
  if (Number.parseInt(runtime.nodeVersion, 10) < oldestNode) throw tooOld(runtime.nodeVersion);
  const output = await openStartLog(place);
  try {
    return await spawnAndWait(options, output);
  } finally {
    await output.close();
  }
}

async function openStartLog(place: DaemonPlace): Promise<FileHandle> {
  try {
    await ensureFolder(place.home);
    // Not followed if it is a link: the folder may be one that somebody else can write to.
    const noFollow = constants.O_NOFOLLOW ?? 0;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow;
    return await open(place.startLogFile, flags, 0o600);
  } catch (cause) {
    throw problem('DAEMON_006', {
      detail: `The folder ${place.home} cannot be written.`,
      next: 'Make it writable, or choose another one in the setting "Quayside › Daemon: State Folder".',
      cause,
    });
  }
}

/** Level by level: Node's own recursive mkdir never ends where a folder that exists refuses new ones as missing (/proc). */
async function ensureFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o700 }).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
  try {
    await make();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing || dirname(path) === path) throw error;
    await ensureFolder(dirname(path));
    await make();
  }
}

function daemonArguments({ place, program, port, idleExitSeconds }: LaunchOptions): string[] {
  const idle = idleExitSeconds === null ? [] : ['--idle-exit', String(idleExitSeconds)];
  return [
    program,
    '--home',
    place.home,
    '--port',
    String(port),
    '--port-fallback',
    ...idle,
    '--log-file',
    place.logFile,
  ];
}

/** The window's own variables stay out: the daemon serves other windows too, and outlives this one. */
function daemonEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:VSCODE_|ELECTRON_|NODE_OPTIONS$|QUAYSIDE_HOME$)/.test(name),
  );
  return { ...daemonRuntimeEnvironment, ...Object.fromEntries(own), ELECTRON_RUN_AS_NODE: '1' };
}

function spawnAndWait(options: LaunchOptions, output: FileHandle): Promise<ReadyLine> {
  const { runtime, place, readySeconds = 30 } = options;
  const child = spawn(runtime.path, [...daemonRuntimeFlags, ...daemonArguments(options)], {
    cwd: place.home,
    detached: true,
    env: daemonEnvironment(),
    stdio: ['ignore', 'pipe', output.fd],
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.stdout?.destroy();
      child.on('error', () => {});
      child.unref();
      act();
    };
    const fail = (detail: string) =>
      settle(() => void describeFailure(place, detail, runtime.nodeVersion).then(reject, reject));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`It was not ready after ${readySeconds} seconds.`);
    }, readySeconds * 1000);
    child.stdout?.setEncoding('utf8');
    child.stdout?.on('data', (piece: string) => {
      text = (text + piece).slice(0, 65_536);
      const outcome = parseOutcome(text);
      if (outcome) settle(() => resolve(outcome));
    });
    child.on('error', error => fail(`${runtime.path} could not be run: ${error.message}.`));
    child.on('close', (code, signal) => fail(signal ? `It was ended by ${signal}.` : `It ended with code ${code}.`));
  });
}

/** The first whole line that is an outcome. Other lines are passed over. */
export function parseOutcome(text: string): ReadyLine | undefined {
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      const said = ReadyLine.safeParse(JSON.parse(line));
      if (said.success) return said.data;
    } catch {
      // Not ours.
    }
  }
  return undefined;
}

async function describeFailure(place: DaemonPlace, detail: string, nodeVersion: string): Promise<ProblemError> {
  const said = await readFile(place.startLogFile, 'utf8').catch(() => '');
  const lastLines = said.trim().split('\n').slice(-20).join('\n');
  return problem('DAEMON_002', {
    detail: `The daemon could not be started. ${detail}`,
    next: 'The log says more.',
    cause: new Error(`Node ${nodeVersion}\n${lastLines}`),
  });
}

const tooOld = (nodeVersion: string): ProblemError =>
  problem('DAEMON_007', {
    detail: `This editor runs Node ${nodeVersion}, and the daemon needs Node ${oldestNode} or newer.`,
    next: 'Update the editor: VS Code 1.101 and code-server 4.101 or newer have it.',
  });
