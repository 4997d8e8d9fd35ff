// Errors of an exchange as whoever called is to see them: the server's own as they are, ours as problems.
import { isProblemError, type ProblemError, problem } from '../../shared/api/problem.ts';
import { toCallProblem } from './mcp-session.ts';
import { WireError } from './upstream.ts';
import { PeerFailure } from './wire-peer.ts';

export interface ErrorView {
  serverId: string;
  timeoutSeconds: number;
  signal: AbortSignal;
  redact: (text: string) => string;
  /** Takes the server's secrets out of a value. */
  hide: <T>(value: T) => T;
}

/** WireError of the server, a problem, or the reason of an abort. */
export function toUpstreamError(error: unknown, view: ErrorView): unknown {
  if (error instanceof WireError) {
    const { message, data } = view.hide({ message: error.message, data: error.data });
    return message === error.message && data === error.data ? error : new WireError(error.code, message, data);
  }
  if (isProblemError(error) || (view.signal.aborted && error === view.signal.reason)) return error;
  if (!(error instanceof PeerFailure)) return error;
  const failure = toCallProblem(error, view.timeoutSeconds, view.redact);
  // fetch says with a TypeError that there is nobody.
  const isGone = failure.code === 'SERVER_003' || (error.kind === 'not-sent' && error.cause instanceof TypeError);
  return isGone ? endedInCall(view.serverId, error) : failure;
}

const endedInCall = (serverId: string, cause: unknown): ProblemError =>
  problem('TOOL_010', {
    detail: `"${serverId}" ended, or the connection to it was lost, before the answer came. Whether the call had an effect is not known.`,
    next: 'Call it again if that does no harm: it is used again as soon as it is back.',
    cause,
  });

export const notRunning = (serverId: string): ProblemError =>
  problem('SERVER_003', { detail: `"${serverId}" is not running.`, next: 'Start it first.' });

export const notBack = (serverId: string, seconds: number): ProblemError =>
  problem('SERVER_003', {
    detail: `"${serverId}" was being started again, and was not back within ${Math.round(seconds)} seconds.`,
    next: 'Try again.',
  });

export const tooManyCalls = (serverId: string, waiting: number): ProblemError =>
  problem('TOOL_011', {
    detail: `"${serverId}" is busy, and ${waiting} calls wait for it already.`,
    next: 'Try again later, or allow it more calls at once in its configuration.',
  });

export const tooManySessions = (serverId: string, most: number): ProblemError =>
  problem('TOOL_011', {
    detail: `"${serverId}" has one session for each client, and all ${most} are in use.`,
    next: 'Try again when a client has left.',
  });
