import type { CallStatistics } from '../../shared/api/calls.ts';
import { Loaded } from '../kit/feedback.tsx';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { figures, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import type { CallsState } from './calls.state.ts';

const columns = ['Tool', ...['Calls', 'Errors', 'Median', '95 % within', 'Answers'].map(figures)];

/** The last seven days, tool by tool. */
export const StatisticsPart = ({ state }: { state: CallsState }) => (
  <section class="section" aria-label="Figures">
    <h2>The last seven days</h2>
    <Loaded load={state.statistics} what="the figures">
      {items =>
        items.length === 0 ? (
          <p class="quiet">Nothing was called.</p>
        ) : (
          <Table label="Figures of each tool" columns={columns}>
            {items.map(row => (
              <Row key={`${row.serverId} ${row.tool}`} row={row} />
            ))}
          </Table>
        )
      }
    </Loaded>
  </section>
);

const Row = ({ row: { serverId, tool, count, errorRate, p50Ms, p95Ms, bytes } }: { row: CallStatistics }) => (
  <tr>
    <td>
      <code>
        <ServerText text={tool ?? 'all'} />
      </code>{' '}
      <span class="quiet">{serverId}</span>
    </td>
    <td class="number">{count}</td>
    <td class="number">{(errorRate * 100).toFixed(errorRate > 0 && errorRate < 0.1 ? 1 : 0)} %</td>
    <td class="number">{formatDuration(p50Ms)}</td>
    <td class="number">{formatDuration(p95Ms)}</td>
    <td class="number">{formatBytes(bytes)}</td>
  </tr>
);
