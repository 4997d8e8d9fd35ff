import { useState } from 'preact/hooks';
import type { AccessKey } from '../../shared/api/keys.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { FieldGroup } from '../kit/field-group.tsx';
import { Checkbox, Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import type { KeysState } from './keys.state.ts';
import { RoleChoice } from './role-choice.view.tsx';

const kinds: { value: AccessKey['kind']; label: string }[] = [
  { value: 'agent', label: 'An agent: an MCP client that lists and calls tools, and nothing else' },
  { value: 'key', label: 'A program: does what its roles allow, by the API and the command line' },
];

const ends = [
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: '', label: 'never' },
];

export function AddKey({ state, onDone }: { state: KeysState; onDone: () => void }) {
  const { live } = useApp();
  const servers = (live.servers.value.value ?? []).map(({ id }) => id);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<AccessKey['kind']>('agent');
  const [roles, setRoles] = useState<Role[]>(['viewer']);
  const [some, setSome] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const [days, setDays] = useState('365');
  const [tried, setTried] = useState(false);
  const errors = {
    name: name.trim() === '' ? 'A name is missing.' : undefined,
    roles: kind === 'key' && roles.length === 0 ? 'Without a role a key may do nothing.' : undefined,
    servers: some && chosen.length === 0 ? 'Without a server it may use none.' : undefined,
  };
  const shown = tried ? errors : undefined;
  const send = async () => {
    setTried(true);
    if (Object.values(errors).some(each => each !== undefined)) return;
    const expiresInDays = days === '' ? null : Number(days);
    if (await state.add({ name: name.trim(), kind, roles, servers: some ? chosen : null, expiresInDays })) onDone();
  };
  const problem = state.adding.problem.value;
  return (
    <section class="section access-form" aria-label="Make a key">
      <h2>Make a key</h2>
      <Form label="New key" onSubmit={() => void send()}>
        <div class="field-columns">
          <Field
            label="Name"
            description="What it is for: a program, a machine, a client."
            error={shown?.name}
            required
          >
            <TextInput value={name} onInput={setName} maxLength={120} />
          </Field>
          <Field label="Ends" description="After that it lets nobody in.">
            <Select value={days} options={ends} onChange={setDays} />
          </Field>
        </div>
        <Field label="For">
          <Select value={kind} options={kinds} onChange={setKind} />
        </Field>
        {kind === 'key' && <RoleChoice chosen={roles} onChange={setRoles} error={shown?.roles} />}
        <Field label="Servers">
          <Select
            value={some ? 'some' : 'all'}
            options={[
              { value: 'all', label: 'all, also those that come later' },
              { value: 'some', label: 'only these' },
            ]}
            onChange={value => setSome(value === 'some')}
          />
        </Field>
        {some && (
          <FieldGroup label="Only these servers" error={shown?.servers} required>
            {servers.length === 0 && <p class="quiet">No server is installed.</p>}
            {servers.map(id => (
              <Checkbox
                key={id}
                label={id}
                checked={chosen.includes(id)}
                onChange={wanted => setChosen(servers.filter(each => (each === id ? wanted : chosen.includes(each))))}
              />
            ))}
          </FieldGroup>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="key" busy={state.adding.running.value !== undefined}>
            Make the key
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </section>
  );
}
