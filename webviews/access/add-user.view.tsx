import { useState } from 'preact/hooks';
import { UserName } from '../../shared/api/users.ts';
import { Password } from '../../shared/domain/credentials.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import { RoleChoice } from './role-choice.view.tsx';
import type { UsersState } from './users.state.ts';

interface AddUserProps {
  state: UsersState;
  /** The first one is an admin until somebody says otherwise. */
  isFirst: boolean;
  onDone: () => void;
}

export function AddUser({ state, isFirst, onDone }: AddUserProps) {
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [roles, setRoles] = useState<Role[]>(isFirst ? ['admin'] : ['viewer']);
  const [way, setWay] = useState('invitation');
  const [tried, setTried] = useState(false);
  const findErrors = () => ({
    name: UserName.safeParse(name).error?.issues[0]?.message,
    roles: roles.length === 0 ? 'Without a role a user may do nothing.' : undefined,
    password: way === 'password' ? Password.safeParse(entry.read()).error?.issues[0]?.message : undefined,
  });
  // Also when the password grows: it is in no state of its own.
  void entry.size.value;
  const errors = tried ? findErrors() : undefined;
  const send = async () => {
    setTried(true);
    if (Object.values(findErrors()).some(each => each !== undefined)) return;
    const password = way === 'password' ? entry.read() : '';
    if (!(await state.add({ name, displayName, roles, password }))) return;
    entry.clear();
    onDone();
  };
  const problem = state.adding.problem.value;
  const title = isFirst ? 'Make the first admin' : 'Add a user';
  return (
    <section class="section access-form" aria-label={title}>
      <h2>{title}</h2>
      <Form label="New user" onSubmit={() => void send()}>
        <div class="field-columns">
          <Field
            label="Name"
            description="What is typed to sign in: small letters, digits, . _ -"
            error={errors?.name}
            required
          >
            <TextInput value={name} onInput={text => setName(text.trim())} monospace maxLength={64} />
          </Field>
          <Field label="Shown as" description="The name that others see. Without it, the same.">
            <TextInput value={displayName} onInput={setDisplayName} maxLength={120} />
          </Field>
        </div>
        <RoleChoice chosen={roles} onChange={setRoles} error={errors?.roles} />
        <Field label="First password">
          <Select
            value={way}
            options={[
              { value: 'invitation', label: 'The user chooses it, with a link that works once and for a day' },
              { value: 'password', label: 'I type it here and tell the user' },
            ]}
            onChange={setWay}
          />
        </Field>
        {way === 'password' && (
          <Field label="Password" description="At least 12 characters." error={errors?.password} required>
            <SecretInput entry={entry} />
          </Field>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="person-add" busy={state.adding.running.value !== undefined}>
            {isFirst ? 'Make the admin' : 'Add'}
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </section>
  );
}
