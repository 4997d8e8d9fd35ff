// The part of a server's configuration that names secrets. A value that is typed here goes to the vault, not to the configuration.
import { useState } from 'preact/hooks';
import type { Secret, SecretReference } from '../../shared/api/secrets.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { Button, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import {
  describeKind,
  findReferenceErrors,
  kindOf,
  type PlaceKind,
  placeKindsOf,
  placeName,
  secretNameFor,
  toReference,
} from './secret-references.draft.ts';
import type { ReferencesState } from './secret-references.state.ts';

interface SecretReferencesProps {
  server: MCPServerDetail;
  state: ReferencesState;
}

export function SecretReferences({ server, state }: SecretReferencesProps) {
  const [adding, setAdding] = useState(false);
  const kinds = placeKindsOf(server.source.type);
  const references = server.configuration.secretReferences;
  const problem = state.act.problem.value;
  return (
    <section class="section server-secrets" aria-label="Secrets">
      <h2>Secrets</h2>
      <p class="field-description">
        {whatComes(kinds)} that come from the <PlaceLink to={{ view: 'secrets' }}>vault</PlaceLink> when the server
        starts. The configuration holds their names and no value. Changes here are saved at once.
      </p>
      <Loaded load={state.secrets} what="the secrets">
        {secrets => (
          <>
            {references.length > 0 && (
              <ul class="rows">
                {references.map(reference => (
                  <Reference key={placeName(reference)} reference={reference} secrets={secrets} state={state} />
                ))}
              </ul>
            )}
            {adding && (
              <AddReference
                server={server}
                kinds={kinds}
                secrets={secrets}
                state={state}
                onDone={() => setAdding(false)}
              />
            )}
          </>
        )}
      </Loaded>
      {problem && <ProblemNotice problem={problem} onDismiss={state.act.dismiss} />}
      {!adding && (
        <div class="button-row">
          <Button asks="updateServer" icon="key" onClick={() => setAdding(true)}>
            Add a secret
          </Button>
        </div>
      )}
    </section>
  );
}

const whatComes = (kinds: readonly PlaceKind[]): string => {
  if (kinds.includes('header')) return 'Headers';
  return kinds.includes('file') ? 'Variables and files' : 'Variables';
};

interface ReferenceProps {
  reference: SecretReference;
  secrets: readonly Secret[];
  state: ReferencesState;
}

function Reference({ reference, secrets, state }: ReferenceProps) {
  const secret = secrets.find(({ id }) => id === reference.secretId);
  const place = placeName(reference);
  const name = secret?.name ?? 'a secret that is not there';
  return (
    <li class="row" data-reference={place}>
      <div class="row-main">
        <span class="monospace row-title">{place}</span>
        <span class="row-text">
          {kindOf(reference) === 'file' && 'the path of a file with the value, '}from <code>{name}</code>
          {secret && !secret.hasValue && ', which has no value yet'}
        </span>
      </div>
      <div class="row-facts">
        <Checkbox
          label="Required"
          checked={reference.required}
          onChange={required => void state.add({ ...reference, required })}
        />
        <IconButton
          icon="trash"
          label={`Take ${place} from no secret`}
          busy={state.act.running.value === 'remove'}
          onClick={() => void state.remove(reference)}
        />
      </div>
    </li>
  );
}

interface AddReferenceProps extends SecretReferencesProps {
  kinds: readonly [PlaceKind, ...PlaceKind[]];
  secrets: readonly Secret[];
  onDone: () => void;
}

const aNewOne = '';
const placeholders: Record<PlaceKind, string> = { header: 'Authorization', file: 'API_KEY_FILE', variable: 'API_KEY' };
/** What the secret is, and not how it is handed over: API_KEY for the file that API_KEY_FILE names. */
const keyOf = (place: string, kind: PlaceKind): string => (kind === 'file' ? place.replace(/_FILE$/i, '') : place);
const fileHelp =
  'The variable gets the path of a file that only your user can read. It is there while the server runs, in memory where that is possible.';

function AddReference({ server, kinds, secrets, state, onDone }: AddReferenceProps) {
  const [kind, setKind] = useState<PlaceKind>(kinds[0]);
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [place, setPlace] = useState('');
  const [secretId, setSecretId] = useState<string>(aNewOne);
  const [written, setWritten] = useState<string>();
  const [required, setRequired] = useState(true);
  const [tried, setTried] = useState(false);
  const taken = secrets.map(({ name }) => name);
  const newName = written ?? (place === '' ? '' : secretNameFor(server.id, keyOf(place, kind), taken));
  const draft = { place, secretId: secretId || undefined, newName, characters: entry.size.value.characters };
  const errors = tried ? findReferenceErrors(draft, kind) : {};
  const send = async () => {
    setTried(true);
    const value = entry.read();
    if (Object.keys(findReferenceErrors({ ...draft, characters: value.length }, kind)).length > 0) return;
    const done = secretId
      ? await state.add(toReference(kind, place, secretId, required))
      : await state.create({ name: newName, value }, place, kind, required);
    if (!done) return;
    entry.clear();
    onDone();
  };
  return (
    <Form label="Secret for this server" onSubmit={() => void send()}>
      <div class="field-group">
        {kinds.length > 1 && (
          <Field label="Given as" description={kind === 'file' ? fileHelp : ''}>
            <Select
              value={kind}
              options={kinds.map(each => ({ value: each, label: describeKind[each] }))}
              onChange={setKind}
            />
          </Field>
        )}
        <div class="field-columns">
          <Field label={kind === 'header' ? 'Header' : 'Variable'} error={errors.place} required>
            <TextInput
              value={place}
              onInput={text => setPlace(text.trim())}
              monospace
              maxLength={128}
              placeholder={placeholders[kind]}
            />
          </Field>
          <Field label="Secret">
            <Select
              value={secretId}
              options={[
                { value: aNewOne, label: 'A new one' },
                ...secrets.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onChange={setSecretId}
            />
          </Field>
        </div>
        {secretId === aNewOne && (
          <div class="field-columns">
            <Field label="Name of the secret" error={errors.name} required>
              <TextInput value={newName} onInput={text => setWritten(text.trim())} monospace maxLength={128} />
            </Field>
            <Field label="Value of the secret" error={errors.value} required>
              <SecretInput entry={entry} />
            </Field>
          </div>
        )}
        <Checkbox
          label="Required"
          description="The server is not started without it."
          checked={required}
          onChange={setRequired}
        />
        <div class="button-row">
          <Button kind="primary" type="submit" icon="key" busy={state.act.running.value === 'add'}>
            {secretId === aNewOne ? 'Store and use' : 'Use it'}
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </div>
    </Form>
  );
}

interface SecretHintProps {
  place: string;
  busy: boolean;
  onMove: () => void;
}

/** Below a plain value whose name says that it is a secret. */
export const SecretHint = ({ place, busy, onMove }: SecretHintProps) => (
  <span class="field-hint secret-hint">
    <Icon name="info" /> This looks like a secret, and it is stored as plain text.
    <button type="button" class="text-button" aria-disabled={busy || undefined} onClick={() => busy || onMove()}>
      Move to the vault<span class="only-heard">: {place}</span>
    </button>
  </span>
);
