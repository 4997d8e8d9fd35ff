// One server as a child process: started in a group of its own, and ended with everything it has started.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { LaunchPlan } from '../engines/engine.ts';
import { type ChildMarker, findMarked, kill, killMarked, markerVariable } from './child-marker.ts';
import { findDescendants, identify, isStill, type ProcessIdentity } from './descendants.ts';
import type { Guardian } from './guardian.ts';

export type StdioPlan = Extract<LaunchPlan, { kind: 'stdio' }>;

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  pid: number;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** When the process itself has ended; what it started may still be there until `end()`. */
  exited: Promise<ChildExit>;
  /** Asks, then insists, then kills, the whole group and what left it. Resolves when nothing is left. */
  end(): Promise<void>;
}

export interface ChildOptions {
  marker: ChildMarker;
  guardian: Guardian;
  platform: NodeJS.Platform;
  /** Milliseconds after closing its input, and after SIGTERM. */
  patience: { afterClose: number; afterTerminate: number };
}

/** Starts a child. Rejects with the system's error if it cannot be started. */
export async function startChild(plan: StdioPlan, options: ChildOptions): Promise<Child> {
  const { marker, guardian, platform } = options;
  const mark = marker.next();
  const needsShell = platform === 'win32' && /\.(?:cmd|bat)$/i.test(plan.command);
  const [command, args] = needsShell ? windowsBatch(plan) : [plan.command, plan.args];
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command, args, {
    cwd: plan.workingDirectory,
    env: { ...plan.environment, [markerVariable]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: needsShell,
  });
  child.stdin.on('error', () => {});
  const exited = new Promise<ChildExit>(resolve => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A failed kill is reported here as well.
  child.on('error', () => {});
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) throw new Error('The process has no id.');
  guardian.add(pid);
  // Not waited for: what the child writes at once would be lost before anybody listens.
  const self = identify(pid);

  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await endTree({ pid, stdin, exited }, createRemains(self, `${markerVariable}=${mark}`), options);
    guardian.remove(pid);
    stdout.destroy();
    stderr.destroy();
  };
  return {
    pid,
    stdin,
    stdout,
    stderr,
    exited,
    end: () => {
      ending ??= end();
      return ending;
    },
  };
}

async function endTree(
  { pid, stdin, exited }: Pick<Child, 'pid' | 'stdin' | 'exited'>,
  remains: Remains,
  { platform, patience }: ChildOptions,
): Promise<void> {
  const gone = async (milliseconds: number) => await within(milliseconds, exited, () => !groupLives(pid, platform));
  await remains.note();
  stdin.end();
  if (await gone(patience.afterClose)) return await remains.kill();
  await remains.note();
  signalTree(pid, 'SIGTERM', platform);
  if (await gone(patience.afterTerminate)) return await remains.kill();
  await remains.note();
  signalTree(pid, 'SIGKILL', platform);
  await gone(1_000);
  await remains.kill();
}

export interface Remains {
  /** Looks for what it has started: once it has ended itself, nobody can tell any more what came from it. */
  note(): Promise<void>;
  /** Kills what was noted and is still there, and what carries the mark. */
  kill(): Promise<void>;
}

/** What has left the group of a child: it carries the child's mark, or descends from what does. */
export function createRemains(self: Promise<ProcessIdentity | undefined>, mark: string): Remains {
  const noted = new Map<string, ProcessIdentity>();
  return {
    async note() {
      const marked = await Promise.all((await findMarked(mark)).map(identify));
      const roots = [await self, ...marked].filter(one => one !== undefined);
      for (const one of await findDescendants(roots)) noted.set(`${one.pid} ${one.startedAt}`, one);
    },
    async kill() {
      for (const one of noted.values()) if (await isStill(one)) kill(one.pid, 'SIGKILL');
      await killMarked(mark);
    },
  };
}

/** True if the process has ended and the condition holds, within the time. */
async function within(milliseconds: number, exited: Promise<ChildExit>, isDone: () => boolean): Promise<boolean> {
  const until = Date.now() + milliseconds;
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });
  for (;;) {
    await Promise.race([hasExited ? undefined : exited, new Promise(resolve => setTimeout(resolve, 15))]);
    if (hasExited && isDone()) return true;
    if (Date.now() >= until) return false;
    if (hasExited) await new Promise(resolve => setTimeout(resolve, 15));
  }
}

const groupLives = (pid: number, platform: NodeJS.Platform): boolean => platform !== 'win32' && kill(-pid, 0);

function signalTree(pid: number, signal: NodeJS.Signals, platform: NodeJS.Platform): void {
  if (platform !== 'win32') kill(-pid, signal);
  // Windows has no signals and no groups; taskkill knows the tree.
  else
    spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => {});
}

/** A batch file can only be run by cmd.exe, whose special characters are refused rather than escaped by guesswork. */
function windowsBatch({ command, args, environment }: StdioPlan): [string, string[]] {
  if ([command, ...args].some(value => /["%!^&|<>\r\n]/.test(value)))
    throw new Error('a batch file cannot be given an argument with one of the characters " % ! ^ & | < >');
  const line = [command, ...args].map(value => `"${value}"`).join(' ');
  return [environment['ComSpec'] ?? environment['COMSPEC'] ?? 'cmd.exe', ['/d', '/s', '/c', `"${line}"`]];
}
