// What one tool is, compared with what was approved. All rules of the lock that need no storage stand here.
import type { LockedToolState } from '../../../shared/api/locks.ts';

export interface ToolLock {
  name: string;
  /** null: this name was never approved. */
  approvedDigest: string | null;
  approvedAt: string | null;
  approvedBy: string | null;
  /** null: the server does not offer it now. */
  seenDigest: string | null;
  seenAt: string | null;
  /** Definitions that a person has refused, whether the server offers them now or not. */
  rejected: readonly string[];
  /** Of a tool that nobody has approved: the approved one that it seems to be under another name. */
  formerName: string | null;
  /** The hints of the approved definition, for the rules of approvals. */
  annotations: Record<string, unknown> | undefined;
}

/** Of more, the oldest are forgotten: each of them was a person's decision. */
const mostRejected = 20;

/** Neither offered nor approved: all that is left of it is what was refused. Nobody is shown it. */
export const isAbsent = ({ approvedDigest, seenDigest }: ToolLock): boolean =>
  approvedDigest === null && seenDigest === null;

export function stateOf({ approvedDigest, seenDigest, formerName }: ToolLock): LockedToolState {
  if (seenDigest === null) return 'removed';
  if (approvedDigest === null) return formerName === null ? 'added' : 'renamed';
  return approvedDigest === seenDigest ? 'approved' : 'changed';
}

/** Neither listed nor callable: what the server offers now and nobody has approved. */
export const isHeldBack = ({ approvedDigest, seenDigest }: ToolLock): boolean =>
  seenDigest !== null && approvedDigest !== seenDigest;

/** What a decision on the tool is bound to. */
export const decisionDigest = ({ approvedDigest, seenDigest }: ToolLock): string => seenDigest ?? approvedDigest ?? '';

export const isRejected = (tool: ToolLock): boolean =>
  stateOf(tool) !== 'approved' && tool.rejected.includes(decisionDigest(tool));

export const rejectionsWith = (tool: ToolLock, digest: string): string[] =>
  [...rejectionsWithout(tool, digest), digest].slice(-mostRejected);

export const rejectionsWithout = ({ rejected }: ToolLock, digest: string | null): string[] =>
  rejected.filter(each => each !== digest);

/** Whether a person is still to be asked about it. */
export const isWaiting = (tool: ToolLock): boolean =>
  !isAbsent(tool) && stateOf(tool) !== 'approved' && !isRejected(tool);
