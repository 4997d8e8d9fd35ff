// Puts the slice together: the guard of calls, what tells it of results and changes, and the handlers.
import type { Database } from 'better-sqlite3';
import type { Caller, CallGuard, CallRecorder, CallRounds } from '../../supervision/tool-call.ts';
import { createApprovalRepository } from './approvals.repository.ts';
import { approvalHandlers } from './approvals.routes.ts';
import { type ApprovalServiceOptions, createApprovalService } from './approvals.service.ts';
import { toHints } from './hints.ts';
import { createRulesRepository } from './rules.repository.ts';
import { createRulesService } from './rules.service.ts';
import { createTaint } from './taint.ts';

export type ApprovalsOptions = Omit<ApprovalServiceOptions, 'repository' | 'rules' | 'taint' | 'hintsOf'> & {
  database: Database;
  /** What the server says of its tool, as it was approved; undefined: nothing is known. */
  annotations(serverId: string, tool: string): Record<string, unknown> | undefined;
  serverExists(serverId: string): boolean;
};

export interface Approvals extends CallGuard, CallRecorder {
  readonly rounds: CallRounds;
  handlers: ReturnType<typeof approvalHandlers>;
  /** A caller has read a resource or a prompt of a server. */
  read(serverId: string, caller: Pick<Caller, 'id' | 'sessionId'>): void;
  /** A server's tools, or what is said of them, are others. */
  toolsChanged(serverId: string): void;
  /** A caller's session is over. */
  left(callerId: string, sessionId: string): void;
  /** Ends the calls that wait. */
  close(): void;
}

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { database, annotations, serverExists, clock, publish } = options;
  const hintsOf = (serverId: string, tool: string) => toHints(annotations(serverId, tool));
  const taint = createTaint();
  const rules = createRulesService({ repository: createRulesRepository(database), hintsOf, clock, publish });
  const approvals = createApprovalService({
    ...options,
    repository: createApprovalRepository(database),
    ...{ rules, taint, hintsOf },
  });
  return {
    ...{ admit: approvals.admit, rounds: approvals.rounds },
    finished({ call: { serverId, tool, caller }, result, code }) {
      // The words of an error are the server's too.
      const hasAnswered = result !== undefined || code?.startsWith('rpc:') === true;
      if (hasAnswered && hintsOf(serverId, tool).openWorld) taint.taint(caller.id, caller.sessionId);
    },
    // Neither has hints, and where a tool has none it is of the open world.
    read: (_serverId, caller) => taint.taint(caller.id, caller.sessionId),
    toolsChanged: serverId => rules.policy.forget(serverId),
    left: approvals.left,
    close: approvals.close,
    handlers: approvalHandlers({ approvals, rules, hintsOf, serverExists, now: clock.now }),
  };
}
