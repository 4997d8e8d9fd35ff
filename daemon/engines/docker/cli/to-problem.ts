// From a class of failure to a sentence that a person can act on.
import type { ProblemError } from '../../../../shared/api/problem.ts';
import { type CliError, type CliFailure, isCliError } from '../../cli-error.ts';

/** The class of what a function of DockerCli rejected with. */
export function cliFailureOf(error: unknown): CliFailure | undefined {
  if (isCliError(error)) return error.failure;
  return error instanceof Error ? cliFailureOf(error.cause) : undefined;
}

export function toDockerProblem(_error: CliError): ProblemError {
  throw new Error('not yet');
}
