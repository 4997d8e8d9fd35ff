// Another version of a server beside the one that is installed: the form, the progress, and those that were compared before.
import { useRef, useState } from 'preact/hooks';
import type { Comparison, ComparisonSummary } from '../../shared/api/comparisons.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { ExactVersion } from '../../shared/domain/names.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice, Progress } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { useOwned } from '../kit/owned.ts';
import { useWhyNot } from '../kit/permission.tsx';
import { Moment, Outcome, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { type CompareDraft, type CompareState, createCompareState, planCalls, readDraft } from './compare.state.ts';
import { ComparisonResult } from './comparison.view.tsx';
import type { ServerState } from './server.state.ts';
import './compare.css';

interface CompareProps {
  server: MCPServerDetail;
  state: ServerState;
}

export function CompareTab({ server, state: { tools } }: CompareProps) {
  const app = useApp();
  const state = useOwned(() => createCompareState(app, server.id));
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const result = useRef<HTMLDivElement>(null);
  const comparison = state.shown.value;
  const lost = state.lost.value;
  const others = (app.live.servers.value.value ?? []).filter(({ id }) => id !== server.id);
  const isPackage = server.source.type === 'npm';
  // Kept here: while a comparison runs there is no form, and whoever repeats one has not to choose again.
  const [draft, setDraft] = useState(() => initialDraft(server));
  const isRunning = comparison !== undefined && comparison.endedAt === null;
  const show = async (id: string) => {
    await state.show(id);
    result.current?.focus({ preventScroll: true });
    result.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <div class="compare" {...keptFocus}>
      {isRunning ? (
        <Running comparison={comparison} state={state} />
      ) : isPackage || others.length > 0 ? (
        <>
          <CompareForm
            isPackage={isPackage}
            others={others.map(({ id }) => id)}
            state={state}
            draft={draft}
            onChange={setDraft}
          />
          <PlannedCalls state={state} tools={tools.value.value} folded={comparison !== undefined} />
        </>
      ) : (
        <NothingToCompare />
      )}
      {lost && lost.code !== 'DAEMON_002' && <ProblemNotice problem={lost} />}
      {comparison && !isRunning && (
        <div ref={result} tabIndex={-1} data-keeps-focus>
          <ComparisonResult key={comparison.id} comparison={comparison} />
        </div>
      )}
      <Loaded load={state.known} what="earlier comparisons">
        {known =>
          known.length > 1 ? (
            <Earlier known={known} shownId={comparison?.id} onShow={show} />
          ) : comparison || known.length > 0 || !(isPackage || others.length > 0) ? null : (
            <NothingYet state={state} isPackage={isPackage} />
          )
        }
      </Loaded>
    </div>
  );
}

function NothingToCompare() {
  const { host } = useApp();
  return (
    <Empty icon="git-compare" title="There is nothing to compare it with">
      <p>
        This server is no npm package, so no other version can be installed beside it. Install the other version as a
        server of its own, and compare the two.
      </p>
      <Button icon="library" onClick={() => host.open({ view: 'catalog' })}>
        Open the catalog
      </Button>
    </Empty>
  );
}

const NothingYet = ({ state, isPackage }: { state: CompareState; isPackage: boolean }) => (
  <Empty icon="git-compare" title="Nothing has been compared yet">
    <p>You see which tools differ, what may break callers, and how results and times change.</p>
    {isPackage && (
      <Button
        asks="createComparison"
        icon="play"
        busy={state.starting.running.value !== undefined}
        onClick={() => void state.start({ version: 'latest' })}
      >
        Compare with the latest version
      </Button>
    )}
  </Empty>
);

const initialDraft = ({ source, update }: MCPServerDetail): CompareDraft => ({
  with: source.type === 'npm' ? 'version' : 'server',
  version: ExactVersion.safeParse(update?.to).data ?? 'latest',
  serverId: '',
});

interface FormProps {
  isPackage: boolean;
  others: readonly string[];
  state: CompareState;
  draft: CompareDraft;
  onChange: (draft: CompareDraft) => void;
}

function CompareForm({ isPackage, others, state, draft, onChange }: FormProps) {
  const [tried, setTried] = useState(false);
  const reason = useWhyNot('servers:manage');
  const read = readDraft(draft);
  const error = tried && 'error' in read ? read.error : undefined;
  const change = (part: Partial<CompareDraft>) => {
    setTried(false);
    onChange({ ...draft, ...part });
  };
  const start = () => {
    setTried(true);
    if (reason === undefined && 'other' in read) void state.start(read.other);
  };
  const kinds = [
    ...(isPackage ? [{ value: 'version', label: 'another version of the package' } as const] : []),
    ...(others.length > 0 ? [{ value: 'server', label: 'another server' } as const] : []),
  ];
  const problem = state.starting.problem.value;
  return (
    <Form label="Compare" onSubmit={start}>
      <div class="compare-fields">
        <Field label="Compare with">
          <Select value={draft.with} options={kinds} onChange={kind => change({ with: kind })} />
        </Field>
        {draft.with === 'version' ? (
          <Field label="Version" error={error}>
            <TextInput value={draft.version} onInput={version => change({ version })} monospace maxLength={128} />
          </Field>
        ) : (
          <Field label="Server" error={error}>
            <Select
              value={draft.serverId}
              options={[{ value: '', label: 'Choose one' }, ...others.map(id => ({ value: id, label: id }))]}
              onChange={serverId => change({ serverId })}
            />
          </Field>
        )}
      </div>
      <p class="quiet">
        {draft.with === 'version'
          ? 'It is installed beside this server with the same settings, started, and removed again.'
          : 'A server that does not run is started for it, and stopped again.'}
      </p>
      {problem && <ProblemNotice problem={problem} onDismiss={state.starting.dismiss} />}
      <div class="button-row">
        <Button
          asks="createComparison"
          type="submit"
          kind="primary"
          icon="git-compare"
          busy={state.starting.running.value !== undefined}
        >
          Start
        </Button>
        {reason !== undefined && <span class="quiet">{reason}</span>}
      </div>
    </Form>
  );
}

const shownPlanned = 8;

interface PlannedProps {
  state: CompareState;
  tools: Parameters<typeof planCalls>[1];
  /** A result is shown, which is what matters now. */
  folded: boolean;
}

/** The saved calls, each with whether it will be made. */
function PlannedCalls({ state, tools, folded }: PlannedProps) {
  const [all, setAll] = useState(false);
  const saved = state.saved.value.value;
  if (!saved) return null;
  const planned = planCalls(saved, tools);
  const most = folded ? 0 : shownPlanned;
  const shown = planned.slice(0, all ? undefined : most);
  const made = planned.filter(({ reason }) => reason === undefined).length;
  return (
    <section class="section" aria-label="Calls to repeat">
      <h2>Calls to repeat</h2>
      <p class="quiet">
        {saved.length === 0
          ? 'No call of this server is saved; a tool’s page saves one. '
          : `${made} of ${countOf(saved.length, 'saved call')} will be made on both. `}
        Calls in the history whose arguments were kept are repeated too. Only tools that say that they only read are
        called.
      </p>
      {shown.length > 0 && (
        <ul class="rows">
          {shown.map(({ saved: call, reason }) => (
            <li class="row" key={call.id}>
              <div class="row-main">
                <span>
                  <code>
                    <ServerText text={call.target} />
                  </code>{' '}
                  <ServerText text={call.title} />
                </span>
              </div>
              <div class="row-facts">
                {reason === undefined ? (
                  <Outcome icon="check" look="state-good" word="will be made" code={null} />
                ) : (
                  <Outcome icon="circle-slash" look="state-quiet" word={`not made: ${reason}`} code={null} />
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {planned.length > most && (
        <div class="button-row">
          <Button icon={all ? 'chevron-up' : 'chevron-down'} expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show ${countOf(planned.length, 'saved call')}`}
          </Button>
        </div>
      )}
    </section>
  );
}

function Running({ comparison, state }: { comparison: Comparison; state: CompareState }) {
  const { cancelling } = state;
  return (
    <div class="operation" data-comparison="running">
      <div class="operation-line">
        <strong>
          <ServerText text={`Comparing ${comparison.serverId} with ${comparison.other}`} />
        </strong>
        <Button
          asks="cancelComparison"
          icon="close"
          busy={cancelling.running.value !== undefined}
          onClick={() => void state.cancel()}
        >
          {cancelling.running.value === undefined ? 'Cancel' : 'Cancelling'}
        </Button>
      </div>
      <Progress label={comparison.step} value={null} />
      {cancelling.problem.value && <ProblemNotice problem={cancelling.problem.value} onDismiss={cancelling.dismiss} />}
    </div>
  );
}

const ends: Record<Comparison['state'], { icon: string; look: string; word: string }> = {
  running: { icon: 'sync', look: 'state-busy', word: 'running' },
  succeeded: { icon: 'pass', look: 'state-good', word: 'nothing breaks' },
  failed: { icon: 'error', look: 'state-bad', word: 'failed' },
  cancelled: { icon: 'circle-slash', look: 'state-quiet', word: 'cancelled' },
};
const breaks = { icon: 'warning', look: 'state-warn', word: 'may break callers' };

interface EarlierProps {
  known: readonly ComparisonSummary[];
  shownId: string | undefined;
  onShow: (id: string) => Promise<void>;
}

const Earlier = ({ known, shownId, onShow }: EarlierProps) => (
  <section class="section" aria-label="Comparisons">
    <h2>Comparisons</h2>
    <p class="quiet">The last ones. They are forgotten when the daemon ends.</p>
    <Table label="Comparisons so far" columns={['Begun', 'Compared with', 'Result', 'Shown']}>
      {known.map(({ id, startedAt, other, state: end, breaking }) => (
        <tr key={id}>
          <td>
            <Moment at={startedAt} />
          </td>
          <td>
            <code>
              <ServerText text={other} />
            </code>
          </td>
          <td>
            <Outcome {...(end === 'succeeded' && breaking ? breaks : ends[end])} code={null} />
          </td>
          <td>
            <button type="button" class="text-button" aria-pressed={shownId === id} onClick={() => void onShow(id)}>
              {shownId === id ? 'Shown above' : 'Show'}
              <span class="only-heard">
                {shownId === id ? ':' : ''} the comparison with {other}
              </span>
            </button>
          </td>
        </tr>
      ))}
    </Table>
  </section>
);
