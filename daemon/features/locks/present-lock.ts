// A lock as the API shows it: counts for a list, and both texts of what differs for a person who decides.
import type { LockedTool, LockState, ServerLock, ServerLockDetail } from '../../../shared/api/locks.ts';
import { toVisibleText } from '../../../shared/domain/visible-text.ts';
import { digestOf, toCanonicalJson } from '../../platform/canonical.ts';
import type { WireTool } from '../../supervision/session.ts';
import { decisionDigest, isAbsent, isHeldBack, isRejected, isWaiting, stateOf, type ToolLock } from './locked-tool.ts';
import type { Lock, LockFacts } from './locks.repository.ts';

/** A longer text is cut: the digest still covers all of it. */
const mostCharacters = 262_144;

export const factsDigest = (facts: LockFacts): string => digestOf({ ...facts });
export const areFactsApproved = ({ approved, now }: Lock): boolean => factsDigest(approved) === factsDigest(now);
export const areFactsWaiting = (lock: Lock): boolean =>
  !areFactsApproved(lock) && lock.rejectedFacts !== factsDigest(lock.now);

/** Of everything as it is now. */
export const lockDigest = (lock: Lock): string =>
  digestOf({ ...lock.now, tools: Object.fromEntries(toolsOf(lock).map(tool => [tool.name, decisionDigest(tool)])) });

const toolsOf = ({ tools }: Lock): ToolLock[] => [...tools.values()].filter(tool => !isAbsent(tool));

export function stateOfLock(lock: Lock): LockState {
  if (lock.approvedAt === null) return 'never-listed';
  const isApproved = areFactsApproved(lock) && toolsOf(lock).every(tool => stateOf(tool) === 'approved');
  return isApproved ? 'approved' : 'changed';
}

export function presentLock(lock: Lock, title: string): ServerLock {
  const { serverId, mode, approvedAt, approvedBy, changedAt } = lock;
  const tools = toolsOf(lock);
  const isListed = approvedAt !== null;
  return {
    ...{ serverId, title, mode, approvedAt, approvedBy, changedAt },
    state: stateOfLock(lock),
    tools: tools.length,
    quarantined: tools.filter(isHeldBack).length,
    waiting: tools.filter(isWaiting).length + (isListed && areFactsWaiting(lock) ? 1 : 0),
  };
}

type Definitions = Map<string, { approved: WireTool | null; seen: WireTool | null }>;

export function presentDetail(lock: Lock, title: string, definitions: Definitions): ServerLockDetail {
  const { approved, now } = lock;
  return {
    ...presentLock(lock, title),
    digest: lock.approvedAt === null ? null : lockDigest(lock),
    source: compared(toText(approved.source), toText(now.source)),
    instructions: compared(
      toShown(approved.instructions),
      toShown(now.instructions),
      approved.instructions !== now.instructions,
    ),
    factsRejected: !areFactsApproved(lock) && !areFactsWaiting(lock),
    items: toolsOf(lock)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(tool => presentTool(tool, definitions)),
  };
}

const compared = (before: string | null, after: string | null, changed = before !== after) => ({
  changed,
  before,
  after,
});

function presentTool(tool: ToolLock, definitions: Definitions): LockedTool {
  const { name, formerName, approvedDigest, approvedAt, approvedBy, seenAt } = tool;
  const state = stateOf(tool);
  const isSame = state === 'approved';
  const approved = definitions.get(state === 'renamed' && formerName !== null ? formerName : name)?.approved ?? null;
  return {
    ...{ name, state, formerName, approvedDigest, approvedAt, approvedBy, seenAt },
    quarantined: isHeldBack(tool),
    rejected: isRejected(tool),
    digest: decisionDigest(tool),
    before: isSame ? null : toText(approved),
    after: isSame || state === 'removed' ? null : toText(definitions.get(name)?.seen ?? null),
  };
}

const toShown = (text: string | null): string | null => {
  if (text === null) return null;
  const cut =
    text.length > mostCharacters ? `${text.slice(0, mostCharacters)}\n… ${text.length} characters in all` : text;
  return toVisibleText(cut);
};

/** In the order of the canonical form, so that a mere reordering shows no difference. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const canonical = toCanonicalJson(value);
  const ordered = canonical.startsWith('not-canonical:') ? value : JSON.parse(canonical);
  return toShown(JSON.stringify(ordered, null, 2));
}
