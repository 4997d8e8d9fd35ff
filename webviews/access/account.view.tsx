import { useState } from 'preact/hooks';
import type { Session } from '../../shared/api/access.ts';
import { Password } from '../../shared/domain/credentials.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button } from '../kit/controls.tsx';
import { Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { Field } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import { type AccountState, createAccountState } from './account.state.ts';
import { SecondFactorPart } from './second-factor.view.tsx';
import { Sessions } from './sessions.view.tsx';

/** Who looks, and what is its own. */
export function AccountTab() {
  const app = useApp();
  const state = useOwned(() => createAccountState(app));
  return (
    <Loaded load={app.live.session} what="who you are">
      {({ principal }) => (
        <>
          <WhoIAm principal={principal} />
          {principal.kind === 'user' && (
            <>
              <SecondFactorPart state={state} isSetUp={principal.secondFactor.enrolled} />
              <PasswordPart state={state} />
            </>
          )}
          <Sessions state={state} />
        </>
      )}
    </Loaded>
  );
}

function WhoIAm({ principal: { kind, name, roles } }: Pick<Session, 'principal'>) {
  if (kind !== 'user')
    return (
      <Note icon="key">
        <p>
          You are the owner. The owner has no password and no second factor: whoever can read the token in the state
          folder is the owner. To sign in with a second factor, make a user for yourself.
        </p>
      </Note>
    );
  return (
    <p class="facts who-i-am">
      <span>
        You are <strong>{name}</strong>
      </span>
      {roles.map(role => (
        <Badge key={role}>{role}</Badge>
      ))}
    </p>
  );
}

function PasswordPart({ state }: { state: AccountState }) {
  const [open, setOpen] = useState(false);
  return (
    <section class="section access-form" aria-label="Password">
      <h2>Password</h2>
      {open ? (
        <PasswordForm state={state} onDone={() => setOpen(false)} />
      ) : (
        <div class="button-row">
          <Button icon="edit" onClick={() => setOpen(true)}>
            Change the password
          </Button>
        </div>
      )}
    </section>
  );
}

function PasswordForm({ state, onDone }: { state: AccountState; onDone: () => void }) {
  const current = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const next = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [tried, setTried] = useState(false);
  void [current.size.value, next.size.value];
  const weak = Password.safeParse(next.read()).error?.issues[0]?.message;
  const missing = current.read() === '' ? 'The password of now is missing.' : undefined;
  const send = async () => {
    setTried(true);
    if (Password.safeParse(next.read()).error || current.read() === '') return;
    if (!(await state.changePassword(current.read(), next.read()))) return;
    current.clear();
    next.clear();
    onDone();
  };
  const problem = state.changing.problem.value;
  return (
    <Form label="Change the password" onSubmit={() => void send()}>
      <Field label="Password of now" error={tried ? missing : undefined} required>
        <SecretInput entry={current} />
      </Field>
      <Field
        label="New password"
        description="At least 12 characters. Your other sessions end."
        error={tried ? weak : undefined}
        required
      >
        <SecretInput entry={next} />
      </Field>
      {problem && <ProblemNotice problem={problem} />}
      <div class="button-row">
        <Button kind="primary" type="submit" busy={state.changing.running.value !== undefined}>
          Change it
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
