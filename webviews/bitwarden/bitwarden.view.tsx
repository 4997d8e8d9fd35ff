// Bitwarden beside the vault: its account, what is taken over from it, and when.
import { useState } from 'preact/hooks';
import type { BitwardenState, BitwardenStatus } from '../../shared/api/bitwarden.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { Select } from '../kit/fields.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { type BitwardenView, createBitwardenView } from './bitwarden.state.ts';
import { LoginForm, UnlockForm } from './login.view.tsx';
import { Mappings } from './mappings.view.tsx';
import { PickItem } from './pick-item.view.tsx';
import { Plan } from './plan.view.tsx';
import './bitwarden.css';

const words: Record<BitwardenState, { icon: string; text: string; look: string }> = {
  'not-installed': { icon: 'circle-slash', text: 'Not installed', look: 'state-quiet' },
  'logged-out': { icon: 'circle-large-outline', text: 'Logged out', look: 'state-quiet' },
  locked: { icon: 'lock', text: 'Locked', look: 'state-warn' },
  unlocked: { icon: 'unlock', text: 'Unlocked', look: 'state-good' },
  offline: { icon: 'debug-disconnect', text: 'Unlocked, its server is away', look: 'state-warn' },
};

/** A part of the page of secrets. */
export function BitwardenPart() {
  const app = useApp();
  const view = useOwned(() => createBitwardenView(app));
  return (
    <section class="section" aria-label="Bitwarden" data-bitwarden={view.status.value.value?.state}>
      <h2>Bitwarden</h2>
      <Loaded load={view.status} what="Bitwarden">
        {status => <Standing status={status} view={view} />}
      </Loaded>
    </section>
  );
}

function Standing({ status, view }: { status: BitwardenStatus; view: BitwardenView }) {
  const { state } = status;
  const problem = view.account.problem.value;
  const isIn = state !== 'not-installed' && state !== 'logged-out';
  return (
    <div class="bitwarden">
      {state === 'not-installed' && <NotInstalled />}
      {state === 'logged-out' && (
        <p class="quiet">
          Secrets can be taken over from a Bitwarden vault, one way: the daemon reads them there and keeps them in its
          own vault. Nothing is ever written to Bitwarden.
        </p>
      )}
      {status.stale && <Stale status={status} />}
      {isIn && <Facts status={status} view={view} />}
      {problem && <ProblemNotice problem={problem} onDismiss={view.account.dismiss} />}
      {state === 'logged-out' && <LogIn status={status} view={view} />}
      {state === 'locked' && <Unlock view={view} />}
      {isIn && <Acts status={status} view={view} />}
      <Mappings view={view} isOpen={state === 'unlocked' || state === 'offline'} />
    </div>
  );
}

const NotInstalled = () => (
  <Note icon="info">
    <p>
      Bitwarden’s program <code>bw</code> is not installed on the machine where the daemon runs. Install it with{' '}
      <code>npm install -g @bitwarden/cli</code>, or name it in the variable <code>QUAYSIDE_BW</code>.
    </p>
  </Note>
);

function Stale({ status }: { status: BitwardenStatus }) {
  const now = useNow(30_000);
  const since = status.lastSyncAt === null ? '' : ` They are from ${formatAgo(status.lastSyncAt, now)}.`;
  return (
    <Note tone="warning" icon="warning">
      <p>Secrets that come from Bitwarden may be older than what is there now.{since} Servers still get them.</p>
    </Note>
  );
}

function Facts({ status, view }: { status: BitwardenStatus; view: BitwardenView }) {
  const now = useNow(30_000);
  const { icon, text, look } = words[status.state];
  return (
    <dl class="fact-list">
      <dt>State</dt>
      <dd>
        <span class={`state ${look}`}>
          <Icon name={icon} /> {text}
        </span>
      </dd>
      <dt>Account</dt>
      <dd>
        {status.email} at {status.serverUrl ?? 'Bitwarden’s own cloud'}
      </dd>
      <dt>Its server answered</dt>
      <dd>{status.lastSyncAt === null ? 'not yet' : formatAgo(status.lastSyncAt, now)}</dd>
      <dt>By itself</dt>
      <dd class="bitwarden-choices">
        <Choice
          label="Synchronise by itself"
          value={status.syncEveryMinutes}
          never="never synchronised"
          words={minutes => `synchronised every ${spoken(minutes)}`}
          choices={[15, 60, 360, 1_440]}
          onChange={syncEveryMinutes => view.configure({ syncEveryMinutes })}
        />
        <Choice
          label="Lock by itself"
          value={status.autoLockMinutes}
          never="never locked"
          words={minutes => `locked after ${spoken(minutes)} without use`}
          choices={[5, 30, 120, 720]}
          onChange={autoLockMinutes => view.configure({ autoLockMinutes })}
        />
      </dd>
    </dl>
  );
}

const spoken = (minutes: number): string =>
  minutes % 1_440 === 0
    ? countOf(minutes / 1_440, 'day')
    : minutes % 60 === 0
      ? countOf(minutes / 60, 'hour')
      : countOf(minutes, 'minute');

interface ChoiceProps {
  label: string;
  value: number | null;
  never: string;
  words: (minutes: number) => string;
  choices: readonly number[];
  onChange: (minutes: number | null) => void;
}

function Choice({ label, value, never, words: say, choices, onChange }: ChoiceProps) {
  const minutes = value === null || choices.includes(value) ? choices : [value, ...choices];
  return (
    <Select
      label={label}
      value={String(value ?? '')}
      options={[{ value: '', label: never }, ...minutes.map(each => ({ value: String(each), label: say(each) }))]}
      onChange={chosen => onChange(chosen === '' ? null : Number(chosen))}
    />
  );
}

/** Only the page asks for a master password itself: in the editor that is a command with its own input box. */
function LogIn({ status, view }: { status: BitwardenStatus; view: BitwardenView }) {
  const { host } = useApp();
  const [open, setOpen] = useState(false);
  if (host.kind === 'panel') return <RunCommand name="Log In to Bitwarden…" />;
  if (open) return <LoginForm view={view} serverUrl={status.serverUrl} onDone={() => setOpen(false)} />;
  return (
    <div class="button-row">
      <Button asks="loginBitwarden" icon="sign-in" onClick={() => setOpen(true)}>
        Log in to Bitwarden
      </Button>
    </div>
  );
}

function Unlock({ view }: { view: BitwardenView }) {
  const { host } = useApp();
  return host.kind === 'panel' ? <RunCommand name="Unlock Bitwarden…" /> : <UnlockForm view={view} />;
}

const RunCommand = ({ name }: { name: string }) => (
  <Note icon="key">
    <p>Run the command “Quayside: {name}”. The master password is typed there and not in a panel.</p>
  </Note>
);

function Acts({ status, view }: { status: BitwardenStatus; view: BitwardenView }) {
  const [picking, setPicking] = useState(false);
  const { state } = status;
  const isOpen = state === 'unlocked' || state === 'offline';
  const running = view.account.running.value;
  const failure = view.syncing.problem.value;
  return (
    <>
      <div class="button-row">
        {isOpen && status.mappings > 0 && (
          <Button
            asks="syncBitwarden"
            kind="primary"
            icon="git-compare"
            busy={view.syncing.running.value !== undefined}
            onClick={view.compare}
          >
            Compare with Bitwarden
          </Button>
        )}
        {isOpen && !picking && (
          <Button asks="createBitwardenMapping" icon="add" onClick={() => setPicking(true)}>
            Choose what to take over
          </Button>
        )}
        {isOpen && (
          <Button asks="lockBitwarden" icon="lock" busy={running === 'lock'} onClick={view.lock}>
            Lock
          </Button>
        )}
        <LogOut view={view} busy={running === 'logout'} />
      </div>
      {failure && <ProblemNotice problem={failure} onDismiss={view.syncing.dismiss} />}
      <Plan view={view} />
      {isOpen && picking && <PickItem view={view} onDone={() => setPicking(false)} />}
    </>
  );
}

function LogOut({ view, busy }: { view: BitwardenView; busy: boolean }) {
  const { host } = useApp();
  if (host.kind === 'panel') return null;
  return (
    <Button asks="logoutBitwarden" icon="sign-out" busy={busy} onClick={view.logout}>
      Log out
    </Button>
  );
}
