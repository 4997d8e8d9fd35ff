// The sentence for what the engine, or the way to it, has answered.
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { cleanLine } from '../../../supervision/output.ts';

/** An error of dockerode: of the connection with `code`, of the engine with `statusCode` and its own message. */
interface EngineError {
  code?: string;
  statusCode?: number;
  json?: { message?: string };
  message?: string;
}

/** The HTTP status that the engine answered with; undefined where none came. */
export const statusCodeOf = (error: unknown): number | undefined => (error as EngineError | undefined)?.statusCode;

export const isNotFound = (error: unknown): boolean => statusCodeOf(error) === 404;

/** What the engine said, as one line without control characters. */
export function messageOf(error: unknown): string {
  const { json, message } = (error ?? {}) as EngineError;
  const text = typeof json?.message === 'string' ? json.message : (message ?? String(error));
  return cleanLine(text.replace(/\s+/g, ' ').trim()).slice(0, 300);
}

const downCodes = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTSOCK',
  'ABORT_ERR',
]);

export const isPermissionError = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as EngineError)?.code ?? '');

/** Whether the connection failed, and not the request. */
export const isUnreachable = (error: unknown): boolean => {
  const { code = '', message = '' } = (error ?? {}) as EngineError;
  return downCodes.has(code) || /socket hang up|aborted|CERT|certificate|SSL|TLS/i.test(message);
};

/** Turns what dockerode throws into ours; `host` is where the engine was looked for. `doing`: "stop the container". */
export function toEngineProblem(error: unknown, host: string, doing: string): ProblemError {
  if (isProblemError(error)) return error;
  if (isPermissionError(error)) {
    return problem('DOCKER_004', {
      detail: `Your user may not use the engine at ${host}.`,
      next: 'Add your user to the group "docker" and sign in again, or use a rootless engine.',
      cause: error,
    });
  }
  if (isUnreachable(error) || statusCodeOf(error) === undefined) {
    return problem('DOCKER_003', {
      detail: `Nothing answers as a Docker engine at ${host}: ${reasonOf(error)}.`,
      next: 'Start Docker, or choose another engine with "docker context use".',
      cause: error,
    });
  }
  return problem('DOCKER_015', {
    detail: `The engine could not ${doing}: ${messageOf(error)}`,
    next: 'See the log of the Docker engine.',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  const { code = '' } = (error ?? {}) as EngineError;
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name is not known';
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR') return 'there was no answer in time';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was cut';
  return messageOf(error).toLowerCase() || 'the connection failed';
}
