// Who called what, when, how long it took and how it ended. What was in a call is there only if somebody wanted it kept.
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Call, CallDetail } from '../../shared/api/calls.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Button, IconButton } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { Pager } from '../kit/pager.tsx';
import { Permitted, PermittedButton } from '../kit/permission.tsx';
import { useHeld } from '../kit/steady.ts';
import { figures, Moment, Outcome, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { LongText, ResultView } from '../tool/result.view.tsx';
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
          <p class="quiet">Every call by any way, the newest first.</p>
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
            <Detail call={opened} state={state} />
          </td>
        </tr>
      )}
    </>
  );
}

const whyAbsent: Record<CallDetail['argumentsState'], string | undefined> = {
  whole: undefined,
  cut: 'Cut: it was longer than what is kept.',
  hidden: 'Something secret was taken out.',
  none: 'Not kept. "What is kept" above changes this for later calls.',
  'not-yours': 'You may not see it: this takes the permission to call tools.',
};

function Detail({ call, state }: { call: CallDetail; state: CallsState }) {
  const replayed = state.replayed.value;
  const hide = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape') return;
    const row = event.currentTarget.closest('tr')?.previousElementSibling;
    void state.open(undefined);
    row?.querySelector<HTMLElement>('.icon-button')?.focus();
  };
  return (
    <section class="call-detail" aria-label={`Call of ${call.tool}`} onKeyDown={hide}>
      <div class="approval-head">
        <h3>
          <ServerText text={call.tool} /> <span class="quiet">of {call.serverId}</span>
        </h3>
        <div class="button-row">
          {call.arguments !== undefined && call.argumentsState !== 'cut' && (
            <PermittedButton
              needs="tools:call"
              what="Save as a test"
              icon="beaker"
              busy={state.act.running.value === 'test'}
              onClick={() => void state.saveAsTest()}
            >
              Save as test
            </PermittedButton>
          )}
          {call.canReplay && (
            <PermittedButton
              needs="tools:call"
              what="Call again"
              icon="debug-rerun"
              busy={state.act.running.value === 'replay'}
              onClick={() => void state.replay()}
            >
              Call it again
            </PermittedButton>
          )}
        </div>
      </div>
      <p class="quiet">
        By <ServerText text={call.caller} />
        {call.client && (
          <>
            {' '}
            (<ServerText text={call.client} />)
          </>
        )}
        , {new Date(call.startedAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })}
      </p>
      <Value label="Arguments" value={call.arguments} absent={whyAbsent[call.argumentsState]} name={call.tool} />
      <Value label="Result" value={call.result} absent={whyAbsent[call.resultState]} name={call.tool} />
      {replayed && (
        <>
          <h4>Called again</h4>
          <ResultView result={replayed} />
        </>
      )}
    </section>
  );
}

const Value = ({
  label,
  value,
  absent,
  name,
}: {
  label: string;
  value: unknown;
  absent: string | undefined;
  name: string;
}) => (
  <div class="call-value">
    <h4>{label}</h4>
    {absent && <p class="quiet">{absent}</p>}
    {value !== undefined && (
      <LongText
        text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
        label={`${label} as kept`}
        language="json"
        name={name}
      />
    )}
  </div>
);
