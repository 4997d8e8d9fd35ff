import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Loading, ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { createAct } from '../kit/load.ts';
import { ticketFrom } from '../kit/location.ts';
import { useOwned } from '../kit/owned.ts';
import { InvitationForm, PasswordSignIn } from './password-sign-in.view.tsx';
import { describeRefusal } from './provider-refusal.ts';

interface SignInProps {
  /** From the address; tried at once. */
  ticket: string | undefined;
  /** True: the ticket is an invitation, to be taken with a new password. */
  isInvitation: boolean;
  /** The code of why a provider did not let somebody in, from the address. */
  refusal: string | undefined;
  onSignedIn: () => void;
}

/** Trades a login link for a session, and says where to get a new link when there is none. */
export function SignInView({ ticket, isInvitation, refusal, onSignedIn }: SignInProps) {
  const { api } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const [pasted, setPasted] = useState('');
  const [wrong, setWrong] = useState<string>();
  const signIn = async (value: string) => {
    const session = await act.run('sign-in', () => api.createSession({ body: { ticket: value } }));
    if (session) onSignedIn();
  };
  useEffect(() => {
    if (ticket !== undefined && !isInvitation) void signIn(ticket);
  }, [ticket, isInvitation]);
  const send = () => {
    const value = ticketFrom(pasted);
    setWrong(value === undefined ? 'This is no login link. It ends with ?ticket= and some letters.' : undefined);
    if (value !== undefined) void signIn(value);
  };
  const problem = act.problem.value;
  if (act.running.value !== undefined && pasted === '')
    return (
      <main class="sign-in">
        <Loading what="your session" />
      </main>
    );
  return (
    <main class="sign-in">
      <h1>
        <Icon name="server-environment" /> Quayside
      </h1>
      {isInvitation && ticket !== undefined ? (
        <InvitationForm ticket={ticket} onSignedIn={onSignedIn} />
      ) : (
        <>
          <p>This page shows the servers of one person on this machine, so it asks who you are.</p>
          {refusal !== undefined && <ProblemNotice problem={describeRefusal(refusal)} />}
          <PasswordSignIn onSignedIn={onSignedIn} />
        </>
      )}
      {problem && problem.code !== 'ACCESS_005' && <ProblemNotice problem={problem} />}
      {problem?.code === 'ACCESS_005' && (
        <ProblemNotice problem={{ ...problem, next: problem.next ?? 'A link works once and for five minutes.' }} />
      )}
      <h2>Get a login link</h2>
      <p>In a terminal on this machine, run one of these and open the link that it prints:</p>
      <ul class="commands">
        <li>
          <code>quayside login</code>
        </li>
        <li>
          <code>npm start</code> <span class="quiet">in a clone of the project</span>
        </li>
      </ul>
      <Form label="Sign in" onSubmit={send}>
        <Field label="Or paste the link here" error={wrong}>
          <TextInput value={pasted} onInput={setPasted} placeholder="http://127.0.0.1:8083/#/login?ticket=…" />
        </Field>
        <div class="button-row">
          <Button kind="primary" type="submit" busy={act.running.value !== undefined}>
            Sign in
          </Button>
        </div>
      </Form>
    </main>
  );
}
