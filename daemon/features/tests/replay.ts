// Makes the same read-only calls on two servers and compares what comes back.
import type { Comparison, ReplayedCall } from '../../../shared/api/comparisons.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { diffOf, toSortedYaml } from './difference.ts';
import type { Observed } from './observed.ts';
import { type Hide, toSnapshotValue } from './redaction.ts';
import { type CallPorts, createTestCaller, type TestCaller } from './test-caller.ts';
import { median } from './test-runs.repository.ts';
import type { ComparedTool } from './tool-difference.ts';

export interface ReplayCall {
  tool: string;
  arguments: Record<string, unknown>;
}

export interface ReplayOptions {
  calls: CallPorts;
  caller: Caller;
  requestId: string;
  hide: Hide;
  signal: AbortSignal;
}

const mostCalls = 100;
const mostTools = 5_000;
const mostPages = 100;
const timeoutMs = 60_000;

export function createReplay({ calls, caller, requestId, hide, signal }: ReplayOptions) {
  const callers = new Map<string, TestCaller>();
  const callerOf = (serverId: string): TestCaller => {
    const known = callers.get(serverId);
    if (known) return known;
    const made = createTestCaller({ ports: calls, serverId, caller, requestId, present: () => null });
    callers.set(serverId, made);
    return made;
  };

  const replayOne = async (call: ReplayCall, first: string, second: string): Promise<ReplayedCall> => {
    // One after the other: side by side they would slow each other down.
    const before = await callerOf(first).call(call, { signal, timeoutMs });
    const after = await callerOf(second).call(call, { signal, timeoutMs });
    const [left, right] = [before, after].map(each => textOf(each, hide));
    const same = left === right;
    return {
      tool: call.tool,
      arguments: Object(hide.value(call.arguments)),
      same,
      diff: same ? null : diffOf(left ?? '', right ?? ''),
      before: { durationMs: before.durationMs, outcome: outcomeOf(before) },
      after: { durationMs: after.durationMs, outcome: outcomeOf(after) },
    };
  };

  return {
    /** All tools of a server, read anew. Errors: TEST_003 if it does not tell them. */
    async tools(serverId: string): Promise<ComparedTool[]> {
      return await callerOf(serverId)
        .listTools({ signal, timeoutMs, mostPages, mostTools })
        .catch(error => {
          signal.throwIfAborted();
          throw problem('TEST_003', {
            detail: `"${serverId}" does not tell its tools: ${error instanceof Error ? error.message : String(error)}`,
            next: 'Look at its output.',
          });
        });
    },
    async compare(
      wanted: readonly ReplayCall[],
      first: string,
      second: string,
      before: readonly ComparedTool[],
      after: readonly ComparedTool[],
    ): Promise<Pick<Comparison, 'calls' | 'notReplayed' | 'latencyRatio'>> {
      const unique = new Map(wanted.map(call => [JSON.stringify([call.tool, call.arguments]), call]));
      const replayed: ReplayedCall[] = [];
      const notReplayed: Comparison['notReplayed'] = [];
      for (const call of [...unique.values()].slice(0, mostCalls)) {
        const reason = reasonNotTo(call.tool, before, after);
        if (reason === undefined) replayed.push(await replayOne(call, first, second));
        else notReplayed.push({ tool: call.tool, reason });
      }
      return { calls: replayed, notReplayed, latencyRatio: ratioOf(replayed) };
    },
    close() {
      for (const each of callers.values()) each.close();
    },
  };
}

/** A call that may change something is not made for the sake of a comparison: each version must say that it only reads. */
function reasonNotTo(
  name: string,
  before: readonly ComparedTool[],
  after: readonly ComparedTool[],
): string | undefined {
  const [old, now] = [before, after].map(tools => tools.find(tool => tool.name === name));
  if (!old || !now) return 'Only one of the two has it.';
  return [old, now].every(isReadOnly) ? undefined : 'It does not say that it only reads (readOnlyHint).';
}

function isReadOnly({ annotations }: ComparedTool): boolean {
  return typeof annotations === 'object' && annotations !== null && Reflect.get(annotations, 'readOnlyHint') === true;
}

const outcomeOf = ({ result }: Observed): ReplayedCall['before']['outcome'] =>
  result === undefined ? 'failed' : result['isError'] === true ? 'tool-error' : 'ok';

const textOf = ({ result, error }: Observed, hide: Hide): string =>
  result ? toSortedYaml(toSnapshotValue(result, [], hide)) : hide.text(`${error?.code}: ${error?.message}`);

function ratioOf(calls: readonly ReplayedCall[]): number | null {
  const good = calls.filter(each => each.before.outcome === 'ok' && each.after.outcome === 'ok');
  const before = median(good.map(each => each.before.durationMs));
  return good.length === 0 || before === 0 ? null : median(good.map(each => each.after.durationMs)) / before;
}
