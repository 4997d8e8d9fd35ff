// What a comparison has found: tools that differ first, then calls side by side, then those that were not made.
import { useState } from 'preact/hooks';
import type { Comparison, ReplayedCall, ToolDifference } from '../../shared/api/comparisons.ts';
import { Badge, Button, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Diff } from '../kit/diff.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { countOf, formatDuration } from '../kit/format.ts';
import { acts, figures, Moment, Outcome, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { byUrgency, endText, groupNotMade, ratioText } from './compare.state.ts';

export function ComparisonResult({ comparison }: { comparison: Comparison }) {
  const { state, problem, breaking, startedAt, serverId, other } = comparison;
  if (state !== 'succeeded')
    return problem ? (
      <ProblemNotice problem={problem} />
    ) : (
      <Note icon="circle-slash">
        <p>{endText(comparison)} Nothing that was installed for it is left.</p>
      </Note>
    );
  return (
    <div class="comparison" data-comparison={breaking ? 'breaking' : 'fine'}>
      <h2>
        <ServerText text={serverId} /> and <ServerText text={other} />
      </h2>
      <p class="facts" role="status">
        <Outcome
          icon={breaking ? 'warning' : 'pass-filled'}
          look={breaking ? 'state-warn' : 'state-good'}
          word={endText(comparison)}
          code={null}
        />
        <Moment at={startedAt} />
      </p>
      <ToolsPart comparison={comparison} />
      <CallsPart comparison={comparison} />
      <NotMadePart comparison={comparison} />
    </div>
  );
}

function ToolsPart({ comparison: { tools, unchangedTools, serverId } }: { comparison: Comparison }) {
  return (
    <section class="section" aria-label="Tools that differ">
      <h3>Tools</h3>
      <p class="quiet">
        {tools.length === 0
          ? `No tool differs; ${unchangedTools} unchanged.`
          : `${countOf(tools.length, 'tool differs', 'tools differ')}, ${unchangedTools} unchanged.`}
      </p>
      {tools.length > 0 && (
        <ul class="rows">
          {byUrgency(tools).map(tool => (
            <ToolRow key={tool.tool} difference={tool} serverId={serverId} />
          ))}
        </ul>
      )}
    </section>
  );
}

const kinds: Record<ToolDifference['kind'], { icon: string; look: string; word: string }> = {
  added: { icon: 'diff-added', look: 'state-good', word: 'added' },
  removed: { icon: 'diff-removed', look: 'state-bad', word: 'removed' },
  changed: { icon: 'diff-modified', look: 'state-busy', word: 'changed' },
};

function ToolRow({ difference, serverId }: { difference: ToolDifference; serverId: string }) {
  const [open, setOpen] = useState(false);
  const { tool, kind, breaking, changes, diff } = difference;
  const name = (
    <code>
      <ServerText text={tool} />
    </code>
  );
  return (
    <li class="row" data-difference={kind} data-breaking={breaking || undefined}>
      <div class="row-main">
        <span class="row-title">
          {kind === 'added' ? name : <PlaceLink to={{ view: 'tool', id: serverId, tool }}>{name}</PlaceLink>}{' '}
          {breaking && <Badge>may break callers</Badge>}
        </span>
        {changes.length > 0 && (
          <ul class="compare-changes">
            {changes.map(change => (
              <li key={`${change.path} ${change.message}`}>
                {change.breaking && (
                  <span class="state-bad">
                    <Icon name="error" /> <span class="only-heard">May break callers: </span>
                  </span>
                )}
                <span>
                  <ServerText text={change.message} />{' '}
                  <code class="quiet">
                    <ServerText text={change.path} />
                  </code>
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="row-facts">
        <Outcome {...kinds[kind]} code={null} />
        <Button icon={open ? 'chevron-up' : 'chevron-down'} expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Close' : 'Definition'}
          <span class="only-heard"> of {tool}</span>
        </Button>
      </div>
      {open && (
        <div class="row-below">
          <Diff label={`The definition of ${tool}`} text={diff} />
        </div>
      )}
    </li>
  );
}

const columns = (serverId: string, other: string) => [
  acts,
  'Call',
  'Result',
  figures(serverId),
  figures(other),
  figures('Ratio'),
];

function CallsPart({ comparison: { calls, latencyRatio, serverId, other } }: { comparison: Comparison }) {
  const different = calls.filter(({ same }) => !same).length;
  return (
    <section class="section" aria-label="Calls side by side">
      <h3>Calls</h3>
      <p class="quiet">
        {calls.length === 0
          ? 'No call was made on both: none of a tool that only reads is saved, or was kept in the history.'
          : `${countOf(calls.length, 'call')} made on both, ${different} with another result.`}
        {latencyRatio !== null && ` The other one takes ${latencyRatio.toFixed(2)} times as long.`}
      </p>
      {calls.length > 0 && (
        <Table label="Calls" columns={columns(serverId, other)}>
          {calls
            .toSorted((a, b) => Number(a.same) - Number(b.same))
            .map((call, index) => (
              <CallRow key={`${index}`} call={call} />
            ))}
        </Table>
      )}
    </section>
  );
}

const results = {
  same: { icon: 'pass', look: 'state-good', word: 'same' },
  different: { icon: 'diff', look: 'state-warn', word: 'different' },
} as const;

function CallRow({ call: { tool, arguments: args, same, diff, before, after } }: { call: ReplayedCall }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr data-call={same ? 'same' : 'different'}>
        <td class="acts">
          {diff !== null && (
            <IconButton
              icon={open ? 'chevron-down' : 'chevron-right'}
              label={`What differs in ${tool}`}
              expanded={open}
              onClick={() => setOpen(!open)}
            />
          )}
        </td>
        <td class="compare-call">
          <code>
            <ServerText text={tool} />
          </code>{' '}
          <code class="quiet">
            <ServerText text={JSON.stringify(args)} />
          </code>
        </td>
        <td>
          <Outcome {...results[same ? 'same' : 'different']} code={null} />
        </td>
        <Took took={before} />
        <Took took={after} />
        <td class="number">{ratioText(before.durationMs, after.durationMs)}</td>
      </tr>
      {open && diff !== null && (
        <tr class="row-detail">
          <td colSpan={6}>
            <Diff label={`The results of ${tool}`} text={diff} />
          </td>
        </tr>
      )}
    </>
  );
}

const Took = ({ took: { durationMs, outcome } }: { took: ReplayedCall['before'] }) => (
  <td class="number">
    {formatDuration(durationMs)}
    {outcome !== 'ok' && <span class="quiet">, {outcome === 'failed' ? 'failed' : 'tool error'}</span>}
  </td>
);

function NotMadePart({ comparison: { notReplayed } }: { comparison: Comparison }) {
  if (notReplayed.length === 0) return null;
  return (
    <section class="section" aria-label="Calls that were not made">
      <h3>Calls that were not made</h3>
      <ul class="rows">
        {groupNotMade(notReplayed).map(({ reason, tools, calls }) => (
          <li class="row" key={reason}>
            <div class="row-main">
              <span>
                <ServerText text={reason} />
              </span>
              <span class="quiet code">
                <ServerText text={tools.join(', ')} />
              </span>
            </div>
            <div class="row-facts quiet">{countOf(calls, 'call')}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
