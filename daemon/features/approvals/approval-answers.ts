// What callers and persons are told of approvals, and the rule that an "always" makes.
import { randomUUID } from 'node:crypto';
import type { Approval, ApprovalRule, ApprovalState } from '../../../shared/api/approvals.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { ToolCall } from '../../supervision/tool-call.ts';

export const stateWords: Record<ApprovalState, string> = {
  waiting: 'over its time',
  approved: 'approved',
  used: 'approved and used',
  denied: 'denied',
  expired: 'expired',
  withdrawn: 'withdrawn by its caller',
};

export const denied = ({ serverId, tool }: ToolCall, why: string): ProblemError =>
  problem('APPROVAL_001', {
    detail: `"${tool}" of "${serverId}" was not called. ${why}`,
    next: 'Somebody who may approve calls can see why: quayside approvals list.',
  });

export const withoutSession = ({ caller }: Approval): ProblemError =>
  problem('APPROVAL_003', {
    detail: `The calls of ${caller.name} stand alone: there is no session to allow the tool for.`,
    next: 'Approve this one call, or always.',
  });

export const alwaysRule = ({ serverId, tool, caller }: Approval, by: string): ApprovalRule => ({
  id: `always-${randomUUID().slice(0, 8)}`,
  when: { server: serverId, tool, caller: { id: caller.id } },
  verdict: 'allow',
  reason: `Allowed for good to ${caller.name} by ${by}.`.slice(0, 300),
});
