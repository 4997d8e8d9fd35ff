// The history of calls as people ask for it.
import type {
  Call,
  CallDetail,
  CallFilter,
  CallSettings,
  CallSettingsChange,
  CallStatistics,
} from '../../../shared/api/calls.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { CallResult } from '../../../shared/api/tool-calls.ts';
import { methodOf } from '../../../shared/domain/call-name.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { type CallFormat, renderCalls } from './call-export.ts';
import { type CallScope, type Condition, conditionsOf } from './call-filter.ts';
import type { KeepingPolicy } from './call-settings.ts';
import type { StatisticsBy } from './call-statistics.ts';
import type { CallRepository, KeptCall } from './calls.repository.ts';
import type { Redacted } from './redact-value.ts';
import { type Advice, type AdvisedTool, adviseOnTools } from './tool-advice.ts';

/** A call as somebody wants it made; it goes through all that any call goes through. */
export interface CallAgain {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  timeoutSeconds: number | undefined;
  caller: Caller;
  requestId: string;
  signal: AbortSignal;
}

export interface CallServiceParts {
  repository: CallRepository;
  policy: KeepingPolicy;
  statistics(by: StatisticsBy, where: Condition[]): Promise<CallStatistics[]>;
  /** Until what has ended is written, so that an answer misses none of it. */
  written(): Promise<void>;
  clock: Clock;
  makeCall(call: CallAgain): Promise<CallResult>;
  /** The tools that clients are shown. */
  exposedTools(): readonly AdvisedTool[];
  /** Errors: SERVER_001. */
  requireServer(serverId: string): void;
}

export interface CallService {
  list(query: PageQuery & Partial<CallFilter>, scope: CallScope): Promise<Page<Call>>;
  /** Errors: CALL_001. */
  get(id: string, scope: CallScope): Promise<CallDetail>;
  export(
    query: Partial<CallFilter> & { format: CallFormat; values: boolean; after: number },
    scope: CallScope,
  ): Promise<{ text: string; calls: number; next: number | null }>;
  statistics(
    query: {
      by: StatisticsBy;
      server?: string | undefined;
      tool?: string | undefined;
      since?: string | undefined;
      until?: string | undefined;
    },
    scope: CallScope,
  ): Promise<{ since: string; until: string; items: CallStatistics[] }>;
  /** Errors: CALL_001, CALL_002, and those of a call. */
  replay(id: string, how: Pick<CallAgain, 'timeoutSeconds' | 'caller' | 'requestId' | 'signal'>): Promise<CallResult>;
  delete(filter: Partial<CallFilter>, valuesOnly: boolean): Promise<number>;
  settings(): CallSettings;
  /** Errors: SERVER_001. */
  changeSettings(change: CallSettingsChange): CallSettings;
  advice(days: number, scope: CallScope): Promise<Advice>;
}

const everything: CallScope = { servers: null, mayReadValues: true };
const mostExported = 1_000;
const mostDeletedAtOnce = 500;
const week = 7 * 86_400_000;

export function createCallService(parts: CallServiceParts): CallService {
  const { repository, policy, clock } = parts;
  const find = async (id: string, { servers }: CallScope): Promise<KeptCall> => {
    await parts.written();
    const call = repository.find(id);
    if (call && (!servers || servers.includes(call.serverId))) return call;
    throw problem('CALL_001', {
      detail: 'No call of this id is in the history.',
      next: 'Old calls are deleted; "quayside calls settings" shows when.',
    });
  };
  const settings = (): CallSettings => ({ ...policy.settings(), kept: repository.size() });

  return {
    async list(query, scope) {
      await parts.written();
      return repository.list(query, conditionsOf(query, scope));
    },
    get: async (id, scope) => toDetail(await find(id, scope), scope),
    async export({ format, values, after, ...filter }, scope) {
      await parts.written();
      const calls = repository.after(after, mostExported, conditionsOf(filter, scope));
      const last = calls.length === mostExported ? calls.at(-1) : undefined;
      const text = renderCalls(calls, format, values && scope.mayReadValues, after === 0);
      return { text, calls: calls.length, next: last?.number ?? null };
    },
    async statistics({ by, ...filter }, scope) {
      await parts.written();
      const until = filter.until ?? toTimestamp(clock.now() + 1);
      const since = filter.since ?? toTimestamp(Date.parse(until) - week);
      const items = await parts.statistics(by, conditionsOf({ ...filter, since, until }, scope));
      return { since, until, items };
    },
    async replay(id, how) {
      const call = await find(id, everything);
      const { serverId, tool } = call;
      return await parts.makeCall({ ...how, serverId, tool, arguments: wholeArguments(call) });
    },
    async delete(filter, valuesOnly) {
      await parts.written();
      const where = conditionsOf(filter, everything);
      for (let deleted = 0; ; ) {
        const step = repository.delete(where, mostDeletedAtOnce, valuesOnly);
        deleted += step;
        if (step === 0) return deleted;
        await new Promise(resolve => setImmediate(resolve));
      }
    },
    settings,
    changeSettings(change) {
      for (const { serverId } of change.rules ?? []) parts.requireServer(serverId);
      policy.change(change);
      return settings();
    },
    async advice(days, { servers }) {
      await parts.written();
      const tools = parts.exposedTools().filter(({ serverId }) => !servers || servers.includes(serverId));
      const { oldest } = repository.size();
      return adviseOnTools({ tools, lastCalls: repository.lastCalls(), days, now: clock.now(), oldest });
    },
  };
}

/** Errors: CALL_002. */
function wholeArguments({ arguments: { text, state }, tool }: KeptCall): Record<string, unknown> {
  if (methodOf(tool) !== undefined)
    throw problem('CALL_002', {
      detail: `"${tool}" was no call of a tool: a client sent a method that the protocol does not know.`,
      next: 'Only the client can send it again.',
    });
  if (state === 'whole' && text !== null) {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  }
  const why = {
    none: `The arguments of this call of "${tool}" were not kept.`,
    cut: `The arguments of this call of "${tool}" were too long to be kept whole.`,
    hidden: `A secret was taken out of the arguments of this call of "${tool}".`,
    whole: `What was kept of this call of "${tool}" are no arguments.`,
  }[state];
  throw problem('CALL_002', {
    detail: why,
    next:
      state === 'none'
        ? 'To repeat later calls: quayside calls settings --keep arguments. This one has to be typed anew.'
        : 'Make the call anew with its arguments.',
  });
}

function toDetail(call: KeptCall, { mayReadValues }: CallScope): CallDetail {
  const { arguments: given, result, ...rest } = call;
  const canReplay = mayReadValues && given.state === 'whole' && methodOf(call.tool) === undefined;
  if (!mayReadValues) {
    const state = ({ text }: Redacted): 'none' | 'not-yours' => (text === null ? 'none' : 'not-yours');
    return { ...rest, argumentsState: state(given), resultState: state(result), canReplay };
  }
  return {
    ...rest,
    ...(given.text === null ? {} : { arguments: readable(given) }),
    argumentsState: given.state,
    ...(result.text === null ? {} : { result: readable(result) }),
    resultState: result.state,
    canReplay,
  };
}

/** The value; of what was cut, the text that is left of it. */
function readable({ text, state }: Redacted): unknown {
  if (text === null || state === 'cut') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
