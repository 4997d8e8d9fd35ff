// Tools that nobody calls cost something in every conversation: which they are, from the history and not from guesses.
import type { ToolAdvice } from '../../../shared/api/calls.ts';
import { toTimestamp } from '../../platform/clock.ts';

export interface AdvisedTool {
  serverId: string;
  tool: string;
  /** Of its definition; null: not counted yet. */
  tokens: number | null;
}

export interface AdviceParts {
  /** Those that clients are shown. */
  tools: readonly AdvisedTool[];
  lastCalls: readonly { serverId: string; tool: string; at: string }[];
  days: number;
  now: number;
  /** When the first call was that is still known. */
  oldest: string | null;
}

export interface Advice {
  days: number;
  since: string;
  tokens: number;
  detail: string;
  items: ToolAdvice[];
}

export function adviseOnTools({ tools, lastCalls, days, now, oldest }: AdviceParts): Advice {
  const asked = toTimestamp(now - days * 86_400_000);
  const isYoung = oldest !== null && oldest > asked;
  const since = isYoung ? oldest : asked;
  // A history of a day says nothing of the days before it.
  const period = isYoung ? `since ${oldest.slice(0, 10)}, when the history begins` : `in ${days} days`;
  const calledAt = new Map(lastCalls.map(({ serverId, tool, at }) => [`${serverId} ${tool}`, at]));
  // Without a history nothing is known to be unused.
  const items = (oldest === null ? [] : tools)
    .map(({ serverId, tool, tokens }) => ({ serverId, tool, tokens, at: calledAt.get(`${serverId} ${tool}`) ?? null }))
    .filter(({ at }) => at === null || at < asked)
    .map(({ at, ...tool }) => ({ ...tool, lastCalledAt: at, detail: describeUnused(tool.tokens, at, period) }))
    .toSorted((a, b) => (b.tokens ?? 0) - (a.tokens ?? 0) || a.tool.localeCompare(b.tool, 'en'));
  const tokens = items.reduce((sum, item) => sum + (item.tokens ?? 0), 0);
  return {
    days,
    since,
    tokens,
    items,
    detail: describeAll(items.length, tools.length, tokens, oldest === null ? null : period),
  };
}

function describeUnused(tokens: number | null, at: string | null, period: string): string {
  const when = at === null ? `Not called ${period}` : `Last called on ${at.slice(0, 10)}, not ${period}`;
  return tokens === null ? `${when}.` : `${when}; costs ${tokens} tokens in every conversation.`;
}

/** `period` is null where there is no history. */
function describeAll(unused: number, all: number, tokens: number, period: string | null): string {
  if (all === 0) return 'Clients are shown no tools, so there is nothing to advise.';
  if (period === null) return 'There is no history of calls yet, so nothing can be said of any tool.';
  if (unused === 0) return `Every tool was called ${period}.`;
  return `${unused} of ${all} tools were not called ${period}. Switched off, they would save ${tokens} tokens in every conversation, counted with o200k_base.`;
}
