// The hot path: a tool call is admitted, forwarded, put on record and answered. A method that nobody knows goes the same way: it
// could be a call by another name.
import {
  describeProblem,
  isProblemError,
  type Problem,
  type ProblemError,
  problem,
} from '../../../shared/api/problem.ts';
import { isMethodName, toMethodCall } from '../../../shared/domain/call-name.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { orderedId } from '../../platform/ordered-id.ts';
import { needsInput } from '../../supervision/input-rounds.ts';
import type { FinishedCall, ToolCall } from '../../supervision/tool-call.ts';
import { WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import { type Asking, isRetriable, noMethod, noSuch } from './asking.ts';
import { toClientCall } from './client-call.ts';
import type { ExposedTool, GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import { toText } from './result-text.ts';
import { isObject } from './wire.ts';

export interface ToolCalls {
  /** Resolves with the result as JSON: the server's, or one that tells a model what went wrong. Errors: WireError of the server. */
  callTool(tool: ExposedTool, params: WireObject, asking: Asking): Promise<string>;
  /**
   * Resolves with the server's result as JSON. Errors: WireError of the server, or for what is no name of a method, and those of
   * the guard as problems.
   */
  callMethod(serverId: string, method: string, params: WireObject, asking: Asking): Promise<string>;
}

/** What is sent, and whether it may still be once somebody has been asked. */
interface Sending {
  request: WireRequest;
  /** Params that hold what the arguments do not. */
  beside: WireObject;
  isThere(): boolean;
}

export function createToolCalls(
  { servers, tools, guard, recorder, audit, clock, onFailure, screen }: GatewayPorts,
  reach: Reach,
): ToolCalls {
  const forward = async (
    call: ToolCall,
    { request, isThere }: Sending,
    asking: Asking,
    onAdmitted: () => void,
  ): Promise<WireObject> => {
    const admission = guard.admit(call);
    if (admission) {
      await admission;
      // How long a person thought about it is no time of the call.
      onAdmitted();
      // Meanwhile it may have been switched off, or taken from this caller.
      if (!asking.maySee(call.serverId) || !isThere()) throw gone(call);
    }
    asking.waiting.signal.throwIfAborted();
    note(call, asking, 'allowed', null);
    const opened = reach.upstream(call.serverId, asking.waiting.client);
    const upstream = opened instanceof Promise ? await opened : opened;
    return await upstream.request(request, toClientCall(asking.waiting, servers.callSeconds(call.serverId)));
  };
  const note = (
    { serverId, tool }: ToolCall,
    { principal, requestId }: Asking,
    outcome: 'allowed' | 'denied' | 'failed',
    code: Problem['code'] | null,
  ) =>
    audit.record(
      {
        principal: `${principal} by MCP`,
        action: 'callTool',
        resource: `${serverId}/${tool}`,
        outcome,
        code,
        requestId,
      },
      // A record for each call would cost more than the call.
      { durable: outcome === 'denied' },
    );

  const serverInfoFor = (serverId: string, { era }: Asking): WireObject | undefined =>
    era === 'stateless' ? reach.offer(serverId)?.serverInfo : undefined;

  /** The same, or what a call sends that comes back with the answers to a question of its server. */
  const takeUp = (call: ToolCall, sending: Sending): Sending => {
    if (sending.beside['requestState'] === undefined || !guard.rounds?.isOurs(sending.beside['requestState']))
      return sending;
    const { name: _, ...params } = guard.rounds.takeUp(call);
    const { method, params: { name } = {} } = sending.request;
    call.params = params;
    return { ...sending, request: { method, params: { ...params, name } } };
  };

  /** Forwards it with all that belongs to a call. Errors: as they come, once they are on record. */
  const run = async (
    { serverId, tool }: Pick<ToolCall, 'serverId' | 'tool'>,
    args: WireObject,
    sending: Sending,
    asking: Asking,
  ): Promise<string> => {
    const call: ToolCall = {
      id: orderedId(),
      serverId,
      tool,
      arguments: args,
      params: sending.beside,
      caller: asking.caller,
      via: 'mcp',
      requestId: asking.requestId,
      signal: asking.waiting.signal,
    };
    const startedAt = clock.now();
    let begun = performance.now();
    const finish = (outcome: FinishedCall['outcome'], code: string | null, result?: WireObject, bytes = 0) =>
      recorder.finished({ call, outcome, code, startedAt, durationMs: performance.now() - begun, bytes, result });
    try {
      const sent = await forward(call, takeUp(call, sending), asking, () => {
        begun = performance.now();
      });
      const screened = screen ? screen(serverId, tool, sent) : sent;
      const mayComeBack = asking.waiting.takesInputRequired && needsInput(screened);
      const result = (mayComeBack && guard.rounds?.handOut(call, screened)) || screened;
      const text = toText(sending.request.method, result, asking.era, serverInfoFor(serverId, asking));
      finish(result['isError'] === true ? 'tool-error' : 'ok', null, result, Buffer.byteLength(text));
      return text;
    } catch (error) {
      if (call.signal.aborted) finish('cancelled', 'TOOL_006');
      else if (error instanceof WireError) {
        finish('failed', `rpc:${error.code}`);
        note(call, asking, 'failed', 'TOOL_004');
      } else {
        const failure = errorToProblem(error);
        const outcome = failure.status === 403 ? 'denied' : 'failed';
        finish(outcome, failure.code);
        note(call, asking, outcome, failure.code);
      }
      throw error;
    }
  };

  return {
    async callTool(tool, params, asking) {
      const args = params['arguments'] ?? {};
      if (!isObject(args)) throw noSuch('The arguments of a tool must be an object.');
      const isThere = () => tools.exposed().some(one => one.serverId === tool.serverId && one.tool === tool.tool);
      const request = {
        method: 'tools/call',
        params: params['name'] === tool.tool ? params : { ...params, name: tool.tool },
      };
      try {
        return await run(tool, args, { request, beside: params, isThere }, asking);
      } catch (error) {
        if (asking.waiting.signal.aborted || error instanceof WireError) throw error;
        if (!isProblemError(error)) onFailure(error);
        return toText('tools/call', toFailedResult(errorToProblem(error)), asking.era);
      }
    },
    async callMethod(serverId, method, params, asking) {
      if (!isMethodName(method)) throw noMethod(method);
      const { _meta, ...args } = params;
      const sending = { request: { method, params }, beside: { _meta }, isThere: () => true };
      return await run({ serverId, tool: toMethodCall(method) }, args, sending, asking);
    },
  };
}

/** While a call waited for a person. */
const gone = ({ serverId, tool }: ToolCall): ProblemError =>
  problem('TOOL_005', {
    detail: `"${tool}" of "${serverId}" was switched off while the call waited for a person.`,
    next: 'Use another tool, or ask whoever switched it off.',
  });

/** A model can read and mend a failed result; it never sees a protocol error. */
const toFailedResult = (failure: Problem): WireObject => ({
  isError: true,
  content: [{ type: 'text', text: describeProblem(failure) }],
  _meta: {
    'quayside/code': failure.code,
    ...(isRetriable(failure.code) ? { 'quayside/retriable': true } : {}),
  },
});
