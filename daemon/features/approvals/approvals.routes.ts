import { problem } from '../../../shared/api/problem.ts';
import { describePrincipal, type Handlers, type RequestContext } from '../../http/context.ts';
import { decide } from '../../http/policy.ts';
import type { ApprovalService, Decider } from './approvals.service.ts';
import type { ToolHints } from './hints.ts';
import type { RulesService } from './rules.service.ts';

type ApprovalOperations =
  | 'listApprovals'
  | 'getApproval'
  | 'approveCall'
  | 'denyCall'
  | 'createGrant'
  | 'getApprovalRules'
  | 'replaceApprovalRules'
  | 'explainApproval';

interface ApprovalRoutesNeeds {
  approvals: ApprovalService;
  rules: RulesService;
  hintsOf(serverId: string, tool: string): ToolHints;
  serverExists(serverId: string): boolean;
  now(): number;
}

export function approvalHandlers(needs: ApprovalRoutesNeeds): Pick<Handlers, ApprovalOperations> {
  const { approvals, rules, hintsOf, serverExists, now } = needs;
  const decider = ({ principal, requestId }: RequestContext): Decider => ({
    ...{ principal, requestId },
    requireRules() {
      const decision = decide(principal, 'approvals:manage', { from: 'this-machine', now: now() });
      if (!decision.allowed)
        throw problem(decision.code, {
          detail: `Making a rule of it: ${decision.reason}`,
          next: 'Approve this one call, or ask somebody with the role admin.',
        });
    },
  });
  /** Of a server that the caller may not see there is nothing. */
  const findFor = (id: string, { maySee }: RequestContext) => {
    const approval = approvals.get(id);
    if (maySee(approval.serverId)) return approval;
    throw problem('APPROVAL_002', { detail: `There is no approval "${id}".` });
  };

  return {
    listApprovals({ query: { server_id, ...query } }, { principal, maySee }) {
      const mine = principal?.servers ?? undefined;
      const servers = server_id === undefined ? mine : [server_id].filter(maySee);
      return approvals.list({ ...query, servers });
    },
    async getApproval({ params, query }, context) {
      findFor(params.id, context);
      return await approvals.waitFor(params.id, query.wait, context.signal);
    },
    approveCall({ params, body }, context) {
      findFor(params.id, context);
      return approvals.approve(params.id, body.digest, body.remember, decider(context));
    },
    denyCall({ params, body }, context) {
      findFor(params.id, context);
      return approvals.deny(params.id, body.reason, decider(context));
    },
    createGrant({ body }, context) {
      if (!serverExists(body.serverId))
        throw problem('SERVER_001', { detail: `There is no server called "${body.serverId}".` });
      return approvals.grant(body, decider(context));
    },
    getApprovalRules: () => rules.get(),
    replaceApprovalRules: ({ body }, { principal }) => rules.replace(body, describePrincipal(principal)),
    explainApproval({ body: { tainted, ...call } }) {
      const question = { ...call, isTainted: () => tainted };
      return {
        ...rules.policy.decide(question),
        annotations: hintsOf(call.serverId, call.tool),
        trail: rules.policy.trail(question),
      };
    },
  };
}
