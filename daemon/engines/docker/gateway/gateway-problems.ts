// What went wrong with a gateway or with one of its servers, as a problem for people.
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { CliError } from '../../cli-error.ts';
import type { StreamedProcess, StreamedProcessEnd } from '../../run.ts';
import { classify } from '../cli/classify.ts';
import { toDockerProblem } from '../cli/to-problem.ts';
import type { GatewayLog } from './gateway-log.ts';

/** What ended a gateway that was not asked to end. Its exit code says nothing (CONTRACT section 6); its last words may. */
export function toEndProblem(
  operation: string,
  child: Pick<StreamedProcess, 'argv'>,
  end: StreamedProcessEnd,
  log: GatewayLog,
): ProblemError {
  const stderr = log.tail().join('\n');
  const killed = end.signal !== null || end.exitCode === null;
  const found = killed
    ? undefined
    : classify({ stdout: '', stderr, exitCode: end.exitCode === 0 ? 1 : end.exitCode }, child.argv);
  return toDockerProblem(
    new CliError({
      failure: found?.failure ?? 'unknown',
      subject: killed ? `it was ended with the signal ${end.signal ?? 'KILL'}` : found?.subject,
      next: killed ? 'It is started again; look at its output if it happens again.' : found?.next,
      operation,
      exitCode: end.exitCode,
      stderr,
      argv: child.argv,
      durationMs: 0,
    }),
  );
}

/** A server that the gateway could not start, by the gateway's reason and the last words of its container. */
export function toServerProblem(server: string, reason: string, words: readonly string[]): ProblemError {
  const said = words.filter(line => !line.startsWith("Run 'docker run --help'")).join(' / ');
  const told = said === '' ? reason : said;
  const image = /No such image: (\S+)/.exec(told)?.[1];
  if (image !== undefined) {
    return problem('DOCKER_014', {
      detail: `The image ${image} of "${server}" is not on this machine.`,
      next: 'Install the server again, which pulls its image.',
    });
  }
  const volume = /unsafe docker volume "([^"]*)": (.*)$/.exec(reason);
  if (volume) {
    return problem('DOCKER_014', {
      detail: `"${server}" wants to mount ${volume[1]}, which docker mcp does not allow: ${volume[2]}.`,
      next: 'Choose another folder in the settings of the server.',
    });
  }
  return problem('DOCKER_014', {
    detail:
      said === ''
        ? `"${server}" could not be started: ${short(reason)}`
        : `"${server}" ended while it was started. It wrote: ${short(said)}`,
    next: 'Look at the output of the server, and at its settings and secrets.',
  });
}

export const hangProblem = (server: string, seconds: number): ProblemError =>
  problem('SERVER_005', {
    detail: `"${server}" was started, but did not answer within ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. The other servers run without it.`,
    next: 'Look at its output. If it only needs longer, raise the start limit in its configuration, then start it again.',
  });

export const lostSecretProblem = (server: string): ProblemError =>
  problem('SERVER_011', {
    detail: `The secrets of "${server}" did not reach its gateway. It was not started without them.`,
    next: 'Start it again. If it happens again, look at the output of the gateway.',
  });

const short = (text: string): string => (text.length > 500 ? `${text.slice(0, 499)}…` : text);

export const stoppedMeanwhile = (): ProblemError =>
  problem('SERVER_003', {
    detail: 'It was stopped while it was being started.',
    next: 'Start it again when you like.',
  });

export const notRunning = (profile: string): ProblemError =>
  problem('SERVER_003', { detail: `The gateway of "${profile}" is not running.`, next: 'Start it first.' });

const waiting = new Set(['DOCKER_003', 'DOCKER_004', 'DOCKER_005', 'DOCKER_006']);

/** True of failures that end when Docker is there again. */
export const waitsForDocker = ({ code }: ProblemError): boolean => waiting.has(code);
