import { randomUUID } from 'node:crypto';
import type { Approval, ApprovalState } from '../../../shared/api/approvals.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { describePrincipal, type Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { CallGuard, CallRounds, ToolCall } from '../../supervision/tool-call.ts';
import { alwaysRule, denied, stateWords, withoutSession } from './approval-answers.ts';
import { createApprovalRecords } from './approval-records.ts';
import type { ApprovalFilter, ApprovalRepository } from './approvals.repository.ts';
import { digestOfCall, markOfSession, toBound } from './call-digest.ts';
import { createCallRounds } from './call-rounds.ts';
import { createFollowers } from './followers.ts';
import type { ToolHints } from './hints.ts';
import type { PolicyDecision, Question } from './policy.ts';
import type { RulesService } from './rules.service.ts';
import { besidesOf } from './sent-besides.ts';
import { createSessionRules } from './session-rules.ts';
import { type ShownCall, showCall } from './shown-call.ts';
import type { Taint } from './taint.ts';
import { type After, createWaitingCalls, type WaitingEnd } from './waiting-calls.ts';

export interface Decider {
  principal: Principal | null;
  requestId: string;
  /** Whether this person may also make rules; throws why not. */
  requireRules(): void;
}

export interface GrantWish {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  besides: Record<string, unknown>;
  anyMeta: boolean;
  callerId: string;
  seconds: number;
}

export interface ApprovalService extends CallGuard {
  readonly rounds: CallRounds;
  list(query: PageQuery & ApprovalFilter): Page<Approval>;
  /** Errors: APPROVAL_002. */
  get(id: string): Approval;
  /** Waits so many seconds at most for a decision. Errors: APPROVAL_002. */
  waitFor(id: string, seconds: number, signal: AbortSignal): Promise<Approval>;
  /** Errors: APPROVAL_002, APPROVAL_003, ACCESS_002, APPROVAL_005 for a rule too many, and those of `requireRules`. */
  approve(id: string, digest: string, remember: 'session' | 'always' | undefined, by: Decider): Approval;
  /** Errors: APPROVAL_002, APPROVAL_003, ACCESS_002. */
  deny(id: string, reason: string, by: Decider): Approval;
  /** Errors: ACCESS_002, REQUEST_004 for arguments that nobody could read. */
  grant(wish: GrantWish, by: Decider): Approval;
  /** The caller's session is over: what was allowed for it is not any more. */
  left(callerId: string, sessionId: string): void;
  /** Ends what waits. */
  close(): void;
}

export interface ApprovalServiceOptions {
  repository: ApprovalRepository;
  rules: RulesService;
  taint: Taint;
  hintsOf(serverId: string, tool: string): ToolHints;
  /** By the definition lock. */
  isQuarantined(serverId: string, tool: string): boolean;
  /** Takes values of the vault out of a text. */
  hideValues(text: string): string;
  clock: Clock;
  audit: AuditSink;
  publish(event: DaemonEvent): void;
  after?: After | undefined;
}

export function createApprovalService(options: ApprovalServiceOptions): ApprovalService {
  const { repository, rules, taint, hintsOf, isQuarantined, hideValues, clock, publish, after } = options;
  const record = createApprovalRecords(options.audit);
  const waiting = createWaitingCalls(clock.now, after);
  const followers = createFollowers();
  const sessionRules = createSessionRules();
  const rounds = createCallRounds(clock.now, record);
  const at = (inSeconds = 0) => toTimestamp(clock.now() + inSeconds * 1_000);
  repository.withdrawWaiting(at());

  const tell = (id: string): Approval => {
    const approval = get(id);
    const { serverId, tool, state, expiresAt } = approval;
    publish({ type: 'approval.changed', approvalId: id, serverId, tool, state, expiresAt });
    followers.tell(id);
    return approval;
  };
  const get = (id: string): Approval => {
    expireGrants();
    const found = repository.find(id);
    if (found) return found;
    throw problem('APPROVAL_002', {
      detail: `There is no approval "${id}".`,
      next: 'List them: quayside approvals list.',
    });
  };
  const expireGrants = (): void => {
    for (const grant of repository.expireGrants(at())) {
      record('approvalExpired', grant.decidedBy ?? 'nobody', grant);
      followers.tell(grant.id);
    }
  };

  const toQuestion = (call: ToolCall): Question => ({
    ...{ serverId: call.serverId, tool: call.tool, arguments: call.arguments, caller: call.caller, via: call.via },
    isTainted: () => taint.isTainted(call.caller.id, call.caller.sessionId),
  });
  const draft = (digest: string, shown: ShownCall) => ({
    ...{ digest, ...shown, askedAt: at(), decidedAt: null, decidedBy: null, decision: null, usedBy: null },
  });

  const ask = async (call: ToolCall, decision: PolicyDecision): Promise<void> => {
    const bound = toBound(call);
    const subject = { serverId: call.serverId, tool: call.tool, digest: digestOfCall(bound) };
    const { name } = call.caller;
    const context = { requestId: call.requestId };
    const refuse = (why: string): ProblemError => {
      record('approvalDenied', name, subject, { ...context, why });
      return denied(call, why);
    };

    const continued = rounds.of(call);
    if (continued) {
      const why = `round ${continued.round} of ${continued.approvalId}`;
      record('approvalContinued', name, subject, { ...context, why });
      rounds.approved(call, continued);
      return;
    }
    expireGrants();
    const grantDigests = [false, true].map(anyMeta => digestOfCall({ ...bound, sessionId: null, anyMeta }));
    const grant = firstOf(grantDigests, digest => repository.takeGrant(digest, call.id, at()));
    if (grant) {
      record('approvalUsed', name, subject, { ...context, why: `grant ${grant.id}` });
      rounds.approved(call, { approvalId: grant.id, anyMeta: grant.digest !== grantDigests[0], round: 1 });
      tell(grant.id);
      return;
    }
    if (sessionRules.allows(call, decision.ruleId)) return;
    if (grantDigests.some(repository.hasSpentGrant)) record('approvalReplayRefused', name, subject, context);
    const shown = showCall(bound, hideValues);
    if (shown === undefined) throw refuse('What would be sent is too large to be shown to a person.');
    if (!waiting.hasRoom(call.caller.id)) throw refuse('Too many calls of this caller wait for a person already.');

    const { id, caller, serverId, tool, via } = call;
    const expiresAt = clock.now() + rules.askSeconds * 1_000;
    repository.add({
      ...{ id, kind: 'call', state: 'waiting', serverId, tool, via, ...draft(subject.digest, shown) },
      caller: { id: caller.id, kind: caller.kind, name: caller.name },
      session: markOfSession(caller),
      client: caller.client,
      annotations: hintsOf(serverId, tool),
      ruleId: decision.ruleId,
      reason: decision.reason,
      expiresAt: toTimestamp(expiresAt),
    });
    record('approvalAsked', name, subject, context);
    const end = waiting.wait(
      { id, callerId: caller.id, sessionId: caller.sessionId, digest: subject.digest, expiresAt },
      call.signal,
    );
    tell(id);
    finish(call, await end, subject.digest);
  };

  /** Lets the call pass, or throws why not. What has changed while it waited counts. */
  const finish = (call: ToolCall, end: WaitingEnd, digest: string): void => {
    const { id, caller, requestId } = call;
    const subject = { serverId: call.serverId, tool: call.tool, digest };
    const leave = (state: ApprovalState, by: string | null, decision: string | null) => {
      repository.decide(id, 'waiting', { state, at: at(), by, decision });
      tell(id);
    };
    switch (end.kind) {
      case 'expired': {
        const why = `Nobody answered within ${rules.askSeconds} seconds.`;
        leave('expired', null, why);
        record('approvalExpired', caller.name, subject, { requestId });
        throw denied(call, why);
      }
      case 'withdrawn':
        leave('withdrawn', null, 'The caller did not wait.');
        record('approvalWithdrawn', caller.name, subject, { requestId });
        throw problem('TOOL_006', { detail: `The call of "${call.tool}" was cancelled while it waited for a person.` });
      case 'denied':
        throw denied(call, end.why);
      case 'approved': {
        refuseQuarantined(call);
        // Not what was approved any more: the arguments were changed under our hands.
        if (digestOfCall(toBound(call)) !== digest) {
          record('approvalRefused', caller.name, subject, { requestId, why: 'the call is another one now' });
          throw problem('APPROVAL_003', { detail: 'The call changed while it waited for a person.' });
        }
        const now = rules.policy.decide(toQuestion(call));
        if (now.verdict === 'deny') throw denyByRule(call, now);
        record('approvalUsed', caller.name, subject, { requestId });
        rounds.approved(call, { approvalId: id, anyMeta: false, round: 1 });
      }
    }
  };

  const refuseQuarantined = ({ serverId, tool }: ToolCall): void => {
    if (!isQuarantined(serverId, tool)) return;
    throw problem('TOOL_008', {
      detail: `"${tool}" of "${serverId}" is not what was approved.`,
      next: `Look at what changed, and approve it: quayside lock diff ${serverId}.`,
    });
  };
  const denyByRule = (call: ToolCall, { ruleId, reason }: PolicyDecision): ProblemError => {
    const subject = { serverId: call.serverId, tool: call.tool, digest: digestOfCall(toBound(call)) };
    const why = ruleId === null ? reason : `rule ${ruleId}: ${reason}`;
    record('approvalDenied', call.caller.name, subject, { requestId: call.requestId, why });
    return denied(call, reason);
  };

  const requirePerson = ({ principal }: Decider, subject: Approval | GrantWish): string => {
    const by = describePrincipal(principal);
    if (principal !== null && principal.kind !== 'agent') return by;
    const digest = 'digest' in subject ? subject.digest : '';
    record('approvalRefused', by, { ...subject, digest }, { why: 'agents do not approve calls' });
    throw problem('ACCESS_002', { detail: 'Agents do not approve calls; a person does.' });
  };
  const notWaiting = (approval: Approval, by: string): ProblemError => {
    record('approvalRefused', by, approval, { why: `it is ${approval.state}` });
    return problem('APPROVAL_003', {
      detail: `The call does not wait any more: it is ${stateWords[approval.state]}.`,
      next: 'Should it be made after all, the caller has to ask again.',
    });
  };

  return {
    rounds,
    admit(call) {
      refuseQuarantined(call);
      const decision = rules.policy.decide(toQuestion(call));
      if (decision.verdict === 'allow') return undefined;
      if (decision.verdict === 'deny') throw denyByRule(call, decision);
      return ask(call, decision);
    },
    list(query) {
      expireGrants();
      return repository.list(query);
    },
    get,
    async waitFor(id, seconds, signal) {
      if (get(id).state === 'waiting' && seconds > 0) await followers.next(id, seconds, signal);
      return get(id);
    },
    approve(id, digest, remember, decider) {
      const approval = get(id);
      const by = requirePerson(decider, approval);
      const call = waiting.find(id);
      if (call && clock.now() >= call.expiresAt) waiting.end(id, { kind: 'expired' });
      if (!call || !waiting.find(id)) throw notWaiting(approval, by);
      if (call.digest !== digest) {
        record('approvalRefused', by, approval, { requestId: decider.requestId, why: `the digest given is ${digest}` });
        throw problem('APPROVAL_003', {
          detail: 'The digest is that of another call than the one that waits.',
          next: 'Look at the call that waits, and decide about it.',
        });
      }
      if (remember === 'always') {
        decider.requireRules();
        rules.insert(alwaysRule(approval, by), approval.ruleId, by);
      }
      if (remember === 'session') {
        const { callerId, sessionId } = call;
        if (sessionId === null) throw withoutSession(approval);
        sessionRules.add(approval, { callerId, sessionId });
      }
      repository.decide(id, 'waiting', { state: 'used', at: at(), by, decision: remember ?? null, usedBy: id });
      record('approvalGranted', by, approval, { requestId: decider.requestId, why: remember ?? '' });
      waiting.end(id, { kind: 'approved', by });
      return tell(id);
    },
    deny(id, reason, decider) {
      const approval = get(id);
      const by = requirePerson(decider, approval);
      const from = approval.kind === 'grant' ? 'approved' : 'waiting';
      if (!repository.decide(id, from, { state: 'denied', at: at(), by, decision: reason || null }))
        throw notWaiting(approval, by);
      record('approvalDenied', by, approval, { requestId: decider.requestId, why: reason });
      waiting.end(id, { kind: 'denied', by, why: reason ? `A person said no: ${reason}` : 'A person said no.' });
      return tell(id);
    },
    grant(wish, decider) {
      const by = requirePerson(decider, wish);
      const { serverId, tool, callerId } = wish;
      const besides = besidesOf(wish.besides);
      const shown = showCall({ ...wish, besides }, hideValues);
      if (shown === undefined) throw problem('REQUEST_004', { detail: 'Nobody could read such large arguments.' });
      const digest = digestOfCall({ ...wish, besides, sessionId: null });
      const id = randomUUID();
      repository.add({
        ...{ id, kind: 'grant', state: 'approved', serverId, tool, ...draft(digest, shown) },
        caller: { id: callerId, kind: '', name: callerId },
        ...{ session: null, client: null, via: null, ruleId: null },
        reason: `Approved before the call${wish.anyMeta ? ', whatever its _meta says' : ''}.`,
        annotations: hintsOf(serverId, tool),
        expiresAt: at(wish.seconds),
        decidedAt: at(),
        decidedBy: by,
      });
      record(
        'approvalGranted',
        by,
        { serverId, tool, digest },
        { requestId: decider.requestId, why: `for ${callerId}` },
      );
      return tell(id);
    },
    left(callerId, sessionId) {
      taint.left(callerId, sessionId);
      sessionRules.left(callerId, sessionId);
    },
    close: () => waiting.withdrawAll(),
  };
}

function firstOf<From, To>(all: readonly From[], find: (one: From) => To | undefined): To | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
