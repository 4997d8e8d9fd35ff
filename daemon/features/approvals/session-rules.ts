// "Allow this tool for the rest of the session": kept in memory, because the session is nowhere else either.
import type { ToolCall } from '../../supervision/tool-call.ts';

export interface SessionRules {
  add(
    asked: { serverId: string; tool: string; ruleId: string | null },
    session: { callerId: string; sessionId: string },
  ): void;
  /** Where the same rule asks as then: another one asks for a reason that nobody has seen yet. */
  allows(call: ToolCall, ruleId: string | null): boolean;
  left(callerId: string, sessionId: string): void;
}

/** The oldest are forgotten: then a person is asked again. */
const mostSessions = 1_000;

export function createSessionRules(): SessionRules {
  const allowed = new Map<string, Set<string>>();
  const keyOf = (...parts: (string | null)[]): string => JSON.stringify(parts);
  return {
    add({ serverId, tool, ruleId }, { callerId, sessionId }) {
      const key = keyOf(callerId, sessionId);
      allowed.set(key, (allowed.get(key) ?? new Set()).add(keyOf(serverId, tool, ruleId)));
      const [oldest] = allowed.keys();
      if (allowed.size > mostSessions && oldest !== undefined) allowed.delete(oldest);
    },
    allows: ({ caller, serverId, tool }, ruleId) =>
      caller.sessionId !== null &&
      allowed.get(keyOf(caller.id, caller.sessionId))?.has(keyOf(serverId, tool, ruleId)) === true,
    left: (callerId, sessionId) => void allowed.delete(keyOf(callerId, sessionId)),
  };
}
