// How a server's tests went over their last runs: a row for each test, and one for all of them.
import type { TestHistory, TestTrendPoint } from '../../../shared/api/tests.ts';
import { describeDuration } from '../terminal/describe.ts';
import type { Output } from '../terminal/output.ts';
import { renderTable } from '../terminal/table.ts';

const marks = { passed: '✓', failed: '✗', skipped: '-', cancelled: '!', waiting: ' ', running: ' ' } as const;
const columnsShown = 20;

/** The oldest on the left, as time goes. */
const row = (history: TestHistory['history']): string =>
  history
    .map(({ outcome }) => marks[outcome])
    .reverse()
    .join('');

export function historyText(
  tests: readonly TestHistory[],
  trend: readonly TestTrendPoint[],
  { look, style }: Output,
): string {
  const table = renderTable(
    tests,
    [
      { heading: 'FILE', value: test => test.file },
      { heading: 'TEST', value: test => test.label },
      {
        heading: 'RUNS',
        value: test => row(test.history),
        colour: test => (test.outcome === 'failed' ? 'red' : undefined),
      },
      { heading: 'PASSED', value: test => `${Math.round(test.passRate * 100)} %` },
      // Of what passed: there is none of a test that never did.
      { heading: 'MEDIAN', value: test => (test.passRate === 0 ? '' : describeDuration(test.medianMs)) },
      {
        heading: 'NOTE',
        value: test => (test.flaky ? 'flaky' : test.outcome === 'failed' ? test.message : ''),
        colour: () => 'yellow',
      },
    ],
    look,
  );
  const runs = trend.slice(-columnsShown).map(point => (point.failed > 0 ? style('red', '✗') : style('green', '✓')));
  const last = trend.at(-1);
  if (!last) return table;
  return `${table}\n\nRuns: ${runs.join('')}  The last one: ${last.passed} passed, ${last.failed} failed, ${describeDuration(last.durationMs)}.`;
}
