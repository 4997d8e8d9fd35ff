// What happens to a lock: its first list, a later list that differs, a decision. Each is written down before it returns.
import type { WireTool } from '../../supervision/session.ts';
import type { LockRecords } from './lock-records.ts';
import { isAbsent, isWaiting, rejectionsWithout, stateOf, type ToolLock } from './locked-tool.ts';
import { type Lock, type LockRepository, toAnnotations } from './locks.repository.ts';
import { areFactsApproved } from './present-lock.ts';
import { findAlike, findRenames } from './renames.ts';
import type { SeenTool } from './seen-list.ts';

export interface LockChanges {
  trustFirst(lock: Lock, list: Map<string, SeenTool>): void;
  /**
   * Writes down what differs from the last list, and returns the tools of which it does; undefined: nothing does.
   * `facts`: source or instructions do.
   */
  takeOver(lock: Lock, list: Map<string, SeenTool>, facts: boolean): ToolLock[] | undefined;
  /** Makes what is there now what is approved: of these tools, and of source and instructions if asked for. */
  settle(lock: Lock, chosen: ToolLock[], facts: boolean, by: string): void;
  /** What the server's mode approves without a person. */
  settleByMode(lock: Lock, by?: string): void;
}

export interface LockChangesOptions {
  repository: LockRepository;
  records: LockRecords;
  addedBy(serverId: string): string | null;
  isHidden(serverId: string, tool: string): boolean;
  /** ISO 8601. */
  now(): string;
}

export function createLockChanges({ repository, records, addedBy, isHidden, now }: LockChangesOptions): LockChanges {
  const settle = (lock: Lock, chosen: ToolLock[], facts: boolean, by: string): void => {
    const at = now();
    const gone = chosen.flatMap(tool => {
      if (stateOf(tool) === 'removed') return [tool.name];
      const former = tool.formerName === null ? undefined : lock.tools.get(tool.formerName);
      return former?.seenDigest === null ? [former.name] : [];
    });
    const kept = chosen.filter(tool => stateOf(tool) !== 'removed');
    for (const tool of kept) {
      const rejected = rejectionsWithout(tool, tool.seenDigest);
      Object.assign(tool, {
        approvedDigest: tool.seenDigest,
        approvedAt: at,
        approvedBy: by,
        rejected,
        formerName: null,
      });
    }
    const refused = gone.flatMap(name => toAbsent(lock.tools.get(name)) ?? []);
    for (const name of gone) lock.tools.delete(name);
    for (const tool of refused) lock.tools.set(tool.name, tool);
    if (facts) Object.assign(lock, { approved: lock.now, rejectedFacts: null });
    Object.assign(lock, { approvedAt: at, approvedBy: by });
    repository.inOneStep(() => {
      repository.save(lock, kept);
      repository.approve(
        lock.serverId,
        kept.map(({ name }) => name),
      );
      const refusals = repository.definitions(lock.serverId);
      repository.removeTools(lock.serverId, gone);
      repository.save(lock, refused, lastSeen(refused, refusals));
    });
    const definitions = repository.definitions(lock.serverId);
    for (const tool of kept) tool.annotations = toAnnotations(definitions.get(tool.name)?.approved?.annotations);
  };

  const trustFirst = (lock: Lock, list: Map<string, SeenTool>): void => {
    const at = now();
    const adder = addedBy(lock.serverId);
    const by = adder === null ? 'the first list' : `${adder}, by adding the server`;
    for (const [name, { digest }] of list) lock.tools.set(name, newTool(name, digest, at));
    const chosen = [...lock.tools.values()];
    repository.inOneStep(() => {
      repository.save(lock, chosen, definitionsOf(list));
      settle(lock, chosen, true, by);
    });
    records.trusted(lock, by);
  };

  const takeOver = (lock: Lock, list: Map<string, SeenTool>, facts: boolean): ToolLock[] | undefined => {
    const at = now();
    const changed = [...list].flatMap(([name, { digest }]) => {
      const tool = lock.tools.get(name);
      if (tool?.seenDigest === digest) return [];
      const next = tool ?? newTool(name, digest, at);
      // That it was missing, which may have been rejected too, is over.
      const rejected = rejectionsWithout(next, next.approvedDigest);
      Object.assign(next, { seenDigest: digest, seenAt: at, rejected });
      lock.tools.set(name, next);
      return [next];
    });
    const removed = [...lock.tools.values()].filter(
      tool => tool.seenDigest !== null && !list.has(tool.name) && !isHidden(lock.serverId, tool.name),
    );
    for (const tool of removed) Object.assign(tool, { seenDigest: null, seenAt: at });
    // What nobody has approved or refused, and nobody offers any more, is nothing.
    const forgotten = [
      ...removed.filter(tool => tool.approvedDigest === null && tool.rejected.length === 0),
      ...tooMany([...lock.tools.values()].filter(isAbsent)),
    ];
    for (const { name } of forgotten) lock.tools.delete(name);
    const all = [...changed, ...removed.filter(tool => !forgotten.includes(tool))];
    if (all.length === 0 && forgotten.length === 0 && !facts) return undefined;
    lock.changedAt = at;
    repository.inOneStep(() => {
      repository.save(lock, all, definitionsOf(list));
      repository.removeTools(
        lock.serverId,
        forgotten.map(({ name }) => name),
      );
      repository.save(lock, nameRenamed(lock, list));
    });
    return all;
  };

  /** Which of the new names are old tools. Returns those for which the answer is another one than before. */
  const nameRenamed = (lock: Lock, list: Map<string, SeenTool>): ToolLock[] => {
    const all = [...lock.tools.values()];
    const unapproved = all.filter(tool => tool.approvedDigest === null);
    const missing = new Set(all.filter(tool => tool.seenDigest === null).map(({ name }) => name));
    const definitions = missing.size > 0 && unapproved.length > 0 ? repository.definitions(lock.serverId) : new Map();
    const renames = findRenames(
      unapproved.flatMap(({ name }) => list.get(name)?.definition ?? []),
      [...missing].flatMap(name => definitions.get(name)?.approved ?? []),
    );
    const corrected = unapproved.filter(tool => tool.formerName !== (renames.get(tool.name) ?? null));
    for (const tool of corrected) tool.formerName = renames.get(tool.name) ?? null;
    return corrected;
  };

  /** Without those that are a rejected tool under another name. */
  const unlikeRejected = (lock: Lock, added: ToolLock[]): ToolLock[] => {
    const refused = [...lock.tools.values()].filter(({ rejected }) => rejected.length > 0);
    if (added.length === 0 || refused.length === 0) return added;
    const definitions = repository.definitions(lock.serverId);
    const seenOf = (tools: ToolLock[]) => tools.flatMap(({ name }) => definitions.get(name)?.seen ?? []);
    const alike = findAlike(seenOf(added), seenOf(refused));
    return added.filter(({ name }) => !alike.has(name));
  };

  const settleByMode = (lock: Lock, by = `mode ${lock.mode}`): void => {
    if (lock.mode === 'ask') return;
    const all = [...lock.tools.values()];
    const chosen =
      lock.mode === 'off'
        ? all.filter(tool => !isAbsent(tool) && stateOf(tool) !== 'approved')
        : unlikeRejected(lock, all.filter(isPlainAddition));
    const facts = lock.mode === 'off' && !areFactsApproved(lock);
    if (chosen.length === 0 && !facts) return;
    const record = records.decided({ verdict: 'approved', lock, tools: chosen, facts, by, requestId: null });
    settle(lock, chosen, facts, by);
    record();
  };

  return { trustFirst, takeOver, settle, settleByMode };
}

/** One of whose name something was refused before is for a person to look at, whatever it is now. */
const isPlainAddition = (tool: ToolLock): boolean =>
  stateOf(tool) === 'added' && isWaiting(tool) && tool.rejected.length === 0;

/** Beyond this many names, those that have been missing longest are forgotten. */
const mostAbsent = 1_000;
const tooMany = (absent: ToolLock[]): ToolLock[] =>
  absent.toSorted((a, b) => ((a.seenAt ?? '') > (b.seenAt ?? '') ? -1 : 1)).slice(mostAbsent);

/** What is left of a tool whose removal was approved: what was refused of it before; undefined: nothing. */
function toAbsent(tool: ToolLock | undefined): ToolLock | undefined {
  const rejected = tool ? rejectionsWithout(tool, tool.approvedDigest) : [];
  if (!tool || rejected.length === 0) return undefined;
  return { ...newTool(tool.name, '', tool.seenAt ?? ''), seenDigest: null, rejected };
}

const newTool = (name: string, digest: string, at: string): ToolLock => ({
  ...{ name, seenDigest: digest, seenAt: at, approvedDigest: null, approvedAt: null, approvedBy: null },
  ...{ rejected: [], formerName: null },
  annotations: undefined,
});

const definitionsOf = (list: Map<string, SeenTool>): Map<string, WireTool> =>
  new Map([...list].map(([name, { definition }]) => [name, definition]));

const lastSeen = (
  tools: readonly ToolLock[],
  definitions: ReturnType<LockRepository['definitions']>,
): Map<string, WireTool> =>
  new Map(
    tools.flatMap(({ name }): [string, WireTool][] => {
      const seen = definitions.get(name)?.seen;
      return seen ? [[name, seen]] : [];
    }),
  );
