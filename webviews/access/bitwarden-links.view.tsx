import { useState } from 'preact/hooks';
import type { User } from '../../shared/api/users.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon, IconButton } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { type BitwardenLinksState, createBitwardenLinksState } from './bitwarden-links.state.ts';

/** A second way to sign in. Changed on the page only: it hands the choice of who comes in to another service. */
export function BitwardenLinks({ user }: { user: User }) {
  const app = useApp();
  const state = useOwned(() => createBitwardenLinksState(app, user.id));
  const [adding, setAdding] = useState(false);
  const problem = state.changing.problem.value;
  const onPage = app.host.kind === 'page';
  return (
    <section class="bitwarden-links" aria-label={`Bitwarden accounts of ${user.name}`}>
      <h3>Signs in with Bitwarden</h3>
      <Loaded load={state.links} what="the accounts">
        {links => (
          <>
            {links.length === 0 && <p class="quiet">No account of Bitwarden is linked.</p>}
            <ul>
              {links.map(link => (
                <li key={link.id} class="facts">
                  <Icon name="shield" />
                  <span>
                    <ServerText text={link.email} /> at <ServerText text={link.serverUrl ?? 'Bitwarden’s own cloud'} />
                  </span>
                  <span>{link.confirmed ? 'has signed in' : 'not used yet'}</span>
                  {onPage && (
                    <IconButton
                      asks="deleteBitwardenLink"
                      icon="trash"
                      label={`Unlink ${link.email}`}
                      busy={state.changing.running.value === link.id}
                      onClick={() => void state.remove(link)}
                    />
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {problem && !adding && <ProblemNotice problem={problem} onDismiss={state.changing.dismiss} />}
      {adding && <AddLink state={state} onDone={() => setAdding(false)} />}
      {onPage && !adding && (
        <div class="button-row">
          <Button asks="createBitwardenLink" icon="add" onClick={() => setAdding(true)}>
            Link an account
          </Button>
        </div>
      )}
    </section>
  );
}

function AddLink({ state, onDone }: { state: BitwardenLinksState; onDone: () => void }) {
  const [email, setEmail] = useState('');
  const [serverUrl, setServerUrl] = useState('');
  const [tried, setTried] = useState(false);
  const send = async () => {
    setTried(true);
    if (email.trim() !== '' && (await state.add(email.trim(), serverUrl.trim()))) onDone();
  };
  const problem = state.changing.problem.value;
  return (
    <Form label="Link an account of Bitwarden" onSubmit={() => void send()}>
      <div class="field-columns">
        <Field
          label="E-mail address at Bitwarden"
          error={tried && email.trim() === '' ? 'An address is missing.' : undefined}
          required
        >
          <TextInput type="email" value={email} onInput={setEmail} maxLength={256} />
        </Field>
        <Field label="Server" description="https://…; empty: Bitwarden’s own cloud.">
          <TextInput type="url" value={serverUrl} onInput={setServerUrl} maxLength={512} monospace />
        </Field>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <div class="button-row">
        <Button kind="primary" type="submit" busy={state.changing.running.value === 'add'}>
          Link
        </Button>
        <Button
          onClick={() => {
            state.changing.dismiss();
            onDone();
          }}
        >
          Cancel
        </Button>
      </div>
    </Form>
  );
}
