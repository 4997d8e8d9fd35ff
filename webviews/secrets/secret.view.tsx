// One secret as a row: what is known of it, and what is done to it. Its value is in none of this.
import { useEffect, useState } from 'preact/hooks';
import type { Secret, SecretDetail } from '../../shared/api/secrets.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { formatAgo } from '../kit/format.ts';
import { createLoad } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import type { SecretsState } from './secrets.state.ts';
import { UsesLog } from './uses.view.tsx';
import type { Place } from './where-used.ts';

interface SecretRowProps {
  secret: Secret;
  state: SecretsState;
  now: number;
}

export function SecretRow({ secret, state, now }: SecretRowProps) {
  const [open, setOpen] = useState<'replace' | 'uses'>();
  const [deleting, setDeleting] = useState(false);
  const toggle = (part: 'replace' | 'uses') => setOpen(open === part ? undefined : part);
  const { name } = secret;
  return (
    <li class="row secret-row" data-secret={name}>
      <div class="row-main">
        <span class="row-title monospace">{name}</span>
        <span class="row-text">
          <UsedBy places={state.places.value.get(secret.id) ?? []} />
        </span>
        <Facts secret={secret} now={now} />
      </div>
      <div class="row-facts">
        <Badge>{secret.serverId === null ? 'any server' : `only ${secret.serverId}`}</Badge>
        <IconButton icon="history" label={`Uses of ${name}`} pressed={open === 'uses'} onClick={() => toggle('uses')} />
        <IconButton
          asks="replaceSecretValue"
          icon="edit"
          label={`Replace the value of ${name}`}
          pressed={open === 'replace'}
          onClick={() => toggle('replace')}
        />
        <IconButton asks="deleteSecret" icon="trash" label={`Delete ${name}`} onClick={() => setDeleting(true)} />
      </div>
      {open === 'replace' && (
        <div class="row-below">
          <Replace secret={secret} state={state} onDone={() => setOpen(undefined)} />
        </div>
      )}
      {open === 'uses' && (
        <div class="row-below">
          <UsesLog secret={secret} />
        </div>
      )}
      {deleting && <Delete secret={secret} state={state} onClose={() => setDeleting(false)} />}
    </li>
  );
}

function UsedBy({ places }: { places: readonly Place[] }) {
  if (places.length === 0) return <>No server refers to it</>;
  return (
    <>
      {places.map(({ serverId, place, required }, index) => (
        <span key={`${serverId} ${place}`}>
          {index > 0 && ', '}
          <PlaceLink to={{ view: 'server', id: serverId }}>{serverId}</PlaceLink> takes it as <code>{place}</code>
          {!required && ' (optional)'}
        </span>
      ))}
    </>
  );
}

function Facts({ secret, now }: { secret: Secret; now: number }) {
  const { valueChangedAt, keyVersion, lastUsedAt, hasValue, source } = secret;
  return (
    <span class="facts">
      {hasValue && valueChangedAt ? <span>value set {formatAgo(valueChangedAt, now)}</span> : <span>no value yet</span>}
      {source === 'bitwarden' && <span>from Bitwarden</span>}
      {keyVersion !== null && <span>key version {keyVersion}</span>}
      <span>{lastUsedAt ? `last used ${formatAgo(lastUsedAt, now)}` : 'never used'}</span>
    </span>
  );
}

function Replace({ secret, state, onDone }: { secret: Secret; state: SecretsState; onDone: () => void }) {
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [missing, setMissing] = useState(false);
  const send = async () => {
    const value = entry.read();
    setMissing(value === '');
    if (value === '' || !(await state.replace(secret, value))) return;
    entry.clear();
    onDone();
  };
  const problem = state.replacing.problem.value;
  return (
    <div class="secret-form">
      <Form label={`New value of ${secret.name}`} onSubmit={() => void send()}>
        <Field
          label="New value"
          description="Servers that run get it with their next start."
          error={missing ? 'A value is missing.' : undefined}
        >
          <SecretInput entry={entry} />
        </Field>
        {problem && <ProblemNotice problem={problem} onDismiss={state.replacing.dismiss} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="key" busy={state.replacing.running.value !== undefined}>
            Replace
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </div>
  );
}

/** Asks the daemon once more who uses it, so that what is confirmed is what is true. */
function Delete({ secret, state, onClose }: { secret: Secret; state: SecretsState; onClose: () => void }) {
  const { api } = useApp();
  const detail = useOwned(() =>
    createLoad<SecretDetail>(abort => api.getSecret({ params: { id: secret.id } }, { signal: abort })),
  );
  useEffect(() => void detail.reload(), [detail]);
  const remove = async () => {
    if (await state.remove(secret)) onClose();
  };
  const problem = state.deleting.problem.value;
  return (
    <Dialog
      title={`Delete ${secret.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            kind="primary"
            icon="trash"
            disabled={detail.value.value === undefined}
            busy={state.deleting.running.value !== undefined}
            onClick={() => void remove()}
          >
            Delete
          </Button>
        </>
      }
    >
      <Loaded load={detail} what="where it is used">
        {({ usedBy }) => (usedBy.length === 0 ? <p>No server refers to it.</p> : <UsedByList usedBy={usedBy} />)}
      </Loaded>
      <p>Its value cannot be brought back.</p>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}

const UsedByList = ({ usedBy }: Pick<SecretDetail, 'usedBy'>) => (
  <>
    <p>
      These servers use it. They keep what they were given until they end, and are given nothing with their next start:
    </p>
    <ul class="bullets">
      {usedBy.map(({ serverId, place, required }) => (
        <li key={`${serverId} ${place}`}>
          {serverId} as <code>{place}</code>
          {required ? ', which it needs' : ', optional'}
        </li>
      ))}
    </ul>
  </>
);
