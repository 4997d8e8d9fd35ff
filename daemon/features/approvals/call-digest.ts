// What a grant is bound to: one digest of everything that makes a call this call and no other.

import { digestOf, digestOfText } from '../../platform/canonical.ts';
import type { Caller, ToolCall } from '../../supervision/tool-call.ts';

interface BoundCall {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  callerId: string;
  /** null: any session of the caller, as in a grant that is given before the call. */
  sessionId: string | null;
}

export const digestOfCall = ({ serverId, tool, arguments: args, callerId, sessionId }: BoundCall): string =>
  digestOf({ server: serverId, tool, arguments: args, caller: callerId, session: sessionId });

export const toBound = ({ serverId, tool, arguments: args, caller }: ToolCall): BoundCall => ({
  ...{ serverId, tool, arguments: args },
  callerId: caller.id,
  sessionId: caller.sessionId,
});

/** Tells sessions apart without being one: who has it can do nothing with it. */
export const markOfSession = ({ sessionId }: Pick<Caller, 'sessionId'>): string | null =>
  sessionId === null ? null : digestOfText(sessionId).slice('sha256:'.length, 'sha256:'.length + 8);
