// Signing in by name and password, and taking an invitation.
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../../shared/api/problem.ts';
import { Password } from '../../shared/domain/credentials.ts';
import { BitwardenSignIn } from '../bitwarden/sign-in.view.tsx';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { createAct } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';

interface Methods {
  password: boolean;
  providers: readonly { id: string; title: string }[];
  bitwarden?: boolean | undefined;
}

/** How one can sign in here besides by a link; nothing until it is known, and nothing if it cannot be asked. */
function useMethods(): Methods | undefined {
  const { api } = useApp();
  const [methods, setMethods] = useState<Methods>();
  useEffect(() => {
    let isWanted = true;
    api.listSignInMethods().then(
      found => isWanted && setMethods(found),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [api]);
  return methods;
}

const asksForCode = (problem: Problem | undefined): boolean => problem?.code === 'ACCESS_007';

/** For users with a password, and for those of other providers. Without either it shows nothing. */
export function PasswordSignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { api } = useApp();
  const methods = useMethods();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const problem = act.problem.value;
  useEffect(() => {
    if (asksForCode(problem)) setNeedsCode(true);
  }, [problem]);
  const send = async () => {
    const body = { name: name.trim(), password, ...(needsCode && code.trim() ? { code: code.trim() } : {}) };
    if (await act.run('sign-in', () => api.signIn({ body }))) onSignedIn();
  };
  if (!methods || (!methods.password && methods.providers.length === 0 && !methods.bitwarden)) return null;
  return (
    <section aria-label="Sign in by name">
      <h2>Sign in</h2>
      {problem && !(asksForCode(problem) && code === '') && <ProblemNotice problem={problem} />}
      {methods.password && (
        <Form label="Sign in by name and password" onSubmit={() => void send()}>
          <Field label="Name" required>
            <TextInput value={name} onInput={setName} autocomplete="username" maxLength={64} />
          </Field>
          <Field label="Password" required>
            <TextInput type="password" value={password} onInput={setPassword} autocomplete="current-password" />
          </Field>
          {needsCode && (
            <Field
              label="Code"
              description="The six digits that your authenticator shows, or a recovery code."
              required
            >
              <TextInput value={code} onInput={setCode} autocomplete="one-time-code" maxLength={11} monospace />
            </Field>
          )}
          <div class="button-row">
            <Button kind="primary" type="submit" busy={act.running.value !== undefined}>
              Sign in
            </Button>
          </div>
        </Form>
      )}
      <ul class="commands">
        {methods.providers.map(({ id, title }) => (
          <li key={id}>
            <a href={`/api/v1/oidc/${encodeURIComponent(id)}/start`}>
              <Icon name="account" /> Sign in with {title}
            </a>
          </li>
        ))}
      </ul>
      {methods.bitwarden && <BitwardenSignIn onSignedIn={onSignedIn} />}
    </section>
  );
}

/** Sets the first password, or a new one, and signs in. */
export function InvitationForm({ ticket, onSignedIn }: { ticket: string; onSignedIn: () => void }) {
  const { api } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const problem = act.problem.value;
  const [needsCode, setNeedsCode] = useState(false);
  useEffect(() => {
    if (asksForCode(problem)) setNeedsCode(true);
  }, [problem]);
  const weak = Password.safeParse(password).error?.issues[0]?.message;
  const different = password === again ? undefined : 'The two are not the same.';
  const send = async () => {
    setTried(true);
    if (weak || different) return;
    const body = { ticket, password, ...(needsCode && code.trim() ? { code: code.trim() } : {}) };
    if (await act.run('invitation', () => api.takeInvitation({ body }))) onSignedIn();
  };
  return (
    <section aria-label="Invitation">
      <h2>Choose a password</h2>
      <p>You were invited to Quayside on this machine. Choose a password of at least 12 characters.</p>
      {problem && !(asksForCode(problem) && code === '') && <ProblemNotice problem={problem} />}
      <Form label="Choose a password" onSubmit={() => void send()}>
        <Field label="Password" required error={tried ? weak : undefined}>
          <TextInput type="password" value={password} onInput={setPassword} autocomplete="new-password" />
        </Field>
        <Field label="The same again" required error={tried ? different : undefined}>
          <TextInput type="password" value={again} onInput={setAgain} autocomplete="new-password" />
        </Field>
        {needsCode && (
          <Field label="Code" description="The six digits that your authenticator shows, or a recovery code." required>
            <TextInput value={code} onInput={setCode} autocomplete="one-time-code" maxLength={11} monospace />
          </Field>
        )}
        <div class="button-row">
          <Button kind="primary" type="submit" busy={act.running.value !== undefined}>
            Set password and sign in
          </Button>
        </div>
      </Form>
    </section>
  );
}
