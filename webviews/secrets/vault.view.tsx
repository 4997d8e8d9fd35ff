// The vault around the secrets: open or locked, where its key comes from, and its data keys.
import { useState } from 'preact/hooks';
import type { Problem } from '../../shared/api/problem.ts';
import type { MasterKeySource, VaultState, VaultStatus } from '../../shared/api/vault.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Note, ProblemNotice, Progress } from '../kit/feedback.tsx';
import { Field, Select } from '../kit/fields.tsx';
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
      {problem && (
        <ProblemNotice
          problem={needsPassphrase(vault) ? withoutNext(problem) : problem}
          severity={vault.state === 'locked' ? 'warning' : 'error'}
        />
      )}
      {needsPassphrase(vault) && <Unlock state={state} />}
      {warnings
        .filter(warning => warning.code !== problem?.code || warning.detail !== problem.detail)
        .map(warning => (
          <ProblemNotice key={warning.detail} problem={warning} severity="warning" />
        ))}
    </>
  );
}

/** What the command line would do next is the form below. */
const withoutNext = ({ next: _, ...problem }: Problem): Problem => problem;

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
  const failure = state.unlocking.problem.value;
  const problem = failure?.code === 'SECRET_004' ? withoutNext(failure) : failure;
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
        {vault.state === 'open' && (
          <>
            <dt>New data key</dt>
            <dd>
              <Schedule vault={vault} state={state} />
            </dd>
          </>
        )}
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
              asks="rotateVaultKey"
              icon="sync"
              busy={state.rotating.running.value !== undefined || vault.rotation !== null}
              onClick={state.rotate}
            >
              Rotate now
            </Button>
          )}
          {canProtect && (
            <Button asks="changeMasterKey" icon="lock" onClick={() => setProtecting(true)}>
              Set a passphrase
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

const usualDays = [30, 90, 180, 365];
const everyWords = (days: number): string => (days === 1 ? 'every day' : `every ${days} days`);

/** A choice on the page; in the editor only said, because a panel may not change what the vault does by itself. */
function Schedule({ vault, state }: { vault: VaultStatus; state: SecretsState }) {
  const { host } = useApp();
  const every = vault.schedule?.everyDays;
  const next = vault.schedule?.nextAt?.slice(0, 10);
  if (host.kind === 'panel') return <>{every === undefined ? 'only when asked for' : everyWords(every)}</>;
  const days = every === undefined || usualDays.includes(every) ? usualDays : [every, ...usualDays];
  return (
    <span class="vault-schedule">
      <Select
        label="Make a new data key"
        value={every === undefined ? '' : String(every)}
        options={[
          { value: '', label: 'only when asked for' },
          ...days.map(each => ({ value: String(each), label: everyWords(each) })),
        ]}
        onChange={value => state.schedule(value === '' ? null : Number(value))}
      />
      {next && <span class="quiet">next on {next}</span>}
    </span>
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
