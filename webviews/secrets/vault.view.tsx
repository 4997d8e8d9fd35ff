// The vault around the secrets: open or locked, where its key comes from, and its data keys.
import { useState } from 'preact/hooks';
import type { MasterKeySource, VaultState, VaultStatus } from '../../shared/api/vault.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Note, ProblemNotice, Progress } from '../kit/feedback.tsx';
import { Field } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import type { SecretsState } from './secrets.state.ts';

const stateWords: Record<VaultState, { icon: string; text: string; look: string }> = {
  open: { icon: 'unlock', text: 'Open', look: 'state-good' },
  empty: { icon: 'circle-large-outline', text: 'Empty', look: 'state-quiet' },
  locked: { icon: 'lock', text: 'Locked', look: 'state-warn' },
  refused: { icon: 'error', text: 'Its key does not fit', look: 'state-bad' },
};

const sourceWords: Record<MasterKeySource, string> = {
  file: 'a mounted file',
  editor: 'the keychain of the editor',
  passphrase: 'a passphrase',
  environment: 'the variable QUAYSIDE_MASTER_KEY',
  generated: 'a file in the state folder',
};

/** What stands above the list while something about the vault wants attention. */
export function VaultNotices({ vault, state }: { vault: VaultStatus; state: SecretsState }) {
  const { problem, warnings } = vault;
  return (
    <>
      {problem && <ProblemNotice problem={problem} severity={vault.state === 'locked' ? 'warning' : 'error'} />}
      {needsPassphrase(vault) && <Unlock state={state} />}
      {warnings
        .filter(warning => warning.code !== problem?.code || warning.detail !== problem.detail)
        .map(warning => (
          <ProblemNotice key={warning.detail} problem={warning} severity="warning" />
        ))}
    </>
  );
}

const needsPassphrase = ({ state, source }: VaultStatus): boolean =>
  (state === 'locked' || state === 'refused') && source === 'passphrase';

/** Only the page asks for a passphrase itself: in the editor that is a command with its own input box. */
function Unlock({ state }: { state: SecretsState }) {
  const { host } = useApp();
  if (host.kind === 'panel')
    return (
      <Note icon="key">
        <p>Run the command “Quayside: Unlock Vault…”. The passphrase is typed there and not in a panel.</p>
      </Note>
    );
  return <PassphraseForm state={state} button="Unlock" label="Unlock the vault" />;
}

interface PassphraseFormProps {
  state: SecretsState;
  button: string;
  label: string;
  description?: string;
  onDone?: () => void;
}

function PassphraseForm({ state, button, label, description, onDone }: PassphraseFormProps) {
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [missing, setMissing] = useState(false);
  const send = async () => {
    const passphrase = entry.read();
    setMissing(passphrase === '');
    if (passphrase === '') return;
    const opened = await state.givePassphrase(passphrase);
    entry.clear();
    if (opened) onDone?.();
  };
  const problem = state.unlocking.problem.value;
  return (
    <div class="secret-form">
      <Form label={label} onSubmit={() => void send()}>
        <Field label="Passphrase" description={description} error={missing ? 'The passphrase is missing.' : undefined}>
          <SecretInput entry={entry} />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="unlock" busy={state.unlocking.running.value !== undefined}>
            {button}
          </Button>
          {onDone && <Button onClick={onDone}>Cancel</Button>}
        </div>
      </Form>
    </div>
  );
}

/** The vault's own part of the page, below the list. */
export function VaultPart({ vault, state }: { vault: VaultStatus; state: SecretsState }) {
  const { host } = useApp();
  const [protecting, setProtecting] = useState(false);
  const words = stateWords[vault.state];
  const newest = vault.keys.find(key => key.state === 'newest');
  const canProtect = host.kind === 'page' && (vault.state === 'empty' || vault.source === 'generated');
  const problem = state.rotating.problem.value;
  return (
    <section class="section" aria-label="Vault" data-vault={vault.state}>
      <h2>Vault</h2>
      <dl class="fact-list">
        <dt>State</dt>
        <dd>
          <span class={`state ${words.look}`}>
            <Icon name={words.icon} /> {words.text}
          </span>
        </dd>
        <dt>Master key</dt>
        <dd>{vault.source === null ? 'is made with the first secret' : `comes from ${sourceWords[vault.source]}`}</dd>
        {newest && <KeyFacts vault={vault} version={newest.version} createdAt={newest.createdAt} />}
      </dl>
      {vault.rotation && vault.rotation.total > 0 && (
        <Progress
          label={`Encrypting anew: ${vault.rotation.done} of ${vault.rotation.total}`}
          value={vault.rotation.done / vault.rotation.total}
        />
      )}
      {problem && <ProblemNotice problem={problem} onDismiss={state.rotating.dismiss} />}
      {protecting ? (
        <PassphraseForm
          state={state}
          button="Set passphrase"
          label="Passphrase for the vault"
          description="12 characters or more. Without it nobody can open the vault again after the daemon has ended."
          onDone={() => setProtecting(false)}
        />
      ) : (
        <div class="button-row">
          {vault.state === 'open' && (
            <Button
              icon="sync"
              busy={state.rotating.running.value !== undefined || vault.rotation !== null}
              onClick={state.rotate}
            >
              Rotate now
            </Button>
          )}
          {canProtect && (
            <Button icon="lock" onClick={() => setProtecting(true)}>
              Set a passphrase
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function KeyFacts({ vault, version, createdAt }: { vault: VaultStatus; version: number; createdAt: string }) {
  const now = useNow(30_000);
  const retired = vault.keys.filter(key => key.state === 'retired').length;
  const readable = vault.keys.filter(key => key.state === 'readable');
  return (
    <>
      <dt>Data key</dt>
      <dd>
        version {version}, made {formatAgo(createdAt, now)}
        {retired > 0 && `; ${countOf(retired, 'older key')} retired`}
      </dd>
      {readable.length > 0 && (
        <>
          <dt>Still read with</dt>
          <dd>{readable.map(key => `version ${key.version} (${countOf(key.secrets, 'secret')})`).join(', ')}</dd>
        </>
      )}
    </>
  );
}
