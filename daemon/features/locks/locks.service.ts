import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { LockChoice, LockMode, ServerLock, ServerLockDetail } from '../../../shared/api/locks.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { ServerSource } from '../../../shared/api/servers.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { WireTool } from '../../supervision/session.ts';
import { createLockChanges } from './lock-changes.ts';
import { createLockRecords } from './lock-records.ts';
import { decisionDigest, isHeldBack, isWaiting, rejectionsWith, type ToolLock } from './locked-tool.ts';
import type { Lock, LockRepository } from './locks.repository.ts';
import {
  areFactsApproved,
  areFactsWaiting,
  factsDigest,
  lockDigest,
  presentDetail,
  presentLock,
  stateOfLock,
} from './present-lock.ts';
import { readList, type SeenTool } from './seen-list.ts';
import { toLockedSource } from './source.ts';

/** What else is known of a server when it has told its tools. */
export interface SeenFacts {
  source: ServerSource;
  instructions: string | null | undefined;
}

/** What the rest of the daemon needs of the lock. */
export interface LockGuard {
  /** Two look-ups. True: the tool is neither listed nor callable. */
  isQuarantined(serverId: string, tool: string): boolean;
  /**
   * The whole list as the server sent it, before any of it is offered. The first one after an install is trusted; of every
   * later one, what differs is in quarantine when this returns.
   */
  seen(serverId: string, tools: readonly WireTool[], facts: SeenFacts): void;
  /** The hints of a tool as they were approved; undefined: nothing is known, and the protocol's defaults hold. */
  annotations(serverId: string, tool: string): Record<string, unknown> | undefined;
  /** What models may be told of the server: null while its instructions differ from the approved ones; undefined: never listed. */
  instructions(serverId: string): string | null | undefined;
}

export interface LockService extends LockGuard {
  list(): ServerLock[];
  /** Errors: SERVER_001. */
  get(serverId: string): ServerLockDetail;
  /** Errors: SERVER_001, LOCK_001 if it was never listed, LOCK_002 if something is not as the person saw it. */
  approve(serverId: string, choice: LockChoice, by: string, requestId: string | null): ServerLockDetail;
  reject(serverId: string, choice: LockChoice, by: string, requestId: string | null): ServerLockDetail;
  setMode(serverId: string, mode: LockMode, by: string, requestId: string | null): ServerLockDetail;
  locks(): readonly Lock[];
}

export interface LockServiceOptions {
  repository: LockRepository;
  servers: { all(): { id: string; title: string }[] };
  /** Who added the server, as an audit row names them; null: nobody knows. */
  addedBy(serverId: string): string | null;
  /** The engine does not list the tool because a person has switched it off: that is no removal. */
  isHidden?(serverId: string, tool: string): boolean;
  clock: Clock;
  audit: AuditSink;
  publish(event: DaemonEvent): void;
  /** What is in quarantine is another set than before, or the approved hints are others. */
  onChanged(serverId: string): void;
}

export function createLockService(options: LockServiceOptions): LockService {
  const { repository, servers, addedBy, isHidden = () => false, clock, publish, onChanged } = options;
  const records = createLockRecords(options.audit, clock);
  const now = () => toTimestamp(clock.now());
  const { settle, settleByMode, takeOver, trustFirst } = createLockChanges({
    repository,
    records,
    addedBy,
    isHidden,
    now,
  });
  const locks = new Map(repository.all().map(lock => [lock.serverId, lock]));
  const heldBack = new Map<string, ReadonlySet<string>>();
  const recount = ({ serverId, tools }: Lock) =>
    heldBack.set(serverId, new Set([...tools.values()].filter(isHeldBack).map(({ name }) => name)));
  for (const lock of locks.values()) recount(lock);

  const serverOf = (serverId: string) => {
    const server = servers.all().find(({ id }) => id === serverId);
    if (!server) throw problem('SERVER_001', { detail: `There is no server called "${serverId}".` });
    return server;
  };
  /** A server that was removed and installed again is a new one, whatever is still in memory. */
  const lockOf = (serverId: string): Lock => {
    const known = locks.get(serverId);
    if (known && repository.isKnown(serverId)) return known;
    const lock = emptyLock(serverId);
    locks.set(serverId, lock);
    return lock;
  };
  const tell = (lock: Lock) => {
    recount(lock);
    const { state, waiting, quarantined } = presentLock(lock, lock.serverId);
    onChanged(lock.serverId);
    // Lists of tools show which of them are held back.
    publish({ type: 'tools.changed', serverId: lock.serverId });
    publish({ type: 'lock.changed', serverId: lock.serverId, state, waiting, quarantined });
  };
  /** What could not be written down has not happened: memory goes back to what is stored, or a change would pass unseen. */
  const orAsStored = (serverId: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const stored = repository.all().find(lock => lock.serverId === serverId) ?? emptyLock(serverId);
      locks.set(serverId, stored);
      recount(stored);
      onChanged(serverId);
      throw error;
    }
  };
  const detail = (serverId: string): ServerLockDetail => {
    const { title } = serverOf(serverId);
    const lock = locks.get(serverId) ?? emptyLock(serverId);
    return presentDetail(lock, title, repository.definitions(serverId));
  };

  const compare = (lock: Lock, list: Map<string, SeenTool>, facts: SeenFacts): void => {
    const before = stateOfLock(lock) === 'never-listed' ? undefined : factsDigest(lock.now);
    lock.now = { source: toLockedSource(facts.source), instructions: facts.instructions ?? null };
    if (before === undefined) {
      trustFirst(lock, list);
      tell(lock);
      return;
    }
    adoptDigest(lock);
    const isOther = factsDigest(lock.now) !== before;
    const changed = takeOver(lock, list, isOther);
    if (!changed) return;
    records.changed(lock, changed, isOther);
    settleByMode(lock);
    tell(lock);
  };

  const decide = (
    verdict: 'approved' | 'rejected',
    serverId: string,
    choice: LockChoice,
    by: string,
    requestId: string | null,
  ): ServerLockDetail => {
    serverOf(serverId);
    const lock = locks.get(serverId);
    if (!lock?.approvedAt) throw neverListed(serverId);
    const chosen = 'tools' in choice ? namedTools(lock, choice.tools) : allWaiting(lock, choice.digest);
    // Rejected ones have no name to be approved by: they are meant where there is nothing else that could be.
    const facts = !('tools' in choice) && !areFactsApproved(lock) && (areFactsWaiting(lock) || chosen.length === 0);
    const record = records.decided({ verdict, lock, tools: chosen, facts, by, requestId });
    orAsStored(serverId, () => {
      if (verdict === 'approved') return settle(lock, chosen, facts, by);
      for (const tool of chosen) tool.rejected = rejectionsWith(tool, decisionDigest(tool));
      if (facts) lock.rejectedFacts = factsDigest(lock.now);
      repository.inOneStep(() => repository.save(lock, chosen));
    });
    record();
    tell(lock);
    return detail(serverId);
  };

  return {
    isQuarantined: (serverId, tool) => heldBack.get(serverId)?.has(tool) ?? false,
    annotations: (serverId, tool) => locks.get(serverId)?.tools.get(tool)?.annotations,
    instructions(serverId) {
      const lock = locks.get(serverId);
      if (!lock?.approvedAt) return undefined;
      return lock.approved.instructions === lock.now.instructions ? lock.now.instructions : null;
    },
    seen(serverId, tools, facts) {
      const list = readList(tools);
      orAsStored(serverId, () => compare(lockOf(serverId), list, facts));
    },
    list: () => servers.all().map(({ id, title }) => presentLock(locks.get(id) ?? emptyLock(id), title)),
    get: detail,
    approve: (serverId, choice, by, requestId) => decide('approved', serverId, choice, by, requestId),
    reject: (serverId, choice, by, requestId) => decide('rejected', serverId, choice, by, requestId),
    setMode(serverId, mode, by, requestId) {
      serverOf(serverId);
      const lock = lockOf(serverId);
      orAsStored(serverId, () => {
        lock.mode = mode;
        repository.inOneStep(() => repository.save(lock, []));
        records.mode(lock, by, requestId);
        if (lock.approvedAt) settleByMode(lock, `${by}, by mode ${mode}`);
      });
      tell(lock);
      return detail(serverId);
    },
    locks() {
      const known = new Set(servers.all().map(({ id }) => id));
      return [...locks.values()].filter(({ serverId }) => known.has(serverId));
    },
  };
}

const emptyLock = (serverId: string): Lock => ({
  serverId,
  mode: 'ask',
  approved: { source: null, instructions: null },
  now: { source: null, instructions: null },
  approvedAt: null,
  approvedBy: null,
  rejectedFacts: null,
  changedAt: null,
  tools: new Map(),
});

/** An image that was not on this machine when it was approved gets its digest with the first pull: that is no change. */
function adoptDigest({ approved, now }: Lock): void {
  const isSame = approved.source?.['image'] !== undefined && approved.source['image'] === now.source?.['image'];
  if (isSame && approved.source?.['digest'] === null) approved.source = now.source;
}

function namedTools(lock: Lock, named: readonly { name: string; digest: string }[]): ToolLock[] {
  return named.map(({ name, digest }) => {
    const tool = lock.tools.get(name);
    if (!tool || decisionDigest(tool) !== digest) throw changedMeanwhile(`"${name}" of "${lock.serverId}"`);
    return tool;
  });
}

/** What was rejected is approved only by its name. */
function allWaiting(lock: Lock, digest: string): ToolLock[] {
  if (lockDigest(lock) !== digest) throw changedMeanwhile(`"${lock.serverId}"`);
  return [...lock.tools.values()].filter(isWaiting);
}

const changedMeanwhile = (what: string): ProblemError =>
  problem('LOCK_002', {
    detail: `${what} is not what you were shown any more.`,
    next: 'Look at the differences again, then decide.',
  });

const neverListed = (serverId: string): ProblemError =>
  problem('LOCK_001', {
    detail: `"${serverId}" has not shown its tools yet.`,
    next: 'Start it; its first list is what later ones are compared with.',
  });
