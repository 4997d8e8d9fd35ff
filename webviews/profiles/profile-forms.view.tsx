// Forms about profiles: a new one, one from a file, one from a registry.
import { useState } from 'preact/hooks';
import type { ProfileImport } from '../../shared/api/profiles.ts';
import { ImageReference, ProfileId, ProfileName, profileIdFromName } from '../../shared/domain/docker-names.ts';
import { useApp } from '../kit/app.ts';
import { ChangeList } from '../kit/changes.tsx';
import { Button } from '../kit/controls.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { type TextFile, TextFileInput } from '../kit/text-file.tsx';
import { type ProfilesState, readDocument } from './profiles.state.ts';

interface FormProps {
  state: ProfilesState;
  onDone: () => void;
}

const messageOf = (parsed: { error?: { issues: { message: string }[] } | undefined }): string | undefined =>
  parsed.error?.issues[0]?.message;

export function CreateProfileForm({ state, onDone }: FormProps) {
  const { host, live } = useApp();
  const [name, setName] = useState('');
  const [typedId, setId] = useState<string>();
  const [tried, setTried] = useState(false);
  const id = typedId ?? (name.trim() === '' ? '' : profileIdFromName(name.trim()));
  const taken = (live.profiles.value.value ?? []).some(profile => profile.id === id);
  const wrongName = messageOf(ProfileName.safeParse(name));
  const wrongId = messageOf(ProfileId.safeParse(id)) ?? (taken ? 'A profile of this id is there already.' : undefined);
  const send = async () => {
    setTried(true);
    if (wrongName ?? wrongId) return;
    const made = await state.create(name.trim(), typedId === undefined ? undefined : id);
    if (made === undefined) return;
    onDone();
    host.open({ view: 'profiles', profile: made });
  };
  return (
    <Form label="New profile" onSubmit={() => void send()}>
      <div class="field-columns">
        <Field label="Name" error={tried ? wrongName : undefined} required>
          <TextInput value={name} onInput={setName} maxLength={128} placeholder="Dev Tools" />
        </Field>
        <Field
          label="Id"
          description="Used by docker mcp and in clients’ files; it stays."
          error={tried && !wrongName ? wrongId : undefined}
        >
          <TextInput value={id} onInput={setId} monospace maxLength={128} />
        </Field>
      </div>
      <FormEnd state={state} busy="create" label="Create" icon="add" onDone={onDone} />
    </Form>
  );
}

interface FormEndProps extends FormProps {
  busy: string;
  label: string;
  icon: string;
}

const FormEnd = ({ state, busy, label, icon, onDone }: FormEndProps) => (
  <>
    {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />}
    <div class="button-row">
      <Button kind="primary" type="submit" icon={icon} busy={state.act.running.value === busy}>
        {label}
      </Button>
      <Button onClick={onDone}>Cancel</Button>
    </div>
  </>
);

interface ReferenceFormProps extends FormProps {
  label: string;
  button: string;
  icon: string;
  busy: string;
  send: (ref: string) => Promise<boolean>;
}

/** One reference in a registry, for pulling and for pushing. */
export function ReferenceForm({ state, onDone, label, button, icon, busy, send }: ReferenceFormProps) {
  const [ref, setRef] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = ref.trim() === '' ? 'A reference is missing.' : messageOf(ImageReference.safeParse(ref.trim()));
  const submit = async () => {
    setTried(true);
    if (wrong === undefined && (await send(ref.trim()))) onDone();
  };
  return (
    <Form label={label} onSubmit={() => void submit()}>
      <Field label="Reference" error={tried ? wrong : undefined} required>
        <TextInput value={ref} onInput={setRef} monospace placeholder="registry.example/team/profile:v1" />
      </Field>
      <FormEnd state={state} busy={busy} label={button} icon={icon} onDone={onDone} />
    </Form>
  );
}

/** Bytes; the daemon takes no larger request. */
const mostFile = 4_000_000;

export function ImportProfileForm({ state, onDone }: FormProps) {
  const [file, setFile] = useState<TextFile>();
  const [wrong, setWrong] = useState<string>();
  const choose = (next: TextFile | undefined) => {
    setFile(next);
    setWrong(undefined);
    state.forgetImport();
  };
  const send = () => {
    const read = file === undefined ? { error: 'A file is missing.' } : readDocument(file.text);
    setWrong('error' in read ? read.error : undefined);
    if ('document' in read) void state.previewImport(read.document);
  };
  const preview = state.preview.value;
  return (
    <>
      <Form label="Import a profile" onSubmit={send}>
        <TextFileInput label="Exported profile" accept=".json" most={mostFile} error={wrong} onFile={choose} />
        {!preview && <FormEnd state={state} busy="preview" label="Show what it changes" icon="eye" onDone={onDone} />}
      </Form>
      {preview && <ImportPreview found={preview.found} state={state} onDone={onDone} />}
    </>
  );
}

function ImportPreview({ found, state, onDone }: FormProps & { found: ProfileImport }) {
  const { host } = useApp();
  const [replace, setReplace] = useState(false);
  const { profileId, exists, changes } = found;
  const run = async () => {
    const imported = await state.runImport(replace);
    if (imported === undefined) return;
    onDone();
    host.open({ view: 'profiles', profile: imported });
  };
  return (
    <section class="section" aria-label="What the import changes">
      <p>
        {exists ? 'The profile' : 'A new profile'} <code>{profileId}</code> {exists ? 'is there already.' : 'is made.'}
      </p>
      <ChangeList
        label="Changes"
        changes={changes.map(({ server, change, detail }) => ({ name: server, change, detail }))}
      />
      {exists && (
        <Checkbox
          label="Replace the profile"
          description="Its servers, settings and choices of tools become those of the file."
          checked={replace}
          onChange={setReplace}
        />
      )}
      <Note icon="key">
        <p>A file holds no values of secrets. Servers that need some are not started before they have them.</p>
      </Note>
      {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />}
      <div class="button-row">
        <Button
          kind="primary"
          icon="desktop-download"
          disabled={exists && !replace}
          busy={state.act.running.value === 'import'}
          onClick={() => void run()}
        >
          {exists ? 'Replace' : 'Import'}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </section>
  );
}
