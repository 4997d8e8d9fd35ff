// Runs plans, and words their failures for whoever asked.
import { problem } from '../../../../shared/api/problem.ts';
import type { CliCall, CliCommand, CliRunner } from '../../run.ts';
import type { Dialect } from './cli-contract.ts';
import { toProblem } from './to-problem.ts';

/** Errors: ProblemError, whatever went wrong. */
export type Perform = <T>(plan: () => CliCommand<T>, call?: CliCall) => Promise<T>;

export const createPerform =
  (runner: CliRunner): Perform =>
  async (plan, call) => {
    try {
      return await runner.run(plan(), call);
    } catch (error) {
      throw toProblem(error, 'ask docker mcp');
    }
  };

/** The same for the commands of one dialect: of the other one, none is even tried. Errors: DOCKER_002. */
export function performOnlyIn(wanted: Dialect, dialect: Dialect, perform: Perform): Perform {
  if (wanted === dialect) return perform;
  return async () => {
    throw problem('DOCKER_002', {
      detail:
        wanted === 'profile'
          ? 'This docker mcp knows no profiles: it is of the older kind, with one list of enabled servers.'
          : 'This docker mcp works with profiles, and has no list of enabled servers any more.',
      next:
        wanted === 'profile'
          ? 'Update the docker-mcp plugin to v0.43.1 or later to use profiles.'
          : 'Use a profile instead.',
    });
  };
}
