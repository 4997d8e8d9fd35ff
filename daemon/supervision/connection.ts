// A live MCP connection with one server, whichever way it is reached.
import type { LaunchPlan } from '../engines/engine.ts';
import type { ChildOptions } from './child.ts';
import type { Output } from './output.ts';
import type { LaunchPolicy } from './supervisor.ts';
import { WireError } from './upstream.ts';
import type { SessionAudience, UpstreamSession } from './upstream-session.ts';
import { PeerFailure } from './wire-peer.ts';

export interface ConnectionEnd {
  failed: boolean;
  /** A sentence for a person. */
  reason: string;
}

export interface Connection {
  session: UpstreamSession;
  pid: number | null;
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
  /** When it ends, by itself or because it was closed. Never rejects. */
  ended: Promise<ConnectionEnd>;
  /** Ends it and everything that belongs to it. Never rejects. */
  close(): Promise<void>;
}

export interface ConnectionContext {
  policy: LaunchPolicy;
  signal: AbortSignal;
  output: Output;
  redact: (text: string) => string;
  onPid: (pid: number) => void;
  /** The clients behind it. */
  audience: SessionAudience;
  /** Do not ask whether it speaks the revision without sessions. */
  sessionsOnly?: boolean | undefined;
  /** It cannot be asked: to be remembered for its next start. */
  onSessionsOnly?: (() => void) | undefined;
  /** Our own version, as servers see it. */
  version: string;
  child: ChildOptions;
}

export type PlanOf<Kind extends LaunchPlan['kind']> = Extract<LaunchPlan, { kind: Kind }>;

/** What the server told of itself, cut to a sane length. */
export function described({
  offer,
}: UpstreamSession): Pick<Connection, 'serverVersion' | 'protocolVersion' | 'instructions'> {
  const { version } = offer.serverInfo;
  return {
    serverVersion: typeof version === 'string' ? version.slice(0, 64) : null,
    protocolVersion: offer.protocolVersion,
    instructions: offer.instructions?.slice(0, 20_000) ?? null,
  };
}

/** The server did not answer in the time that a start may take. */
export const isTimeout = (error: unknown): boolean => error instanceof PeerFailure && error.kind === 'timeout';

/** What an error says of the first exchange, for the end of a sentence. */
export function wordsOf(error: unknown): string {
  if (error instanceof WireError) return `it answered with the error "${error.message}" (${error.code})`;
  return error instanceof Error ? error.message : '';
}
