// The hot path: a tool call is admitted, forwarded, put on record and answered.
import { randomUUID } from 'node:crypto';
import { describeProblem, isProblemError, type Problem, problem } from '../../../shared/api/problem.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import type { FinishedCall, ToolCall } from '../../supervision/tool-call.ts';
import { WireError, type WireObject } from '../../supervision/upstream.ts';
import { type Asking, isRetriable, noSuch } from './asking.ts';
import { toClientCall } from './client-call.ts';
import type { ExposedTool, GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import { toText } from './result-text.ts';
import { isObject } from './wire.ts';

/** Resolves with the result as JSON: the server's, or one that tells a model what went wrong. Errors: WireError of the server. */
export type CallTool = (tool: ExposedTool, params: WireObject, asking: Asking) => Promise<string>;

export function createToolCalls(
  { servers, tools, guard, recorder, audit, clock, onFailure, screen }: GatewayPorts,
  reach: Reach,
): CallTool {
  const forward = async (
    call: ToolCall,
    params: WireObject,
    asking: Asking,
    onAdmitted: () => void,
  ): Promise<WireObject> => {
    const admission = guard.admit(call);
    if (admission) {
      await admission;
      // How long a person thought about it is no time of the call.
      onAdmitted();
      refuseIfGone(call, asking);
    }
    asking.waiting.signal.throwIfAborted();
    note(call, asking, 'allowed', null);
    const opened = reach.upstream(call.serverId, asking.waiting.client);
    const upstream = opened instanceof Promise ? await opened : opened;
    return await upstream.request(
      { method: 'tools/call', params: params['name'] === call.tool ? params : { ...params, name: call.tool } },
      toClientCall(asking.waiting, servers.callSeconds(call.serverId)),
    );
  };
  /** While a call waits for a person its tool may be switched off. Errors: TOOL_005. */
  const refuseIfGone = ({ serverId, tool }: ToolCall, { maySee }: Asking): void => {
    if (maySee(serverId) && tools.exposed().some(one => one.serverId === serverId && one.tool === tool)) return;
    throw problem('TOOL_005', {
      detail: `"${tool}" of "${serverId}" was switched off while the call waited for a person.`,
      next: 'Use another tool, or ask whoever switched it off.',
    });
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

  return async (tool, params, asking) => {
    const args = params['arguments'] ?? {};
    if (!isObject(args)) throw noSuch('The arguments of a tool must be an object.');
    const call: ToolCall = {
      id: randomUUID(),
      serverId: tool.serverId,
      tool: tool.tool,
      arguments: args,
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
      const sent = await forward(call, params, asking, () => {
        begun = performance.now();
      });
      const result = screen ? screen(call.serverId, call.tool, sent) : sent;
      const text = toText('tools/call', result, asking.era, serverInfoFor(call.serverId, asking));
      finish(result['isError'] === true ? 'tool-error' : 'ok', null, result, Buffer.byteLength(text));
      return text;
    } catch (error) {
      if (call.signal.aborted) {
        finish('cancelled', 'TOOL_006');
        throw error;
      }
      if (error instanceof WireError) {
        finish('failed', `rpc:${error.code}`);
        note(call, asking, 'failed', 'TOOL_004');
        throw error;
      }
      const failure = errorToProblem(error);
      if (!isProblemError(error)) onFailure(error);
      const outcome = failure.status === 403 ? 'denied' : 'failed';
      finish(outcome, failure.code);
      note(call, asking, outcome, failure.code);
      return toText('tools/call', toFailedResult(failure), asking.era);
    }
  };
}

/** A model can read and mend a failed result; it never sees a protocol error. */
const toFailedResult = (failure: Problem): WireObject => ({
  isError: true,
  content: [{ type: 'text', text: describeProblem(failure) }],
  _meta: {
    'quayside/code': failure.code,
    ...(isRetriable(failure.code) ? { 'quayside/retriable': true } : {}),
  },
});
