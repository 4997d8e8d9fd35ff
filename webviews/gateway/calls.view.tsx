import { useEffect, useState } from 'preact/hooks';
import type { Call } from '../../shared/api/calls.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Button, IconButton } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { Pager } from '../kit/pager.tsx';
import { Permitted } from '../kit/permission.tsx';
import { useHeld } from '../kit/steady.ts';
import { figures, Moment, Outcome, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { CallDetailView } from './call-detail.view.tsx';
import { KeepingPart } from './call-settings.view.tsx';
import { StatisticsPart } from './call-statistics.view.tsx';
import { type CallsState, createCallsState, noFilters } from './calls.state.ts';

export const CallsTab = () => (
  <Permitted needs="calls:read" what="the calls">
    <Calls />
  </Permitted>
);

function Calls() {
  const app = useApp();
  const state = useOwned(() => createCallsState(app));
  const [part, setPart] = useState<'statistics' | 'keeping'>();
  const toggle = (next: typeof part) => setPart(part === next ? undefined : next);
  const problem = state.act.problem.value;
  const running = state.act.running.value;
  return (
    <>
      <div class="tools-head">
        {state.newer.value ? (
          <Button icon="arrow-up" onClick={state.showNewer}>
            Show newer calls
          </Button>
        ) : (
          <p class="quiet">Every call by any way. What ended last is first.</p>
        )}
        <div class="button-row">
          <Button
            icon={part === 'statistics' ? 'chevron-up' : 'graph'}
            expanded={part === 'statistics'}
            onClick={() => toggle('statistics')}
          >
            Figures
          </Button>
          <Button icon="export" busy={running === 'jsonl'} onClick={() => void state.export('jsonl')}>
            Export JSON lines
          </Button>
          <Button icon="export" busy={running === 'csv'} onClick={() => void state.export('csv')}>
            Export CSV
          </Button>
          <Button
            icon={part === 'keeping' ? 'chevron-up' : 'settings-gear'}
            expanded={part === 'keeping'}
            onClick={() => toggle('keeping')}
          >
            What is kept
          </Button>
        </div>
      </div>
      {problem && <ProblemNotice problem={problem} onDismiss={state.act.dismiss} />}
      {part === 'statistics' && <StatisticsPart state={state} />}
      {part === 'keeping' && <KeepingPart state={state} />}
      <Filters state={state} />
      <Loaded load={state.calls} what="the calls">
        {({ items, page, limit, total }) =>
          items.length === 0 ? (
            <NoCalls state={state} />
          ) : (
            <>
              <CallTable calls={items} state={state} />
              <Pager label="Pages of calls" page={page} limit={limit} total={total} onPage={state.calls.turnTo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

const NoCalls = ({ state: { calls } }: { state: CallsState }) =>
  Object.values(calls.filters.value).some(Boolean) ? (
    <Empty icon="filter" title="No call fits the filters">
      <Button icon="clear-all" onClick={() => calls.filter(noFilters)}>
        Clear the filters
      </Button>
    </Empty>
  ) : (
    <Empty icon="history" title="No call is on record">
      <p>Calls of agents at /mcp, of this page and of the command line are listed here.</p>
    </Empty>
  );

const outcomes: { value: '' | Call['outcome']; label: string }[] = [
  { value: '', label: 'any' },
  { value: 'ok', label: 'succeeded' },
  { value: 'tool-error', label: 'tool error' },
  { value: 'failed', label: 'failed' },
  { value: 'denied', label: 'denied' },
  { value: 'cancelled', label: 'cancelled' },
];

function Filters({ state: { calls } }: { state: CallsState }) {
  const { live } = useApp();
  const { outcome, server, tool, caller, q, slowerThan } = calls.filters.value;
  const servers = (live.servers.value.value ?? []).map(({ id }) => ({ value: id, label: id }));
  return (
    <search class="filters" aria-label="Filters">
      <Field label="Outcome">
        <Select value={outcome} options={outcomes} onChange={value => calls.filter({ outcome: value })} />
      </Field>
      <Field label="Server">
        <Select
          value={server}
          options={[{ value: '', label: 'any' }, ...servers]}
          onChange={value => calls.filter({ server: value })}
        />
      </Field>
      <Field label="Tool">
        <TextInput value={tool} onInput={text => calls.filter({ tool: text })} monospace />
      </Field>
      <Field label="Caller">
        <TextInput value={caller} onInput={text => calls.filter({ caller: text })} placeholder="agent cursor" />
      </Field>
      <Field label="Contains">
        <TextInput type="search" value={q} onInput={text => calls.filter({ q: text })} />
      </Field>
      <Field label="Slower than, ms">
        <TextInput inputMode="numeric" value={slowerThan} onInput={text => calls.filter({ slowerThan: text })} />
      </Field>
    </search>
  );
}

const looks: Record<Call['outcome'], { icon: string; look: string; word: string }> = {
  ok: { icon: 'pass', look: 'state-good', word: 'succeeded' },
  'tool-error': { icon: 'warning', look: 'state-warn', word: 'tool error' },
  failed: { icon: 'error', look: 'state-bad', word: 'failed' },
  denied: { icon: 'circle-slash', look: 'state-bad', word: 'denied' },
  cancelled: { icon: 'debug-stop', look: 'state-warn', word: 'cancelled' },
};

const opens = { name: 'opens', heading: <span class="only-heard">Show</span> };
const columns = [opens, 'Time', 'Outcome', 'Tool', figures('Took'), figures('Answer'), 'Caller'];

function CallTable({ calls, state }: { calls: readonly Call[]; state: CallsState }) {
  const { held, area } = useHeld();
  useEffect(() => state.hold(held), [held]);
  return (
    <div {...area}>
      <Table label="Calls" class="call-table" columns={columns}>
        {calls.map(call => (
          <CallRow key={call.id} call={call} state={state} />
        ))}
      </Table>
    </div>
  );
}

function CallRow({ call, state }: { call: Call; state: CallsState }) {
  const opened = state.opened.value?.id === call.id ? state.opened.value : undefined;
  return (
    <>
      <tr data-outcome={call.outcome}>
        <td>
          <IconButton
            icon={opened ? 'chevron-down' : 'chevron-right'}
            label={`${opened ? 'Hide' : 'Show'} the call of ${call.tool}`}
            busy={state.act.running.value === `open ${call.id}`}
            expanded={opened !== undefined}
            onClick={() => void state.open(opened ? undefined : call)}
          />
        </td>
        <td>
          <Moment at={call.startedAt} />
        </td>
        <td>
          <Outcome {...looks[call.outcome]} code={call.code ?? call.protocolError} />
        </td>
        <td class="call-tool">
          <code>
            <ServerText text={call.tool} />
          </code>{' '}
          <span class="quiet">{call.serverId}</span>
        </td>
        <td class="number">{formatDuration(call.durationMs)}</td>
        <td class="number">{formatBytes(call.bytes)}</td>
        <td class="call-caller">
          <span title={toVisibleText(call.caller)}>
            <ServerText text={call.caller} />
          </span>
          {call.client && (
            <span class="quiet" title={toVisibleText(call.client)}>
              <ServerText text={call.client} />
            </span>
          )}
        </td>
      </tr>
      {opened && (
        <tr class="row-detail">
          <td colSpan={columns.length}>
            <CallDetailView call={opened} state={state} />
          </td>
        </tr>
      )}
    </>
  );
}
