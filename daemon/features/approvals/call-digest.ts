// What a grant is bound to: one digest of everything that makes a call this call and no other.
import { digestOf, digestOfText } from '../../platform/canonical.ts';
import type { Caller, ToolCall } from '../../supervision/tool-call.ts';
import { besidesOf } from './sent-besides.ts';

interface BoundCall {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  /** What else reaches the server. */
  besides: Record<string, unknown>;
  /** Of a grant: whatever the client writes into `_meta`. */
  anyMeta?: boolean | undefined;
  callerId: string;
  /** null: any session of the caller, as in a grant that is given before the call. */
  sessionId: string | null;
}

const unwritable = digestOfText('a call that cannot be written');

export function digestOfCall({ arguments: args, besides, anyMeta = false, ...call }: BoundCall): string {
  const { _meta, ...others } = besides;
  const bound = anyMeta ? others : besides;
  try {
    return digestOf({
      ...{ server: call.serverId, tool: call.tool, arguments: args, caller: call.callerId, session: call.sessionId },
      ...(Object.keys(bound).length > 0 ? { besides: bound } : {}),
      ...(anyMeta ? { anyMeta } : {}),
    });
  } catch {
    // Nested beyond what can be written: such a call is not shown to anybody, so nobody approves this digest.
    return unwritable;
  }
}

export const toBound = ({ serverId, tool, arguments: args, params, caller }: ToolCall): BoundCall => ({
  ...{ serverId, tool, arguments: args, besides: besidesOf(params) },
  callerId: caller.id,
  sessionId: caller.sessionId,
});

/** The same for every round of one call: without the answers to what its server asked, and the state that came with the question. */
export function digestOfRound(call: ToolCall, anyMeta = false): string {
  const bound = toBound(call);
  const { requestState, inputResponses, ...besides } = bound.besides;
  return digestOfCall({ ...bound, besides, anyMeta });
}

/** Tells sessions apart without being one: who has it can do nothing with it. */
export const markOfSession = ({ sessionId }: Pick<Caller, 'sessionId'>): string | null =>
  sessionId === null ? null : digestOfText(sessionId).slice('sha256:'.length, 'sha256:'.length + 8);
