// What the tests tab shows: which tests come first, and the bars of the last runs.

import { readPages } from '../../shared/api/pages.ts';
import type { RouteOutput } from '../../shared/api/route.ts';
import type { listServerTests, TestHistory, TestTrendPoint } from '../../shared/api/tests.ts';

export type Tests = RouteOutput<typeof listServerTests>;
export type ShownTests = Pick<Tests, 'items' | 'total' | 'trend'>;

const mostTests = 500;

/** All tests up to a bound, those that need somebody first. */
export async function readTests(read: (query: { page: number; limit: number }) => Promise<Tests>): Promise<ShownTests> {
  let trend: Tests['trend'] = [];
  const { items, total } = await readPages(async query => {
    const page = await read(query);
    trend = page.trend;
    return page;
  }, mostTests);
  return { items: items.toSorted((a, b) => urgency(a) - urgency(b)), total, trend };
}

/** Lower comes first; what is the same stays in the order of the names. */
const urgency = ({ outcome, flaky }: Pick<TestHistory, 'outcome' | 'flaky'>): number =>
  outcome === 'failed' ? 0 : flaky ? 1 : outcome === 'skipped' ? 3 : 2;

/** Shares of a bar, together 1, or all 0: nothing but skipped tests says nothing. */
export interface Bar {
  good: number;
  bad: number;
}

export function barOf({ passed, failed }: Pick<TestTrendPoint, 'passed' | 'failed'>): Bar {
  const all = passed + failed;
  return all === 0 ? { good: 0, bad: 0 } : { good: passed / all, bad: failed / all };
}

export const trendText = (points: readonly TestTrendPoint[]): string =>
  `${points.filter(({ failed }) => failed === 0).length} of the last ${points.length} runs had no failure`;

/** How often it passed when it ran; undefined: it never ran. */
export function passText({ history, passRate }: Pick<TestHistory, 'history' | 'passRate'>): string | undefined {
  const ran = history.filter(({ outcome }) => outcome !== 'skipped').length;
  return ran === 0 ? undefined : `${Math.round(passRate * 100)} % of ${ran === 1 ? '1 run' : `${ran} runs`} passed`;
}
