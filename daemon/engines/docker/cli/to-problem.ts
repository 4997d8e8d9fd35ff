// From a class of failure to a sentence that a person can act on.
import { isProblemError, type ProblemCode, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { AnswerError, type CliDiagnosis, CliError, type CliFailure } from '../../cli-error.ts';

/** The class of what a function of DockerCli rejected with. */
export function cliFailureOf(error: unknown): CliFailure | undefined {
  if (error instanceof CliError || error instanceof AnswerError) return error.failure;
  return error instanceof Error ? cliFailureOf(error.cause) : undefined;
}

interface Wording {
  code: ProblemCode;
  /** Why, as the end of a sentence, where the run itself does not tell. */
  because: string;
  next: string;
}

const look = 'Look at the log of Quayside, which has what docker mcp said.';

const wordings: Record<CliFailure, Wording> = {
  'plugin-missing': {
    code: 'DOCKER_001',
    because: 'the docker command has no mcp plugin',
    next: 'Install Docker Desktop, or put the docker-mcp plugin into ~/.docker/cli-plugins, then look again.',
  },
  'program-missing': {
    code: 'DOCKER_001',
    because: 'there is no docker command that can be run',
    next: 'Install Docker, and see that docker is on the PATH of the daemon and may be run.',
  },
  'unsupported-command': {
    code: 'DOCKER_002',
    because: 'this version of docker mcp has no such command, or not in this mode',
    next: 'Update the docker-mcp plugin. The doctor shows which version is installed and what it can do.',
  },
  'engine-down': {
    code: 'DOCKER_003',
    because: 'the Docker engine does not answer',
    next: 'Start Docker (Docker Desktop, or `sudo systemctl start docker`), then try again.',
  },
  'engine-starting': {
    code: 'DOCKER_003',
    because: 'the Docker engine is still starting',
    next: 'Wait a moment, then try again.',
  },
  'engine-permission': {
    code: 'DOCKER_004',
    because: 'your user may not use the socket of the Docker engine',
    next: 'Add your user to the group docker (`sudo usermod -aG docker $USER`) and sign in anew.',
  },
  'engine-context': {
    code: 'DOCKER_005',
    because: 'the chosen Docker context does not exist or cannot be read',
    next: 'Choose another with `docker context use default`, or correct DOCKER_CONTEXT.',
  },
  desktop: {
    code: 'DOCKER_006',
    because: 'Docker Desktop is not ready',
    next: 'Start Docker Desktop, wait until it is ready, then try again.',
  },
  'secrets-unavailable': {
    code: 'DOCKER_007',
    because: 'Docker’s own secret store does not answer',
    next: 'Keep the secret in the vault of Quayside instead, which works without Docker Desktop.',
  },
  'oauth-unavailable': {
    code: 'DOCKER_008',
    because: 'signing in to remote servers needs Docker Desktop, and it does not answer',
    next: 'Start Docker Desktop, or add the remote server to Quayside with a token of its own.',
  },
  'not-found': {
    code: 'DOCKER_009',
    because: 'docker mcp does not know what was named',
    next: 'Refresh the list: somebody else may have removed or renamed it.',
  },
  conflict: {
    code: 'DOCKER_010',
    because: 'there is something of this name already',
    next: 'Choose another name, or remove the other one first.',
  },
  validation: {
    code: 'DOCKER_011',
    because: 'docker mcp does not accept the values',
    next: `Correct the values. ${look}`,
  },
  refused: {
    code: 'DOCKER_011',
    because: 'a value cannot be handed to docker mcp',
    next: 'Correct the value.',
  },
  network: {
    code: 'DOCKER_012',
    because: 'the network or the registry does not answer',
    next: 'Look at the network and the proxy settings of this machine, then try again.',
  },
  'database-locked': {
    code: 'DOCKER_013',
    because: 'another program holds the database of docker mcp',
    next: 'Wait until the other docker mcp command or Docker Desktop is done, then try again.',
  },
  database: {
    code: 'DOCKER_013',
    because: 'docker mcp cannot use its database',
    next: 'Look at the files in ~/.docker/mcp.',
  },
  'server-start': {
    code: 'DOCKER_014',
    because: 'a server could not be started',
    next: 'Look at the output of the server, and at its settings, secrets and image.',
  },
  tool: {
    code: 'TOOL_004',
    because: 'the tool failed',
    next: 'Look at the arguments, and at the output of the server.',
  },
  timeout: {
    code: 'DOCKER_015',
    because: 'docker mcp did not end in time and was stopped',
    next: 'Try again, or allow more time in the settings.',
  },
  'too-large': {
    code: 'DOCKER_015',
    because: 'docker mcp answered with more than can be taken, and was stopped',
    next: look,
  },
  unreadable: {
    code: 'DOCKER_015',
    because: 'docker mcp answered something else than was asked for',
    next: `Update the docker-mcp plugin. ${look}`,
  },
  cancelled: { code: 'DOCKER_015', because: 'it was cancelled', next: 'Try again if it was not meant to be.' },
  unknown: { code: 'DOCKER_015', because: 'docker mcp failed without a known reason', next: look },
};

/** The problem for an error of the CLI: what was wanted, why it failed, what to do. The cause stays with it. */
export function toDockerProblem(error: CliError): ProblemError {
  return wordProblem(`Could not ${error.operation}`, error, error);
}

/** The problem of whatever a plan or a run threw. */
export function toProblem(error: unknown, operation: string): ProblemError {
  if (isProblemError(error)) return error;
  if (error instanceof CliError) return toDockerProblem(error);
  if (error instanceof AnswerError) return wordProblem(`Could not ${error.operation ?? operation}`, error, error);
  return wordProblem(`Could not ${operation}`, { failure: 'unknown' }, error);
}

function wordProblem(what: string, { failure, subject, next }: CliDiagnosis, cause: unknown): ProblemError {
  const { code, because, next: usual } = wordings[failure];
  const reason = (subject ?? because).replace(/[.\s]+$/, '');
  return problem(code, { detail: `${what}: ${reason}.`, next: next ?? usual, cause });
}
