import type { Problem, ProblemError } from '../../../shared/api/problem.ts';

export interface FakeDockerBehaviour {
  /** Docker is not there, or not usable: the problem of the status, and of everything that is asked. */
  down: Problem | null;
  dialect: 'profile' | 'legacy';
  /** How long an image takes to be pulled, in milliseconds. */
  pullMs: number;
  /** Pulling this image fails with this. */
  pullFailures: Map<string, ProblemError>;
  /** The script of mcp-servers/ that runs for a server, by the server's name. Default: echo. */
  scripts: Map<string, string>;
}
