// Forms that make a catalog. Nothing is made before it was shown what would be in it.
import { useState } from 'preact/hooks';
import type { CatalogPreview } from '../../shared/api/catalogs.ts';
import { useApp } from '../kit/app.ts';
import { ChangeList } from '../kit/changes.tsx';
import { Button, Icon } from '../kit/controls.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { ServerText } from '../kit/text.tsx';
import { TextFileInput } from '../kit/text-file.tsx';
import type { CatalogsState } from './catalogs.state.ts';
import {
  type CatalogDraft,
  type CatalogDraftErrors,
  type CatalogSourceKind,
  catalogSources,
  referenceError,
  toNewCatalog,
} from './new-catalog.draft.ts';

interface FormProps {
  state: CatalogsState;
  onDone: () => void;
}

export function PullCatalogForm({ state, onDone }: FormProps) {
  const [ref, setRef] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = referenceError(ref.trim());
  const send = async () => {
    setTried(true);
    if (wrong === undefined && (await state.pull(ref.trim()))) onDone();
  };
  const problem = state.adding.problem.value;
  return (
    <section class="section open-section" aria-label="Pull a catalog">
      <Form label="Pull a catalog" onSubmit={() => void send()}>
        <Field label="Reference" description="Of a catalog in a registry." error={tried ? wrong : undefined} required>
          <TextInput value={ref} onInput={setRef} monospace placeholder="mcp/docker-mcp-catalog:latest" />
        </Field>
        {problem && <ProblemNotice problem={problem} onDismiss={state.adding.dismiss} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="cloud-download" busy={state.adding.running.value === 'pull'}>
            Pull
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </section>
  );
}

const sourceWords: Record<CatalogSourceKind, string> = {
  file: 'A file',
  profile: 'The servers of a profile',
  oci: 'A catalog in a registry',
  empty: 'Nothing: an empty catalog',
};
/** Bytes; the daemon takes no larger request. */
const mostFile = 4_000_000;
const blank: CatalogDraft = { kind: 'file', ref: '', title: '', file: undefined, profile: '', oci: '' };

export function NewCatalogForm({ state, onDone }: FormProps) {
  const [draft, setDraft] = useState(blank);
  const [tried, setTried] = useState(false);
  const { wanted, errors } = toNewCatalog(draft);
  const shown: CatalogDraftErrors = tried ? errors : {};
  const change = (part: Partial<CatalogDraft>) => {
    setDraft({ ...draft, ...part });
    state.forgetPreview();
  };
  const send = () => {
    setTried(true);
    if (wanted) void state.showPreview(wanted);
  };
  const problem = state.adding.problem.value;
  const preview = state.preview.value;
  return (
    <section class="section open-section" aria-label="New catalog">
      <Form label="New catalog" onSubmit={send}>
        <div class="field-columns">
          <Field label="Reference" description="Its name, as in a registry." error={shown.ref} required>
            <TextInput
              value={draft.ref}
              onInput={ref => change({ ref })}
              monospace
              placeholder="registry.example/team/catalog:v1"
            />
          </Field>
          <Field label="Title" description="For people. Default: the reference.">
            <TextInput value={draft.title} onInput={title => change({ title })} maxLength={200} />
          </Field>
          <Field label="Made of" description="What its entries come from.">
            <Select
              value={draft.kind}
              options={catalogSources.map(value => ({ value, label: sourceWords[value] }))}
              onChange={kind => change({ kind })}
            />
          </Field>
        </div>
        <SourceField draft={draft} errors={shown} change={change} />
        {problem && <ProblemNotice problem={problem} onDismiss={state.adding.dismiss} />}
        {!preview && (
          <div class="button-row">
            <Button kind="primary" type="submit" icon="eye" busy={state.adding.running.value === 'preview'}>
              Show what it would hold
            </Button>
            <Button onClick={onDone}>Cancel</Button>
          </div>
        )}
      </Form>
      {preview && <Preview preview={preview.found} state={state} onDone={onDone} />}
    </section>
  );
}

interface SourceFieldProps {
  draft: CatalogDraft;
  errors: CatalogDraftErrors;
  change: (part: Partial<CatalogDraft>) => void;
}

function SourceField({ draft, errors, change }: SourceFieldProps) {
  const { live } = useApp();
  const profiles = live.profiles.value.value ?? [];
  if (draft.kind === 'file')
    return (
      <TextFileInput
        label="A catalog, a server.yaml or a server.json"
        accept=".yaml,.yml,.json"
        most={mostFile}
        error={errors.file}
        onFile={file => change({ file })}
      />
    );
  if (draft.kind === 'profile')
    return (
      <Field label="Profile" error={errors.profile} required>
        <Select
          value={draft.profile}
          options={[
            { value: '', label: 'Choose…' },
            ...profiles.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` })),
          ]}
          onChange={profile => change({ profile })}
        />
      </Field>
    );
  if (draft.kind === 'oci')
    return (
      <Field label="Catalog in the registry" error={errors.oci} required>
        <TextInput value={draft.oci} onInput={oci => change({ oci })} monospace />
      </Field>
    );
  return null;
}

function Preview({ preview, state, onDone }: FormProps & { preview: CatalogPreview }) {
  const [replace, setReplace] = useState(false);
  const { servers, leftOut, format, title, replaces } = preview;
  const make = async () => {
    if (await state.create(replace)) onDone();
  };
  return (
    <section class="section" aria-label="What it would hold">
      <h2>
        <ServerText text={title} />
      </h2>
      <p class="quiet">
        {countOf(servers.length, 'server')}, read as <ServerText text={format} />.
      </p>
      <ChangeList label="Servers" changes={servers.map(({ name, change, kind }) => ({ name, change, detail: kind }))} />
      {leftOut.length > 0 && (
        <Note icon="warning" tone="warning">
          <p>{countOf(leftOut.length, 'server')} would be left out:</p>
          <ul class="bullets">
            {leftOut.map(({ name, reason }) => (
              <li key={name}>
                <Icon name="circle-slash" /> <ServerText text={name} />{' '}
                <span class="quiet">
                  <ServerText text={reason} />
                </span>
              </li>
            ))}
          </ul>
        </Note>
      )}
      {replaces && (
        <Checkbox
          label="Replace the catalog of this reference"
          description="It is there already. What is not in the new one is gone from it."
          checked={replace}
          onChange={setReplace}
        />
      )}
      <div class="button-row">
        <Button
          kind="primary"
          icon="add"
          disabled={(replaces && !replace) || (servers.length === 0 && leftOut.length > 0)}
          busy={state.adding.running.value === 'create'}
          onClick={() => void make()}
        >
          {replaces ? 'Replace the catalog' : 'Make the catalog'}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </section>
  );
}
