// The form for a server's configuration: rows for arguments and variables, errors at the fields.
import { useState } from 'preact/hooks';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon, IconButton } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, FieldError, FieldRow, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import {
  type ConfigurationDraft,
  type ConfigurationErrors,
  type Pair,
  placeDaemonErrors,
  toConfigurationChange,
  toConfigurationDraft,
} from './configuration.draft.ts';
import { SavedNote, SaveRow } from './save.view.tsx';
import { looksSecret } from './secret-references.draft.ts';
import { createReferencesState, type ReferencesState } from './secret-references.state.ts';
import { SecretHint, SecretReferences } from './secret-references.view.tsx';
import type { ServerState } from './server.state.ts';

interface PartProps {
  draft: ConfigurationDraft;
  errors: ConfigurationErrors;
  change: (part: Partial<ConfigurationDraft>) => void;
  secrets: ReferencesState;
  /** Called when a plain value has gone to the vault. */
  onMoved: (part: Partial<ConfigurationDraft>) => void;
}

export function ConfigurationTab({ server, state }: { server: MCPServerDetail; state: ServerState }) {
  const app = useApp();
  const secrets = useOwned(() => createReferencesState(app, state.server, server.id));
  const [edited, setEdited] = useState<ConfigurationDraft>();
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState(false);
  const draft = edited ?? toConfigurationDraft(server.configuration);
  const result = toConfigurationChange(draft, server.source.type);
  const problem = state.saving.problem.value;
  const errors = new Map([...(tried ? result.errors : []), ...placeDaemonErrors(problem?.errors ?? [], draft)]);
  const change = (part: Partial<ConfigurationDraft>) => {
    setEdited({ ...draft, ...part });
    setSaved(false);
    state.saving.dismiss();
  };
  const save = async () => {
    setTried(true);
    if (!result.change || !(await state.save(result.change))) return;
    setEdited(undefined);
    setTried(false);
    setSaved(true);
  };
  const undo = () => {
    setEdited(undefined);
    setTried(false);
    state.saving.dismiss();
  };
  // Other edits wait to be saved; the value that is in the vault now must not come back with them.
  const onMoved = (part: Partial<ConfigurationDraft>) => setEdited(now => now && { ...now, ...part });
  const parts = { draft, errors, change, secrets, onMoved };
  const general = problem && (problem.errors ?? []).length === 0 ? problem : undefined;
  return (
    <>
      <Form label="Configuration" onSubmit={() => void save()}>
        {server.source.type === 'remote' ? <RemoteParts {...parts} /> : <ProcessParts {...parts} />}
        <CommonParts {...parts} />
        {general && <ProblemNotice problem={general} />}
        {saved && <SavedNote server={server} state={state} />}
        <SaveRow isEdited={edited !== undefined} onUndo={undo}>
          <Button
            asks="updateServer"
            kind="primary"
            type="submit"
            icon="save"
            busy={state.saving.running.value !== undefined}
          >
            Save
          </Button>
        </SaveRow>
      </Form>
      <SecretReferences server={server} state={secrets} />
    </>
  );
}

const ProcessParts = ({ draft, errors, change, secrets, onMoved }: PartProps) => (
  <>
    <ArgumentRows draft={draft} errors={errors} change={change} />
    <PairRows
      legend="Environment"
      description="Set for the server only. It inherits nothing else of your environment but what it needs to run."
      place="environment"
      noun="variable"
      pairs={draft.environment}
      errors={errors}
      onChange={environment => change({ environment })}
      busy={secrets.act.running.value !== undefined}
      onMove={async ({ name, value }) => {
        if (await secrets.move(name, value, 'variable')) onMoved({ environment: without(draft.environment, name) });
      }}
    />
    <Field
      label="Working directory"
      description="An absolute path. Empty: the folder that Quayside made for this server."
      error={errors.get('workingDirectory')}
    >
      <TextInput value={draft.workingDirectory} onInput={workingDirectory => change({ workingDirectory })} monospace />
    </Field>
    <Checkbox
      label="Hand on proxy settings"
      description="HTTP_PROXY, HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS of the daemon reach the server."
      checked={draft.inheritProxy}
      onChange={inheritProxy => change({ inheritProxy })}
    />
  </>
);

const without = (pairs: readonly Pair[], name: string): Pair[] => pairs.filter(pair => pair.name !== name);

const RemoteParts = ({ draft, errors, change, secrets, onMoved }: PartProps) => (
  <PairRows
    legend="Headers"
    description="Sent with every request to this server."
    place="headers"
    noun="header"
    pairs={draft.headers}
    errors={errors}
    onChange={headers => change({ headers })}
    busy={secrets.act.running.value !== undefined}
    onMove={async ({ name, value }) => {
      if (await secrets.move(name, value, 'header')) onMoved({ headers: without(draft.headers, name) });
    }}
  />
);

const CommonParts = ({ draft, errors, change }: Pick<PartProps, 'draft' | 'errors' | 'change'>) => (
  <>
    <Field label="Restart" description="When it ends without being asked." error={errors.get('restart')}>
      <Select
        value={draft.restart}
        options={[
          { value: 'on-failure', label: 'After a failure' },
          { value: 'always', label: 'Always' },
          { value: 'never', label: 'Never' },
        ]}
        onChange={restart => change({ restart })}
      />
    </Field>
    <Field
      label="Sessions of clients"
      description="One for each: for a server that keeps state between calls."
      error={errors.get('session')}
    >
      <Select
        value={draft.session}
        options={[
          { value: 'shared', label: 'One for all' },
          { value: 'per-client', label: 'One for each' },
        ]}
        onChange={session => change({ session })}
      />
    </Field>
    <div class="field-columns">
      <Field label="Start within (seconds)" error={errors.get('limits/startSeconds')}>
        <TextInput value={draft.startSeconds} inputMode="numeric" onInput={startSeconds => change({ startSeconds })} />
      </Field>
      <Field label="Call within (seconds)" error={errors.get('limits/callSeconds')}>
        <TextInput value={draft.callSeconds} inputMode="numeric" onInput={callSeconds => change({ callSeconds })} />
      </Field>
      <Field label="Largest message (MB)" error={errors.get('limits/messageBytes')}>
        <TextInput
          value={draft.messageMegabytes}
          inputMode="decimal"
          onInput={messageMegabytes => change({ messageMegabytes })}
        />
      </Field>
      <Field label="Calls at once" error={errors.get('limits/concurrentCalls')}>
        <TextInput
          value={draft.concurrentCalls}
          inputMode="numeric"
          onInput={concurrentCalls => change({ concurrentCalls })}
        />
      </Field>
    </div>
  </>
);

function ArgumentRows({ draft, errors, change }: Pick<PartProps, 'draft' | 'errors' | 'change'>) {
  const rows = draft.arguments;
  const set = (index: number, value: string) =>
    change({ arguments: rows.map((old, place) => (place === index ? value : old)) });
  return (
    <fieldset class="field-group">
      <legend class="field-label">Arguments</legend>
      <p class="field-description">Handed to the server after its own command, one in each row, exactly as written.</p>
      {rows.map((row, index) => (
        <FieldRow key={`${index}`} error={errors.get(`arguments/${index}`)}>
          <TextInput value={row} onInput={value => set(index, value)} monospace label={`Argument ${index + 1}`} />
          <IconButton
            icon="trash"
            label={`Remove argument ${index + 1}`}
            onClick={() => change({ arguments: rows.filter((_, place) => place !== index) })}
          />
        </FieldRow>
      ))}
      <FieldError error={errors.get('arguments')} />
      <div class="button-row">
        <Button icon="add" onClick={() => change({ arguments: [...rows, ''] })}>
          Add argument
        </Button>
      </div>
    </fieldset>
  );
}

interface PairRowsProps {
  legend: string;
  description: string;
  place: string;
  noun: string;
  pairs: Pair[];
  errors: ConfigurationErrors;
  onChange: (pairs: Pair[]) => void;
  /** True while a value is on its way to the vault. */
  busy: boolean;
  onMove: (pair: Pair) => Promise<void>;
}

/** Names and values. Values may be secret, so they are covered until asked for. */
function PairRows({ legend, description, place, noun, pairs, errors, onChange, busy, onMove }: PairRowsProps) {
  const [shown, setShown] = useState(false);
  const set = (index: number, part: Partial<Pair>) =>
    onChange(pairs.map((old, at) => (at === index ? { ...old, ...part } : old)));
  return (
    <fieldset class="field-group">
      <legend class="field-label">{legend}</legend>
      <p class="field-description">{description}</p>
      {pairs.map((pair, index) => (
        <FieldRow key={`${index}`} class="edit-pair" error={errors.get(`${place}/${index}`)}>
          <TextInput
            value={pair.name}
            onInput={name => set(index, { name })}
            monospace
            label={`Name of ${noun} ${index + 1}`}
            placeholder="NAME"
          />
          <TextInput
            value={pair.value}
            type={shown ? 'text' : 'password'}
            onInput={value => set(index, { value })}
            monospace
            label={`Value of ${noun} ${index + 1}`}
            placeholder="value"
          />
          <IconButton
            icon="trash"
            label={`Remove ${noun} ${index + 1}`}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          />
          {pair.value !== '' && looksSecret(pair.name) && (
            <SecretHint place={pair.name} busy={busy} onMove={() => void onMove(pair)} />
          )}
        </FieldRow>
      ))}
      <FieldError error={errors.get(place)} />
      <div class="button-row">
        <Button icon="add" onClick={() => onChange([...pairs, { name: '', value: '' }])}>
          Add {noun}
        </Button>
        {pairs.length > 0 && (
          <button type="button" class="text-button" aria-pressed={shown} onClick={() => setShown(!shown)}>
            <Icon name={shown ? 'eye-closed' : 'eye'} /> {shown ? 'Hide values' : 'Show values'}
          </button>
        )}
      </div>
    </fieldset>
  );
}
