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
  rejectedDigest: string | null;
  /** Of a tool that nobody has approved: the approved one that it seems to be under another name. */
  formerName: string | null;
  /** The hints of the approved definition, for the rules of approvals. */
  annotations: Record<string, unknown> | undefined;
}

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
  tool.rejectedDigest !== null && tool.rejectedDigest === decisionDigest(tool);

/** Whether a person is still to be asked about it. */
export const isWaiting = (tool: ToolLock): boolean => stateOf(tool) !== 'approved' && !isRejected(tool);
