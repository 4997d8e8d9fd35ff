// What is typed to get into Bitwarden. It is forgotten by the page as soon as it was sent.
import { useState } from 'preact/hooks';
import { Button } from '../kit/controls.tsx';
import { Checkbox, Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry, type SecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import type { BitwardenView } from './bitwarden.state.ts';

const useEntry = (): SecretEntry => useOwned(() => ({ ...createSecretEntry(), close() {} }));

interface LoginFormProps {
  view: BitwardenView;
  serverUrl: string | null;
  onDone: () => void;
}

interface LoginErrors {
  server?: string;
  account?: string;
  password?: string;
  secret?: string;
}

export function LoginForm({ view, serverUrl, onDone }: LoginFormProps) {
  const [server, setServer] = useState(serverUrl ?? '');
  const [account, setAccount] = useState('');
  const [byKey, setByKey] = useState(false);
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const [password, secret] = [useEntry(), useEntry()];
  const given = {
    server,
    account,
    byKey,
    password: password.size.value.characters,
    secret: secret.size.value.characters,
  };
  const errors = tried ? findErrors(given) : {};
  const send = async () => {
    setTried(true);
    if (Object.keys(findErrors(given)).length > 0) return;
    const who = byKey ? { clientId: account, clientSecret: secret.read() } : { email: account, code: code.trim() };
    const isIn = await view.login({ serverUrl: server === '' ? null : server, password: password.read(), ...who });
    if (!isIn) return;
    password.clear();
    secret.clear();
    onDone();
  };
  return (
    <div class="secret-form">
      <Form label="Log in to Bitwarden" onSubmit={() => void send()}>
        <Field
          label="Server"
          description="The address of your own server; empty for Bitwarden’s own cloud."
          error={errors.server}
        >
          <TextInput value={server} onInput={text => setServer(text.trim())} type="url" placeholder="https://" />
        </Field>
        <Checkbox label="With a personal API key" checked={byKey} onChange={setByKey} />
        <div class="field-columns">
          <Field label={byKey ? 'client_id' : 'E-mail address'} error={errors.account} required>
            <TextInput value={account} onInput={text => setAccount(text.trim())} monospace={byKey} />
          </Field>
          {byKey ? (
            <Field label="client_secret" error={errors.secret} required>
              <SecretInput entry={secret} />
            </Field>
          ) : (
            <Field
              label="Code"
              description="Of the authenticator, or the one mailed for a new device, if it asks for one."
            >
              <TextInput value={code} onInput={setCode} autocomplete="one-time-code" maxLength={64} />
            </Field>
          )}
        </div>
        <Field
          label="Master password"
          description="It goes to Bitwarden’s program on this machine and is kept nowhere."
          error={errors.password}
          required
        >
          <SecretInput entry={password} />
        </Field>
        <div class="button-row">
          <Button kind="primary" type="submit" icon="sign-in" busy={view.account.running.value === 'login'}>
            Log in
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </div>
  );
}

function findErrors(given: {
  server: string;
  account: string;
  byKey: boolean;
  password: number;
  secret: number;
}): LoginErrors {
  const { server, account, byKey, password, secret } = given;
  const isHttps = server === '' || (URL.canParse(server) && new URL(server).protocol === 'https:');
  const isAccount = byKey ? /^user\.[\w-]{8,}$/.test(account) : /^\S+@\S+$/.test(account);
  return {
    ...(isHttps ? {} : { server: 'The address begins with https://.' }),
    ...(isAccount ? {} : { account: byKey ? 'A client_id begins with "user.".' : 'This is no e-mail address.' }),
    ...(password === 0 ? { password: 'The master password is missing.' } : {}),
    ...(byKey && secret === 0 ? { secret: 'The client_secret is missing.' } : {}),
  };
}

export function UnlockForm({ view }: { view: BitwardenView }) {
  const entry = useEntry();
  const [missing, setMissing] = useState(false);
  const send = async () => {
    const password = entry.read();
    setMissing(password === '');
    if (password === '') return;
    await view.unlock(password);
    entry.clear();
  };
  return (
    <div class="secret-form">
      <Form label="Unlock Bitwarden" onSubmit={() => void send()}>
        <Field label="Master password" error={missing ? 'The master password is missing.' : undefined}>
          <SecretInput entry={entry} />
        </Field>
        <div class="button-row">
          <Button
            asks="unlockBitwarden"
            kind="primary"
            type="submit"
            icon="unlock"
            busy={view.account.running.value === 'unlock'}
          >
            Unlock
          </Button>
        </div>
      </Form>
    </div>
  );
}
