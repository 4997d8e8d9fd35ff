// Signing in to the page with an account of Bitwarden that an admin has linked to a user.
import { useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useAct } from '../kit/use-act.ts';

export function BitwardenSignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { api } = useApp();
  const act = useAct();
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [ownCode, setOwnCode] = useState('');
  const problem = act.problem.value;
  const asksOwnCode = problem?.code === 'ACCESS_007' || ownCode !== '';
  const send = async () => {
    const codes = { ...(code === '' ? {} : { code }), ...(ownCode === '' ? {} : { ownCode }) };
    const session = await act.run('sign-in', () => api.signInWithBitwarden({ body: { email, password, ...codes } }));
    setCode('');
    if (!session) return;
    setPassword('');
    onSignedIn();
  };
  if (!open)
    return (
      <div class="button-row">
        <Button icon="shield" onClick={() => setOpen(true)}>
          Sign in with Bitwarden
        </Button>
      </div>
    );
  return (
    <Form label="Sign in with Bitwarden" onSubmit={() => void send()}>
      <Field label="E-mail address at Bitwarden" required>
        <TextInput value={email} onInput={text => setEmail(text.trim())} type="email" autocomplete="username" />
      </Field>
      <Field
        label="Master password"
        description="It is checked by Bitwarden’s program on the machine of the daemon, and kept nowhere."
        required
      >
        <TextInput value={password} onInput={setPassword} type="password" autocomplete="current-password" />
      </Field>
      <Field label="Bitwarden’s code" description="If the account asks for one.">
        <TextInput value={code} onInput={text => setCode(text.trim())} autocomplete="one-time-code" maxLength={64} />
      </Field>
      {asksOwnCode && (
        <Field label="Code of your second factor here">
          <TextInput value={ownCode} onInput={text => setOwnCode(text.trim())} autocomplete="off" maxLength={16} />
        </Field>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div class="button-row">
        <Button
          kind="primary"
          type="submit"
          busy={act.running.value !== undefined}
          disabled={email === '' || password === ''}
        >
          Sign in with Bitwarden
        </Button>
      </div>
    </Form>
  );
}
