// Every child of ours carries a mark in its environment: of which state folder, of which run of the daemon, which child.
// With it the descendants of a server are found that left its process group, and those that an older daemon left behind.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export const markerVariable = 'QUAYSIDE_CHILD_OF';

export interface ChildMarker {
  /** The mark of all children of this run, as it stands in an environment. */
  readonly run: string;
  /** A new value of the variable, for one child. */
  next(): string;
}

/** Daemons with other state folders have other marks. */
export function createChildMarker(stateFolder: string): ChildMarker {
  const prefix = `${folderMark(stateFolder)}${randomBytes(6).toString('hex')}.`;
  let count = 0;
  return {
    run: `${markerVariable}=${prefix}`,
    next() {
      count += 1;
      return `${prefix}${count}.`;
    },
  };
}

const folderMark = (stateFolder: string): string =>
  `${createHash('sha256').update(resolve(stateFolder)).digest('hex').slice(0, 16)}.`;

/** The mark of every child of this state folder, of whichever run. */
export const markOfFolder = (stateFolder: string): string => `${markerVariable}=${folderMark(stateFolder)}`;

/**
 * Processes whose environment holds the text, but not the one in `spared`; this process is never among them. Empty where
 * the platform does not show environments, which is everywhere but on Linux.
 */
export async function findMarked(text: string, spared?: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async pid => ((await isMarked(pid, text, spared)) ? [pid] : [])));
  return found.flat();
}

async function isMarked(pid: number, text: string, spared: string | undefined): Promise<boolean> {
  if (pid === process.pid) return false;
  // Another user's process cannot be read, and one that has ended is empty.
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  const holds = (mark: string) => environment.startsWith(mark) || environment.includes(`\0${mark}`);
  return holds(text) && !(spared !== undefined && holds(spared));
}

/** Kills what `findMarked` finds until nothing is left, and answers how many that were: while some end, others may start. */
export async function killMarked(text: string, spared?: string): Promise<number> {
  const killed = new Set<number>();
  for (let round = 0; round < 5; round++) {
    let found = 0;
    for (const pid of await findMarked(text, spared)) {
      found += 1;
      killed.add(pid);
      kill(pid, 'SIGKILL');
    }
    if (found === 0) break;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return killed.size;
}

/** Sends a signal; false if there is nobody to get it. A negative id means a group. */
export function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
