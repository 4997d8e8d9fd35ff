// What happens to a lock: its first list, a later list that differs, a decision. Each is written down before it returns.
import type { WireTool } from '../../supervision/session.ts';
import type { LockRecords } from './lock-records.ts';
import { isWaiting, stateOf, type ToolLock } from './locked-tool.ts';
import { type Lock, type LockRepository, toAnnotations } from './locks.repository.ts';
import { areFactsApproved } from './present-lock.ts';
import { findRenames } from './renames.ts';
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
    for (const tool of kept)
      Object.assign(tool, { approvedDigest: tool.seenDigest, approvedAt: at, approvedBy: by, ...undecided });
    for (const name of gone) lock.tools.delete(name);
    if (facts) Object.assign(lock, { approved: lock.now, rejectedFacts: null });
    Object.assign(lock, { approvedAt: at, approvedBy: by });
    repository.inOneStep(() => {
      repository.save(lock, kept);
      repository.approve(
        lock.serverId,
        kept.map(({ name }) => name),
      );
      repository.removeTools(lock.serverId, gone);
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
      Object.assign(next, { seenDigest: digest, seenAt: at });
      lock.tools.set(name, next);
      return [next];
    });
    const removed = [...lock.tools.values()].filter(
      tool => tool.seenDigest !== null && !list.has(tool.name) && !isHidden(lock.serverId, tool.name),
    );
    for (const tool of removed) Object.assign(tool, { seenDigest: null, seenAt: at });
    // What nobody has approved and nobody offers any more is nothing.
    const forgotten = removed.filter(tool => tool.approvedDigest === null);
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

  const settleByMode = (lock: Lock, by = `mode ${lock.mode}`): void => {
    if (lock.mode === 'ask') return;
    const isSettled = (tool: ToolLock) =>
      lock.mode === 'off' ? stateOf(tool) !== 'approved' : stateOf(tool) === 'added' && isWaiting(tool);
    const chosen = [...lock.tools.values()].filter(isSettled);
    const facts = lock.mode === 'off' && !areFactsApproved(lock);
    if (chosen.length === 0 && !facts) return;
    const record = records.decided({ verdict: 'approved', lock, tools: chosen, facts, by, requestId: null });
    settle(lock, chosen, facts, by);
    record();
  };

  return { trustFirst, takeOver, settle, settleByMode };
}

const undecided = { rejectedDigest: null, formerName: null };

const newTool = (name: string, digest: string, at: string): ToolLock => ({
  ...{ name, seenDigest: digest, seenAt: at, approvedDigest: null, approvedAt: null, approvedBy: null },
  ...undecided,
  annotations: undefined,
});

const definitionsOf = (list: Map<string, SeenTool>): Map<string, WireTool> =>
  new Map([...list].map(([name, { definition }]) => [name, definition]));
