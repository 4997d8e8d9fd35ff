// Who did what, the newest first, with what was denied.
import { type AuditEntry, describeChange } from '../../shared/api/audit.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { useOwned } from '../kit/owned.ts';
import { Pager } from '../kit/pager.tsx';
import { Permitted } from '../kit/permission.tsx';
import { Moment, Outcome, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { type AuditState, createAuditState } from './audit.state.ts';

export const AuditTab = () => (
  <Permitted needs="audit:read" what="the audit log">
    <Audit />
  </Permitted>
);

function Audit() {
  const app = useApp();
  const state = useOwned(() => createAuditState(app));
  return (
    <>
      <Head state={state} />
      <Filters state={state} />
      <Loaded load={state.entries} what="the audit log">
        {({ items, page, limit, total }) =>
          items.length === 0 ? (
            <Empty icon="search" title="Nothing like this is on record" />
          ) : (
            <>
              <EntryTable entries={items} />
              <Pager label="Pages of the log" page={page} limit={limit} total={total} onPage={state.entries.turnTo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Head({ state }: { state: AuditState }) {
  const verified = state.verified.value;
  const problem = state.verifying.problem.value ?? state.exporting.problem.value;
  const exporting = state.exporting.running.value;
  return (
    <>
      <div class="tools-head">
        <p class="quiet">Each entry holds a hash of the one before, so that a change shows.</p>
        <div class="button-row">
          <Button
            icon="verified"
            busy={state.verifying.running.value !== undefined}
            onClick={() => void state.verify()}
          >
            Verify
          </Button>
          <Button icon="export" busy={exporting === 'jsonl'} onClick={() => void state.export('jsonl')}>
            Export JSON lines
          </Button>
          <Button icon="export" busy={exporting === 'cef'} onClick={() => void state.export('cef')}>
            Export CEF
          </Button>
          <Button icon="refresh" busy={state.entries.loading.value} onClick={() => void state.entries.reload()}>
            Read again
          </Button>
        </div>
      </div>
      {verified && (
        <div
          class={`notice ${verified.ok ? 'notice-good' : 'notice-error'}`}
          role="status"
          data-verified={String(verified.ok)}
        >
          <Icon name={verified.ok ? 'pass-filled' : 'error'} class={`notice-icon ${verified.ok ? 'state-good' : ''}`} />
          <div class="notice-body">
            <p>{verified.detail}</p>
          </div>
        </div>
      )}
      {problem && (
        <ProblemNotice
          problem={problem}
          onDismiss={() => {
            state.verifying.dismiss();
            state.exporting.dismiss();
          }}
        />
      )}
    </>
  );
}

const outcomes: { value: '' | AuditEntry['outcome']; label: string }[] = [
  { value: '', label: 'any' },
  { value: 'denied', label: 'denied' },
  { value: 'failed', label: 'failed' },
  { value: 'allowed', label: 'allowed' },
];

function Filters({ state: { entries } }: { state: AuditState }) {
  const { outcome, action, principal, q, from, to } = entries.filters.value;
  return (
    <search class="filters" aria-label="Filters">
      <Field label="Outcome">
        <Select value={outcome} options={outcomes} onChange={value => entries.filter({ outcome: value })} />
      </Field>
      <Field label="Action">
        <TextInput
          value={action}
          onInput={text => entries.filter({ action: text })}
          placeholder="startServer"
          monospace
        />
      </Field>
      <Field label="Who">
        <TextInput value={principal} onInput={text => entries.filter({ principal: text })} placeholder="user ada" />
      </Field>
      <Field label="Contains">
        <TextInput type="search" value={q} onInput={text => entries.filter({ q: text })} />
      </Field>
      <Field label="From">
        <TextInput type="date" value={from} onInput={text => entries.filter({ from: text })} />
      </Field>
      <Field label="To">
        <TextInput type="date" value={to} onInput={text => entries.filter({ to: text })} />
      </Field>
    </search>
  );
}

const EntryTable = ({ entries }: { entries: readonly AuditEntry[] }) => (
  <Table label="Entries" class="audit-table" columns={['Time', 'Outcome', 'Who', 'Action', 'On what']}>
    {entries.map(entry => (
      <Entry key={entry.id} entry={entry} />
    ))}
  </Table>
);

const looks: Record<AuditEntry['outcome'], { icon: string; look: string }> = {
  allowed: { icon: 'pass', look: 'state-good' },
  denied: { icon: 'circle-slash', look: 'state-bad' },
  failed: { icon: 'error', look: 'state-warn' },
};

function Entry({ entry }: { entry: AuditEntry }) {
  const { id, at, outcome, code, principal, action, resource, requestId, changes } = entry;
  return (
    <tr data-outcome={outcome}>
      <td>
        <Moment at={at} title={`Entry ${id}, ${at}${requestId ? `, request ${requestId}` : ''}`} />
      </td>
      <td>
        <Outcome {...looks[outcome]} word={outcome} code={code} />
      </td>
      <td class="audit-who">
        <ServerText text={principal} />
      </td>
      <td>
        <code>{action}</code>
      </td>
      <td class="audit-resource">
        <ServerText text={resource ?? ''} />
        {changes.length > 0 && (
          <ul class="quiet">
            {changes.map(change => (
              <li key={change.field}>
                <ServerText text={describeChange(change)} />
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}
