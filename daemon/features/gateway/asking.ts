// Who asks the gateway, from where, and how it reaches a server for them.
import { describeProblem, isProblemError } from '../../../shared/api/problem.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { WireError } from '../../supervision/upstream.ts';
import type { Waiting } from './client-call.ts';
import type { Place } from './places.ts';
import { rpcCodes } from './wire.ts';

/** Somebody at one of the addresses. */
export interface Viewer {
  place: Place;
  maySee(serverId: string): boolean;
  /** Who sees the same has the same key: it chooses among lists that are ready. */
  viewKey: string;
}

export interface Asking extends Viewer {
  /** `stateless`: revision 2026-07-28. */
  era: 'sessions' | 'stateless';
  /** Who asks, as the audit log writes it. */
  principal: string;
  caller: Caller;
  /** Of the HTTP request. */
  requestId: string;
  waiting: Waiting;
}

/** Worth another try: the server comes back, or has time again. */
export const isRetriable = (code: string): boolean => code === 'TOOL_003' || code === 'TOOL_010' || code === 'TOOL_011';

export const noSuch = (what: string): WireError => new WireError(rpcCodes.invalidParams, what);
export const noMethod = (method: string): WireError =>
  new WireError(rpcCodes.methodNotFound, `Method not found: ${method.slice(0, 128)}`);

/** What went wrong, for requests other than tool calls: what is no error of the protocol becomes one. */
export function toWireError(error: unknown, onFailure: (error: unknown) => void): WireError {
  if (error instanceof WireError) return error;
  const failure = errorToProblem(error);
  if (!isProblemError(error)) onFailure(error);
  return new WireError(rpcCodes.internal, describeProblem(failure), {
    'quayside/code': failure.code,
    ...(isRetriable(failure.code) ? { 'quayside/retriable': true } : {}),
  });
}
