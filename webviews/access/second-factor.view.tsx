// The second factor of whoever looks: set up with an authenticator, confirmed by a code, and taken away by one.
import { useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { ShownOnce } from '../kit/shown-once.tsx';
import type { AccountState, NewFactor } from './account.state.ts';
import { QrCode } from './qr-code.view.tsx';

export function SecondFactorPart({ state, isSetUp }: { state: AccountState; isSetUp: boolean }) {
  const [removing, setRemoving] = useState(false);
  const begun = state.begun.value;
  const problem = state.factor.problem.value;
  const isBusy = state.factor.running.value !== undefined;
  return (
    <section class="section access-form" aria-label="Second factor">
      <h2>Second factor</h2>
      <p class="facts">
        <span class={`state ${isSetUp ? 'state-good' : 'state-quiet'}`}>
          <Icon name={isSetUp ? 'verified' : 'circle-large-outline'} /> {isSetUp ? 'Set up' : 'Not set up'}
        </span>
        <span>
          {isSetUp
            ? 'Signing in takes a code of your authenticator besides the password.'
            : 'With one, a password alone lets nobody in as you.'}
        </span>
      </p>
      {state.recoveryCodes.value && <RecoveryCodes codes={state.recoveryCodes.value} state={state} />}
      {begun && <SetUp begun={begun} state={state} />}
      {removing && isSetUp && (
        <CodeForm
          label="Remove the second factor"
          button="Remove"
          isBusy={isBusy}
          problem={problem}
          onCode={async code => {
            if (await state.removeFactor(code)) setRemoving(false);
          }}
          onCancel={() => {
            state.factor.dismiss();
            setRemoving(false);
          }}
        />
      )}
      {problem && !begun && !removing && <ProblemNotice problem={problem} onDismiss={state.factor.dismiss} />}
      {!begun && !removing && (
        <div class="button-row">
          {isSetUp ? (
            <Button icon="shield" onClick={() => setRemoving(true)}>
              Remove…
            </Button>
          ) : (
            <Button kind="primary" icon="shield" busy={isBusy} onClick={() => void state.beginFactor()}>
              Set up
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function SetUp({ begun, state }: { begun: NewFactor; state: AccountState }) {
  return (
    <div class="open-section factor-set-up">
      <QrCode text={begun.url} label="QR code for an authenticator" />
      <div class="factor-steps">
        <p>1. Scan this with an authenticator, or type the secret there. It is shown only now.</p>
        <p class="factor-secret">
          <code data-secret-text="">{grouped(begun.secret)}</code>
          <CopyButton text={() => begun.secret} label="Copy the secret" />
        </p>
        <p class="quiet">Time based, 6 digits, every 30 seconds.</p>
        <p>2. Type the code that it shows.</p>
        <CodeForm
          label="Confirm the second factor"
          button="Confirm"
          isBusy={state.factor.running.value !== undefined}
          problem={state.factor.problem.value}
          onCode={async code => void (await state.confirmFactor(code))}
          onCancel={state.cancelFactor}
        />
      </div>
    </div>
  );
}

/** As it is typed: four at a time. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

interface CodeFormProps {
  label: string;
  button: string;
  isBusy: boolean;
  problem: AccountState['factor']['problem']['value'];
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
}

function CodeForm({ label, button, isBusy, problem, onCode, onCancel }: CodeFormProps) {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const send = async () => {
    const given = code.replace(/\s/g, '').toLowerCase();
    setMissing(given === '');
    if (given !== '') await onCode(given);
  };
  return (
    <Form label={label} onSubmit={() => void send()}>
      <Field label="Code" error={missing ? 'A code is missing.' : undefined} required>
        <TextInput value={code} onInput={setCode} autocomplete="one-time-code" maxLength={12} monospace />
      </Field>
      {problem && <ProblemNotice problem={problem} />}
      <div class="button-row">
        <Button kind="primary" type="submit" busy={isBusy}>
          {button}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </Form>
  );
}

function RecoveryCodes({ codes, state }: { codes: readonly string[]; state: AccountState }) {
  const { host } = useApp();
  const text = codes.join('\n');
  const save = () =>
    host.save?.({ name: 'quayside-recovery-codes.txt', mediaType: 'text/plain', base64: btoa(`${text}\n`) });
  return (
    <ShownOnce
      title="Your recovery codes"
      text={text}
      onDone={state.forgetCodes}
      actions={
        host.save && (
          <Button icon="cloud-download" onClick={save}>
            Download
          </Button>
        )
      }
    >
      <p>
        Each lets you in once in place of a code, when your device is lost. Keep them apart from it. They are not shown
        again.
      </p>
    </ShownOnce>
  );
}
