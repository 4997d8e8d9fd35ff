// A tool call as guards and records see it, whichever way it came.

export interface Caller {
  /** For records: `agent cursor (key)`. */
  name: string;
  kind: 'owner' | 'user' | 'key' | 'agent';
  /** Of the principal. */
  id: string;
  /** The MCP session, or what else keeps calls of one conversation together. null: each call stands alone. */
  sessionId: string | null;
  /** What the client calls itself, for example "claude-code 2.1". */
  client: string | null;
}

export interface ToolCall {
  /** A UUID: of the record, of the audit row, of the approval. */
  id: string;
  serverId: string;
  /** The server's own name of it; of a method that the protocol does not know, `method:` and its name. */
  tool: string;
  arguments: Record<string, unknown>;
  /**
   * All params as the client sent them, where there may be more than name and arguments. What of them reaches the server is
   * looked at only where somebody is asked.
   */
  params?: Record<string, unknown>;
  caller: Caller;
  via: 'mcp' | 'api' | 'test';
  /** Of the HTTP request. */
  requestId: string;
  signal: AbortSignal;
}

export interface FinishedCall {
  call: ToolCall;
  outcome: 'ok' | 'tool-error' | 'failed' | 'denied' | 'cancelled';
  /** The problem's code, or `rpc:-32602` for an error of the protocol. */
  code: string | null;
  /** Epoch milliseconds. */
  startedAt: number;
  durationMs: number;
  /** Of the result as JSON. */
  bytes: number;
  /** As the server sent it; undefined if there was none. To be looked at now or never: it is not kept for long. */
  result: Record<string, unknown> | undefined;
}

/**
 * What may stop a call. Synchronous where nobody has to be asked, so that the usual call pays a look-up.
 * Errors: APPROVAL_001 (denied by rule, by a person, or nobody answered in time), TOOL_005, TOOL_008.
 */
export interface CallGuard {
  admit(call: ToolCall): undefined | Promise<void>;
  /** Of a guard that asks somebody. */
  readonly rounds?: CallRounds | undefined;
}

/**
 * Calls that a server answers with a question (revision 2026-07-28, "Multi Round-Trip Requests"): each round is a request of
 * its own, and belongs to the call that was let in.
 */
export interface CallRounds {
  /** Whether a state was handed out here, still good or not. No server knows what to do with it. */
  isOurs(state: unknown): boolean;
  /**
   * Before `admit`: the params for the server of a call that comes back with a state of ours, with the server's own state and
   * without answers that nobody asked for. The state is good once. Errors: APPROVAL_003 if it leads to no such call.
   */
  takeUp(call: ToolCall): Record<string, unknown>;
  /** The result for the client: with a state of ours, if the call was asked about and its server asks something back. */
  handOut(call: ToolCall, result: Record<string, unknown>): Record<string, unknown>;
}

export interface CallRecorder {
  /** Cheap: what it writes is written later, in batches. */
  finished(call: FinishedCall): void;
}
