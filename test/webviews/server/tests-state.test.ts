import assert from 'node:assert/strict';
import type { TestHistory, TestTrendPoint } from '../../../shared/api/tests.ts';
import { barOf, passText, readTests, trendText } from '../../../webviews/server/tests.state.ts';

const at = '2026-01-02T03:04:05.000Z';
const test = (label: string, change: Partial<TestHistory> = {}): TestHistory => ({
  ...{ file: 'a.mcptest.yaml', caseId: label, label, outcome: 'passed', lastRunAt: at, durationMs: 1, medianMs: 1 },
  ...{ passRate: 1, flaky: false, message: null, history: [] },
  ...change,
});
const point = (passed: number, failed: number, skipped = 0): TestTrendPoint => ({
  ...{ runId: '1', at, passed, failed, skipped, durationMs: 1 },
});

describe('the tests of a server on its page', () => {
  it('are read to their end, what failed or is not certain first', async () => {
    const all = [
      test('a'),
      test('b', { outcome: 'skipped' }),
      test('c', { flaky: true }),
      test('d', { outcome: 'failed' }),
    ];
    const { items, total, trend } = await readTests(async ({ page }) => ({
      ...{ items: all.slice((page - 1) * 2, page * 2), page, limit: 2, total: all.length, has_more: page < 2 },
      trend: [point(1, 0)],
    }));
    assert.deepEqual(
      items.map(({ label }) => label),
      ['d', 'c', 'a', 'b'],
    );
    assert.deepEqual([total, trend.length], [4, 1]);
  });

  it('have bars that say nothing of a run in which nothing ran', () => {
    assert.deepEqual([point(3, 1), point(0, 2), point(0, 0, 4)].map(barOf), [
      { good: 0.75, bad: 0.25 },
      { good: 0, bad: 1 },
      { good: 0, bad: 0 },
    ]);
    assert.equal(trendText([point(1, 0), point(0, 1)]), '1 of the last 2 runs had no failure');
  });

  it('tell how often they passed, if they ever ran', () => {
    const runs = (...outcomes: TestHistory['outcome'][]) =>
      outcomes.map(outcome => ({ runId: '1', at, outcome, durationMs: 1 }));
    assert.equal(passText({ history: runs('skipped'), passRate: 0 }), undefined);
    assert.equal(passText({ history: runs('passed', 'skipped'), passRate: 1 }), '100 % of 1 run passed');
    assert.equal(passText({ history: runs('passed', 'failed'), passRate: 0.5 }), '50 % of 2 runs passed');
  });
});
