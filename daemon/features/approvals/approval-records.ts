// What of approvals goes on record: who asked, who decided, what was used, and each attempt that was refused.
import type { ProblemCode } from '../../../shared/api/problem.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { visible } from '../../http/principal.ts';

export type ApprovalAct =
  | 'approvalAsked'
  | 'approvalGranted'
  | 'approvalDenied'
  | 'approvalExpired'
  | 'approvalWithdrawn'
  | 'approvalUsed'
  | 'approvalContinued'
  | 'approvalReplayRefused'
  | 'approvalRefused';

const denials: Partial<Record<ApprovalAct, ProblemCode>> = {
  approvalDenied: 'APPROVAL_001',
  approvalExpired: 'APPROVAL_001',
  approvalReplayRefused: 'APPROVAL_003',
  approvalRefused: 'APPROVAL_003',
};

export interface ApprovalSubject {
  serverId: string;
  tool: string;
  digest: string;
}

export type RecordAct = (
  act: ApprovalAct,
  by: string,
  subject: ApprovalSubject,
  detail?: { requestId?: string | null; why?: string },
) => void;

export const createApprovalRecords =
  (audit: AuditSink): RecordAct =>
  (act, by, { serverId, tool, digest }, { requestId = null, why = '' } = {}) => {
    const code = denials[act] ?? null;
    audit.record({
      principal: by,
      action: act,
      resource: visible(`${serverId}/${tool} ${digest}${why ? ` ${why}` : ''}`.slice(0, 500)),
      outcome: code === null ? 'allowed' : 'denied',
      code,
      requestId,
    });
  };
