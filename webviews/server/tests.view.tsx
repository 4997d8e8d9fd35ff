// The tests of a server over their last runs: how each went, and whether it does so every time.
import type { TestHistory, TestTrendPoint } from '../../shared/api/tests.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Icon } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { useFollowed } from '../kit/followed.ts';
import { countOf, formatAgo, formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { ServerText } from '../kit/text.tsx';
import { barOf, passText, readTests, type ShownTests, trendText } from './tests.state.ts';

export function TestsTab({ serverId }: { serverId: string }) {
  const { api } = useApp();
  const tests = useFollowed(
    abort => readTests(query => api.listServerTests({ params: { id: serverId }, query }, { signal: abort })),
    event => {
      const isEnd = event.type === 'test-run.changed' && event.run.state !== 'running';
      return event.type === 'reset' || (isEnd && event.run.servers.includes(serverId));
    },
  );
  return (
    <Loaded load={tests} what="the tests">
      {found =>
        found.items.length === 0 ? (
          <Empty icon="beaker" title="No test has run yet">
            <p>
              Write calls and what they must answer into a file <code>NAME.mcptest.yaml</code>, and run it in the
              editor’s Test Explorer or with <code>quayside test</code>.
            </p>
            <p>
              <code>quayside test init {serverId}</code> writes a first one.
            </p>
          </Empty>
        ) : (
          <TestList tests={found} />
        )
      }
    </Loaded>
  );
}

function TestList({ tests: { items, total, trend } }: { tests: ShownTests }) {
  const bad = items.filter(({ outcome }) => outcome === 'failed').length;
  return (
    <>
      <p class="quiet" role="status">
        {countOf(total, 'test')}, {bad === 0 ? 'none failed last' : `${bad} failed last`}.
        {items.length < total && ` The first ${items.length} are shown.`}
      </p>
      <Trend points={trend} />
      <ul class="rows">
        {items.map(test => (
          <TestRow key={`${test.file} ${test.caseId}`} test={test} />
        ))}
      </ul>
    </>
  );
}

const shownRuns = 30;

/** One bar for each of the last runs, the oldest first: how many passed of all. */
function Trend({ points }: { points: readonly TestTrendPoint[] }) {
  if (points.length < 2) return null;
  const shown = points.slice(-shownRuns);
  return (
    <figure class="test-trend">
      <svg
        viewBox={`0 0 ${shown.length * 10} 40`}
        width={shown.length * 10}
        height={40}
        role="img"
        aria-label={trendText(shown)}
      >
        {shown.map((point, index) => {
          const { good, bad } = barOf(point);
          return (
            <g key={point.runId}>
              <title>
                {new Date(point.at).toLocaleString()}: {point.passed} passed, {point.failed} failed
              </title>
              <rect class="trend-none" x={index * 10 + 1} y={38} width={8} height={2} />
              <rect class="trend-bad" x={index * 10 + 1} y={0} width={8} height={40 * bad} />
              <rect class="trend-good" x={index * 10 + 1} y={40 * bad} width={8} height={40 * good} />
            </g>
          );
        })}
      </svg>
      <figcaption class="quiet">The last {shown.length} runs</figcaption>
    </figure>
  );
}

const looks: Record<TestHistory['outcome'], { icon: string; look: string }> = {
  passed: { icon: 'pass', look: 'state-good' },
  failed: { icon: 'error', look: 'state-bad' },
  skipped: { icon: 'debug-step-over', look: '' },
  cancelled: { icon: 'debug-stop', look: 'state-warn' },
  waiting: { icon: 'watch', look: '' },
  running: { icon: 'sync', look: 'state-busy' },
};

function TestRow({ test }: { test: TestHistory }) {
  const now = useNow(30_000);
  const { icon, look } = looks[test.outcome];
  return (
    <li class="row" data-test={test.outcome}>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={test.label} /> {test.flaky && <Badge>not always</Badge>}
        </span>
        <span class="quiet code">
          <ServerText text={test.file} />
        </span>
        {test.message && (
          <span class="row-text">
            <ServerText text={test.message} />
          </span>
        )}
      </div>
      <div class="row-facts">
        <span class="quiet">
          {[passText(test), test.outcome === 'skipped' ? undefined : formatDuration(test.durationMs)]
            .filter(Boolean)
            .map(text => `${text}, `)}
          {formatAgo(test.lastRunAt, now)}
        </span>
        <span class={`state ${look}`}>
          <Icon name={icon} /> {test.outcome}
        </span>
      </div>
    </li>
  );
}
