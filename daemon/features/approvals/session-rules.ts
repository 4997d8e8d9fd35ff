// "Allow this tool for the rest of the session": kept in memory, because the session is nowhere else either.
import type { ToolCall } from '../../supervision/tool-call.ts';

export interface SessionRules {
  add(tool: { serverId: string; tool: string }, session: { callerId: string; sessionId: string }): void;
  allows(call: ToolCall): boolean;
  left(callerId: string, sessionId: string): void;
}

/** The oldest are forgotten: then a person is asked again. */
const mostSessions = 1_000;

export function createSessionRules(): SessionRules {
  const allowed = new Map<string, Set<string>>();
  const keyOf = (...parts: string[]): string => JSON.stringify(parts);
  return {
    add({ serverId, tool }, { callerId, sessionId }) {
      const key = keyOf(callerId, sessionId);
      allowed.set(key, (allowed.get(key) ?? new Set()).add(keyOf(serverId, tool)));
      const [oldest] = allowed.keys();
      if (allowed.size > mostSessions && oldest !== undefined) allowed.delete(oldest);
    },
    allows: ({ caller, serverId, tool }) =>
      caller.sessionId !== null && allowed.get(keyOf(caller.id, caller.sessionId))?.has(keyOf(serverId, tool)) === true,
    left: (callerId, sessionId) => void allowed.delete(keyOf(callerId, sessionId)),
  };
}
