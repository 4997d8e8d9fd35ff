import { useState } from 'preact/hooks';
import { SecretName } from '../../shared/api/secrets.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import type { SecretsState } from './secrets.state.ts';

interface AddSecretProps {
  state: SecretsState;
  onDone: () => void;
}

/** Name, scope and value of a new secret. The value is gone from the page when it was sent. */
export function AddSecret({ state, onDone }: AddSecretProps) {
  const { live } = useApp();
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [tried, setTried] = useState(false);
  const servers = (live.servers.value.value ?? []).map(({ id }) => id);
  const named = servers.find(id => name.startsWith(`${id}.`)) ?? '';
  // Until somebody says otherwise, a secret is for the server that it is named after.
  const scope = chosen ?? named;
  const errors = tried ? findErrors(name, scope, entry.size.value.characters) : {};
  const send = async () => {
    setTried(true);
    const value = entry.read();
    if (Object.keys(findErrors(name, scope, value.length)).length > 0) return;
    if (!(await state.add({ name, serverId: scope || null, value }))) return;
    entry.clear();
    onDone();
  };
  const problem = state.adding.problem.value;
  return (
    <section class="section secret-form" aria-label="Add a secret">
      <h2>Add a secret</h2>
      <Form label="New secret" onSubmit={() => void send()}>
        <div class="field-columns">
          <Field label="Name" description="<server>.<key>, for example github.token" error={errors.name} required>
            <TextInput value={name} onInput={text => setName(text.trim())} monospace maxLength={128} />
          </Field>
          <Field label="May be used by" description="Only what may use it is ever given it." error={errors.scope}>
            <Select
              value={scope}
              options={[
                { value: '', label: 'any server that refers to it' },
                ...servers.map(id => ({ value: id, label: `only ${id}` })),
              ]}
              onChange={setChosen}
            />
          </Field>
        </div>
        <Field
          label="Value"
          description="It is encrypted when it arrives, and nobody can read it here again. Line breaks that you paste are kept."
          error={errors.value}
          required
        >
          <SecretInput entry={entry} />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="key" busy={state.adding.running.value !== undefined}>
            Store
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </section>
  );
}

interface AddErrors {
  name?: string;
  scope?: string;
  value?: string;
}

function findErrors(name: string, scope: string, characters: number): AddErrors {
  const wrong = SecretName.safeParse(name).error?.issues[0]?.message;
  return {
    ...(wrong === undefined ? {} : { name: wrong }),
    ...(scope === '' || name.startsWith(`${scope}.`) ? {} : { scope: `Its name would start with "${scope}.".` }),
    ...(characters === 0 ? { value: 'A value is missing.' } : {}),
  };
}
