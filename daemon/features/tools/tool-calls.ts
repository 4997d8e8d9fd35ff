// A tool's call by the API: checked, admitted, sent and put on record, in the order in which the gateway does it.
import * as z from 'zod';
import { type FieldError, isProblemError, problem } from '../../../shared/api/problem.ts';
import { type CallResult, ContentBlock } from '../../../shared/api/tool-calls.ts';
import { countingMore } from '../../../shared/domain/plain-issue.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { orderedId } from '../../platform/ordered-id.ts';
import type { Caller, CallGuard, CallRecorder, FinishedCall, ToolCall } from '../../supervision/tool-call.ts';
import { WireError, type WireObject } from '../../supervision/upstream.ts';
import { findArgumentErrors, findContentErrors } from './argument-check.ts';
import type { KnownTool, KnownTools } from './known-tools.ts';
import { type ServerRequests, sizeOf, toRequestProblem, unexpected } from './server-requests.ts';

export interface WantedCall {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  timeoutSeconds?: number | undefined;
  caller: Caller;
  via: 'api' | 'test';
  requestId: string;
  signal: AbortSignal;
  /** Of a call that is watched. */
  watchId?: string | undefined;
}

export interface CallOutcome {
  /** The result exactly as the server sent it. */
  result: WireObject;
  call: CallResult;
}

export interface ToolCalls {
  /**
   * Errors: SERVER_001, SERVER_003, TOOL_001 to TOOL_008, TOOL_010, TOOL_011, APPROVAL_001. A result that is an error of the
   * tool itself is a result.
   */
  call(wanted: WantedCall): Promise<CallOutcome>;
  readonly inFlight: number;
}

export interface ToolCallsOptions {
  known: KnownTools;
  requests: ServerRequests;
  guard: CallGuard;
  recorder: CallRecorder;
  clock: Clock;
  hideValues(text: string): string;
}

const Result = z.looseObject({
  content: z.array(ContentBlock).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

export function createToolCalls({ known, requests, guard, recorder, clock, hideValues }: ToolCallsOptions): ToolCalls {
  let inFlight = 0;

  const send = async (call: ToolCall, wanted: WantedCall, onSent: () => void): Promise<WireObject> => {
    requests.requireRunning(call.serverId);
    const tool = findTool(known, call.serverId, call.tool);
    refuseIfBarred(tool);
    refuseIfWrong(tool, call.arguments);
    const admission = guard.admit(call);
    if (admission) {
      await admission;
      // While it waited for a person the tool may have been switched off.
      refuseIfBarred(findTool(known, call.serverId, call.tool));
    }
    call.signal.throwIfAborted();
    onSent();
    const request = { method: 'tools/call', params: { name: call.tool, arguments: call.arguments } };
    return await requests.send(request, { ...wanted, timeoutSeconds: wanted.timeoutSeconds, watchId: wanted.watchId });
  };

  return {
    async call(wanted) {
      const { serverId, tool, arguments: args, caller, via, requestId, signal } = wanted;
      known.settings(serverId);
      const what = `The tool "${tool}"`;
      const call: ToolCall = { id: orderedId(), serverId, tool, arguments: args, caller, via, requestId, signal };
      const startedAt = clock.now();
      // How long a person took to approve it says nothing of the tool.
      let begun = performance.now();
      const finish = (outcome: FinishedCall['outcome'], code: string | null, bytes: number, result?: WireObject) => {
        const durationMs = performance.now() - begun;
        recorder.finished({ call, outcome, code, startedAt, durationMs, bytes, result });
        return durationMs;
      };
      inFlight += 1;
      try {
        const result = await send(call, wanted, () => {
          begun = performance.now();
        });
        const bytes = sizeOf(what, result);
        const parsed = Result.safeParse(result);
        if (!parsed.success) throw unexpected(what, parsed.error.issues[0]?.message ?? 'it has no content');
        const { content, structuredContent, isError = false } = parsed.data;
        const durationMs = finish(isError ? 'tool-error' : 'ok', null, bytes, result);
        const structured = structuredContent === undefined ? {} : { structuredContent };
        const definition = via === 'api' && !isError ? known.find({ serverId, tool }) : undefined;
        const schemaErrors = definition ? contentErrorsOf(definition, structuredContent, bytes) : null;
        const facts = { schemaErrors, startedAt: toTimestamp(startedAt), durationMs, bytes };
        return { result, call: { id: call.id, serverId, tool, isError, content, ...structured, ...facts } };
      } catch (error) {
        const failure = toRequestProblem(error, what, signal, hideValues);
        finish(
          outcomeOf(failure, signal),
          error instanceof WireError ? `rpc:${error.code}` : errorToProblem(failure).code,
          0,
        );
        throw failure;
      } finally {
        inFlight -= 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
  };
}

function outcomeOf(failure: unknown, signal: AbortSignal): FinishedCall['outcome'] {
  if (signal.aborted) return 'cancelled';
  return isProblemError(failure) && failure.problem.status === 403 ? 'denied' : 'failed';
}

/** Errors: TOOL_001. */
export function findTool(known: KnownTools, serverId: string, tool: string): KnownTool {
  const found = known.find({ serverId, tool });
  if (found) return found;
  throw problem('TOOL_001', {
    detail: `"${serverId}" has no tool called "${tool}".`,
    next:
      known.ofServer(serverId).length === 0
        ? 'Start the server, so that it can tell its tools.'
        : 'The server’s list of tools shows the names.',
  });
}

function refuseIfBarred({ serverId, tool, enabled, quarantined }: KnownTool): void {
  if (!enabled)
    throw problem('TOOL_005', {
      detail: `"${tool}" of "${serverId}" is switched off.`,
      next: 'Tick its box in the list of tools.',
    });
  if (quarantined)
    throw problem('TOOL_008', {
      detail: `"${tool}" of "${serverId}" is not what was approved: its definition has changed, or it is new.`,
      next: 'Look at what has changed, and approve or reject it: quayside lock diff.',
    });
}

const mostCheckedBytes = 1_048_576;

/** null where there is nothing to compare with, or where it would take too long. */
function contentErrorsOf({ sent: { outputSchema } }: KnownTool, content: unknown, bytes: number): FieldError[] | null {
  if (!outputSchema || bytes > mostCheckedBytes) return null;
  // A tool with an output schema has to give structured content (protocol 2025-06-18 and later, "Output Schema").
  if (content === undefined) return [{ path: '/structuredContent', message: 'There is none.' }];
  return findContentErrors(outputSchema, content);
}

function refuseIfWrong({ tool, sent }: KnownTool, args: Record<string, unknown>): void {
  const errors = findArgumentErrors(sent.inputSchema, args);
  if (errors.length === 0) return;
  const [first] = errors;
  throw problem('TOOL_002', {
    detail: `${first?.path.replace('/arguments', tool)}: ${countingMore(first?.message ?? '', errors.length - 1)}`,
    next: 'Correct the arguments; nothing was called.',
    errors,
  });
}
