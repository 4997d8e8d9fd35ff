// What happens to the servers of a gateway that has ended without being asked, or could not be started by itself.
import { type Problem, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import {
  createRestartPolicy,
  type RestartDecision,
  type RestartTimes,
  type ServerEnd,
} from '../../../supervision/restart-policy.ts';
import { waitsForDocker } from './gateway-problems.ts';
import type { Member } from './member.ts';
import { refuse } from './member-start.ts';

export interface Restarts {
  /** Decides for the gateway, and tells each server what becomes of it. Those that are not to be restarted are out. */
  after(end: ServerEnd, failure: ProblemError, members: readonly Member[]): RestartDecision;
  /** The problem that a decision leaves the gateway with. */
  problemOf(decision: RestartDecision, failure: ProblemError): Problem;
  forget(): void;
}

export function createRestarts(times: RestartTimes): Restarts {
  let history: ServerEnd[] = [];
  const restarts: Restarts = {
    after(end, failure, members) {
      for (const member of members) if (member.policy.restart === 'never') refuse(member, failure);
      const rest = members.filter(({ leftOut }) => leftOut === null);
      // A gateway has no good end of its own, so that "on failure" is "always".
      const policy = createRestartPolicy(rest.length === 0 ? 'never' : 'always', {
        givesUp: !waitsForDocker(failure),
        times,
      });
      const decision = policy.after(end, history);
      history = policy.remember(end, history);
      for (const member of rest) tell(member, decision, end, restarts.problemOf(decision, failure), failure);
      return decision;
    },
    problemOf: (decision, failure) =>
      decision.kind === 'give-up' ? crashLoop(decision, failure.problem).problem : failure.problem,
    forget() {
      history = [];
    },
  };
  return restarts;
}

function tell(member: Member, decision: RestartDecision, end: ServerEnd, told: Problem, failure: ProblemError): void {
  member.apply({ kind: 'start-asked' });
  if (decision.kind === 'restart') {
    member.apply({ kind: 'retry-planned', problem: told, at: end.at + decision.delay });
  } else {
    member.leftOut = told;
    member.apply({ kind: 'gave-up', problem: told });
  }
  member.settle(failure);
}

const crashLoop = ({ ends, seconds }: { ends: number; seconds: number }, why: Problem): ProblemError =>
  problem('SERVER_008', {
    detail: `The gateway ended ${ends} times within ${seconds} seconds and is not started again. The last time: ${why.detail}`,
    next: 'Correct what it complains about, then start it again.',
  });
