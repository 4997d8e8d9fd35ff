// The processes that a process has started, and those that these have started, as Linux shows them. A process that gives
// up its group and its environment is still found here while its parent lives.
import { readdir, readFile } from 'node:fs/promises';

/** A process for good: its id may come to belong to another one, its id and start may not. */
export interface ProcessIdentity {
  pid: number;
  /** In the kernel's own unit, since the machine was started. */
  startedAt: string;
}

interface Entry extends ProcessIdentity {
  parent: number;
}

/** Undefined if it is not there, or the platform does not tell. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const entry = await readEntry(pid);
  return entry && { pid, startedAt: entry.startedAt };
}

/** True if this very process is still there. */
export const isStill = async ({ pid, startedAt }: ProcessIdentity): Promise<boolean> =>
  (await readEntry(pid))?.startedAt === startedAt;

/** What descends from any of the roots, without them. Empty on other systems than Linux. */
export async function findDescendants(roots: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  if (roots.length === 0) return [];
  const names = await readdir('/proc').catch(() => []);
  const read = await Promise.all(names.filter(name => /^\d+$/.test(name)).map(name => readEntry(Number(name))));
  const entries = read.filter(entry => entry !== undefined);
  const alive = new Map(entries.map(entry => [entry.pid, entry]));
  const found = new Map<number, ProcessIdentity>();
  let parents = new Set(
    roots.filter(({ pid, startedAt }) => alive.get(pid)?.startedAt === startedAt).map(at => at.pid),
  );
  while (parents.size > 0) {
    const children = entries.filter(({ pid, parent }) => parents.has(parent) && !found.has(pid));
    for (const { pid, startedAt } of children) found.set(pid, { pid, startedAt });
    parents = new Set(children.map(({ pid }) => pid));
  }
  for (const { pid } of roots) found.delete(pid);
  return [...found.values()];
}

async function readEntry(pid: number): Promise<Entry | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name is in brackets and may hold anything, brackets as well. What follows has fixed places.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, startedAt] = [fields[1], fields[19]];
  return parent === undefined || startedAt === undefined ? undefined : { pid, parent: Number(parent), startedAt };
}
