// What a server says now beside what a person has approved. Until it is approved, a changed tool is neither listed nor callable.
import { structuredPatch } from 'diff';
import type { LockedTool, LockMode, ServerLock, ServerLockDetail } from '../../shared/api/locks.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { Diff } from '../kit/diff.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select } from '../kit/fields.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted, PermittedButton, useWhyNot } from '../kit/permission.tsx';
import { useHeld, useSteady } from '../kit/steady.ts';
import { ServerText } from '../kit/text.tsx';
import { type ChangesState, createChangesState } from './changes.state.ts';

export const ChangesTab = () => (
  <Permitted needs="approvals:read" what="what servers have changed">
    <Changes />
  </Permitted>
);

function Changes() {
  const app = useApp();
  const state = useOwned(() => createChangesState(app));
  const openFile = async () => {
    const text = await state.lockFile();
    if (text !== undefined) app.host.openText(text, 'json', 'quayside.lock.json');
  };
  return (
    <>
      <div class="tools-head">
        <p class="quiet">
          What a server lists first is approved with its installation. What it changes later is kept back until you
          approve it.
        </p>
        <Button icon="json" busy={state.deciding.running.value === 'file'} onClick={() => void openFile()}>
          {app.host.kind === 'page' ? 'Download quayside.lock.json' : 'Open quayside.lock.json'}
        </Button>
      </div>
      <LookOnly needs="servers:manage" />
      <Loaded load={state.locks} what="the locks">
        {locks =>
          locks.length === 0 ? (
            <Empty icon="lock" title="No server is installed">
              <p>The tools of each server are locked when it lists them for the first time.</p>
              <Button icon="library" onClick={() => app.host.open({ view: 'catalog' })}>
                Open the catalog
              </Button>
            </Empty>
          ) : (
            <LockList locks={locks} state={state} />
          )
        }
      </Loaded>
    </>
  );
}

/** What asks for a decision is first; but nothing moves while somebody is at it, or has opened one. */
function LockList({ locks, state }: { locks: readonly ServerLock[]; state: ChangesState }) {
  const { held, area } = useHeld();
  const rows = useSteady(locks, ({ serverId }) => serverId, held || state.opened.value !== undefined);
  return (
    <div class="rows" {...area}>
      {rows
        .filter(({ gone }) => !gone)
        .map(({ key, item }) => (
          <LockRow key={key} lock={item} state={state} />
        ))}
    </div>
  );
}

function LockRow({ lock, state }: { lock: ServerLock; state: ChangesState }) {
  const now = useNow(30_000);
  const isOpen = state.opened.value === lock.serverId;
  const { look, icon, word } = lookOf(lock);
  return (
    <div class="row" data-lock={lock.state}>
      <div class="row-main">
        <span class="row-title">{lock.serverId}</span>
        <span class="quiet">
          {lock.state === 'never-listed'
            ? 'Its tools are locked when it starts for the first time.'
            : countOf(lock.tools, 'tool')}
          {lock.approvedAt && `, approved ${formatAgo(lock.approvedAt, now)}`}
          {lock.approvedBy && (
            <>
              {' '}
              by <ServerText text={lock.approvedBy} />
            </>
          )}
        </span>
      </div>
      <div class="row-facts">
        <span class={`state ${look}`}>
          <Icon name={icon} /> {word}
        </span>
        <Button
          icon={isOpen ? 'chevron-up' : 'chevron-down'}
          expanded={isOpen}
          onClick={() => state.open(isOpen ? undefined : lock.serverId)}
        >
          {isOpen ? 'Close' : lock.waiting > 0 ? 'Look at it' : 'Show'}
          <span class="only-heard"> {lock.serverId}</span>
        </Button>
      </div>
      {isOpen && (
        <div class="row-below">
          <Loaded load={state.detail} what="the changes">
            {detail => (detail.serverId === lock.serverId ? <Detail detail={detail} state={state} /> : null)}
          </Loaded>
        </div>
      )}
    </div>
  );
}

function lookOf({ state, waiting, quarantined, mode }: ServerLock): { look: string; icon: string; word: string } {
  if (mode === 'off') return { look: 'state-warn', icon: 'unlock', word: 'not locked' };
  if (waiting > 0) return { look: 'state-warn', icon: 'warning', word: `${countOf(waiting, 'change')} to look at` };
  if (quarantined > 0) return { look: 'state-bad', icon: 'circle-slash', word: `${quarantined} in quarantine` };
  if (state === 'never-listed') return { look: '', icon: 'dash', word: 'has not listed its tools yet' };
  return { look: 'state-good', icon: 'lock', word: 'as approved' };
}

const modes: { value: LockMode; label: string }[] = [
  { value: 'ask', label: 'every change waits for me' },
  { value: 'approve-additions', label: 'new tools come by themselves, changes wait' },
  { value: 'off', label: 'nothing waits: the lock is off' },
];

function Detail({ detail, state }: { detail: ServerLockDetail; state: ChangesState }) {
  const reason = useWhyNot('servers:manage');
  const changed = detail.items.filter(({ state: each }) => each !== 'approved');
  const { held, area } = useHeld();
  const rows = useSteady(changed, ({ name, digest }) => `${name} ${digest}`, held);
  const problem = state.deciding.problem.value;
  const facts = [
    { name: 'Where it comes from', ...detail.source },
    { name: 'Its instructions for models', ...detail.instructions },
  ].filter(fact => fact.changed);
  const running = state.deciding.running.value;
  return (
    <div class="lock-detail" {...area}>
      {problem && <ProblemNotice problem={problem} onDismiss={state.deciding.dismiss} />}
      <fieldset class="lock-mode" disabled={reason !== undefined}>
        <Field label="When it changes">
          <Select value={detail.mode} options={modes} onChange={value => void state.setMode(value)} />
        </Field>
      </fieldset>
      {changed.length + facts.length === 0 ? (
        <p class="button-row quiet">Nothing has changed since it was approved.</p>
      ) : (
        <div class="button-row">
          <PermittedButton
            needs="servers:manage"
            what="Approve all"
            kind="primary"
            icon="check-all"
            busy={running === 'approve'}
            onClick={() => void state.approve()}
          >
            Approve all
          </PermittedButton>
          <PermittedButton
            needs="servers:manage"
            what="Reject all"
            icon="circle-slash"
            busy={running === 'reject'}
            onClick={() => void state.reject()}
          >
            Reject all
          </PermittedButton>
        </div>
      )}
      {facts.map(({ name, before, after }) => (
        <section key={name} class="lock-item" aria-label={name}>
          <h3>{name}</h3>
          <Diff label={`What has changed: ${name}`} text={patchOf(before, after)} />
        </section>
      ))}
      {rows.map(({ key, item, gone }) => (
        <ToolChange key={key} tool={item} gone={gone} state={state} />
      ))}
    </div>
  );
}

const stateWords: Record<LockedTool['state'], string> = {
  approved: 'as approved',
  changed: 'changed',
  added: 'new',
  renamed: 'renamed',
  removed: 'gone',
};

interface ToolChangeProps {
  tool: LockedTool;
  /** It is not as it is shown any more: it was approved, or has changed again. */
  gone: boolean;
  state: ChangesState;
}

function ToolChange({ tool, gone, state }: ToolChangeProps) {
  const keptFocus = useKeptFocus();
  const running = state.deciding.running.value;
  return (
    <section class="lock-item" aria-label={tool.name} data-change={tool.state} {...keptFocus}>
      <div class="approval-head">
        <h3>
          <ServerText text={tool.name} /> <Badge>{stateWords[tool.state]}</Badge>
          {tool.quarantined && !gone && <Badge>in quarantine</Badge>}
          {tool.rejected && <Badge>rejected</Badge>}
        </h3>
        {gone ? (
          <span class="button-row state">
            <Icon name="check" /> done
          </span>
        ) : (
          <div class="button-row">
            <PermittedButton
              needs="servers:manage"
              what="Approve a tool"
              icon="check"
              busy={running === `approve ${tool.name}`}
              onClick={() => void state.approve([tool])}
            >
              Approve
              <span class="only-heard"> {tool.name}</span>
            </PermittedButton>
            {!tool.rejected && tool.state !== 'removed' && (
              <PermittedButton
                needs="servers:manage"
                what="Reject a tool"
                icon="circle-slash"
                busy={running === `reject ${tool.name}`}
                onClick={() => void state.reject([tool])}
              >
                Reject
                <span class="only-heard"> {tool.name}</span>
              </PermittedButton>
            )}
          </div>
        )}
      </div>
      {tool.formerName && (
        <p>
          It was called <ServerText text={tool.formerName} />.
        </p>
      )}
      <Diff label={`What has changed of ${tool.name}`} text={patchOf(tool.before, tool.after)} />
    </section>
  );
}

const linesAround = 4;

/** The lines that differ with some around them, without the names of files; where it begins is said only of what is cut. */
function patchOf(before: string | null, after: string | null): string {
  const { hunks } = structuredPatch('approved', 'now', textOf(before), textOf(after), '', '', { context: linesAround });
  return hunks
    .map(({ lines, newStart }, index) => {
      const shown = lines.filter(line => !line.startsWith('\\'));
      return (index === 0 && newStart <= 1 ? shown : [`⋯ line ${newStart}`, ...shown]).join('\n');
    })
    .join('\n');
}

const textOf = (text: string | null): string => (text === null ? '' : `${text}\n`);
