// Finds what is left running, and ends what a test started. Linux only, like the suites that use it.
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunningProcess {
  pid: number;
  command: string;
}

const owned = new Set<number>();
let endsThem = false;

/** Ends the group of a detached child with this process, however this process ends; returns the child. */
export function endWithUs<T extends ChildProcess>(child: T): T {
  const { pid } = child;
  if (pid === undefined) return child;
  if (!endsThem) {
    endsThem = true;
    process.once('exit', () => {
      for (const group of owned) signal(-group, 'SIGKILL');
    });
  }
  owned.add(pid);
  return child;
}

const read = (act: () => string): string => {
  try {
    return act();
  } catch {
    return '';
  }
};

/** All processes but this one whose command line, environment or working folder names `folder`. */
export function findProcessesOf(folder: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(name => {
      const command = read(() => readFileSync(`/proc/${name}/cmdline`, 'utf8'))
        .replaceAll('\0', ' ')
        .trim();
      const environment = read(() => readFileSync(`/proc/${name}/environ`, 'utf8'));
      const place = read(() => readlinkSync(`/proc/${name}/cwd`));
      return { pid: Number(name), command, isOurs: `${command}\n${environment}\n${place}/`.includes(folder) };
    })
    .filter(({ command, isOurs }) => isOurs && command !== '')
    .map(({ pid, command }) => ({ pid, command }));
}

/** Waits until no process of `folder` is left; answers with those that stayed longer than `milliseconds`. */
export async function waitForNoProcessOf(folder: string, milliseconds = 10_000): Promise<RunningProcess[]> {
  const limit = Date.now() + milliseconds;
  let left = findProcessesOf(folder);
  while (left.length > 0 && Date.now() < limit) {
    await pause(100);
    left = findProcessesOf(folder);
  }
  return left;
}

/** Ends one process and all of its group: SIGTERM first, SIGKILL to what is still there after `milliseconds`. */
export async function stopProcessGroup(child: ChildProcess, milliseconds = 5_000): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    signal(pid, 'SIGTERM');
    await Promise.race([ended, pause(milliseconds, undefined, { ref: false })]);
  }
  const limit = Date.now() + milliseconds;
  while (signal(-pid, 0) && Date.now() < limit) await pause(100);
  signal(-pid, 'SIGKILL');
  owned.delete(pid);
}

/** Sends a signal; false if there is nobody to get it. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** The memory of a process in bytes: resident, and its proportional share without what other processes use too. */
export function readMemory(pid: number): { rss: number; pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  return { rss: bytes('Rss'), pss: bytes('Pss') };
}
