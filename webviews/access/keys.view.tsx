import { useState } from 'preact/hooks';
import type { AccessKey } from '../../shared/api/keys.ts';
import { useApp } from '../kit/app.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Icon, IconButton } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted, PermittedButton, useWhyNot } from '../kit/permission.tsx';
import { ShownOnce } from '../kit/shown-once.tsx';
import { ServerText } from '../kit/text.tsx';
import { AddKey } from './add-key.view.tsx';
import { createKeysState, type KeysState } from './keys.state.ts';
import { keyEnd } from './user-words.ts';

/** Which programs and agents may come in. */
export const KeysTab = () => (
  <Permitted needs="access:list" what="the keys">
    <Keys />
  </Permitted>
);

function Keys() {
  const app = useApp();
  const state = useOwned(() => createKeysState(app));
  const [adding, setAdding] = useState(false);
  const open = () => {
    state.adding.dismiss();
    state.forget();
    setAdding(true);
  };
  const add = (
    <PermittedButton needs="access:manage" what="Make a key" kind="primary" icon="add" onClick={open}>
      Make a key
    </PermittedButton>
  );
  return (
    <Loaded load={state.keys} what="the keys">
      {keys => (
        <>
          <NewKeyText state={state} />
          {adding && <AddKey state={state} onDone={() => setAdding(false)} />}
          {keys.length === 0 ? (
            !adding && (
              <Empty icon="key" title="No program has a key of its own">
                <p>
                  A program with a key does what its roles allow. An agent’s key lists and calls tools and can do
                  nothing else. Each can be kept to certain servers, ends by itself, and is deleted without touching the
                  others.
                </p>
                {add}
              </Empty>
            )
          ) : (
            <>
              <div class="tools-head">
                <p class="quiet">{countOf(keys.length, 'key')}.</p>
                {!adding && add}
              </div>
              <LookOnly needs="access:manage" />
              <KeyList keys={keys} state={state} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

/** The one time that the key can be read. */
function NewKeyText({ state }: { state: KeysState }) {
  const { live } = useApp();
  const shown = state.shown.value;
  if (!shown) return null;
  const mcpUrl = live.session.value.value?.mcpUrl;
  return (
    <ShownOnce key={shown.key.id} title={`The key of ${shown.key.name}`} text={shown.secret} onDone={state.forget}>
      <p>
        Copy it now: it is kept as a hash and not shown again. It is sent as the header{' '}
        <code>Authorization: Bearer …</code>
        {shown.key.kind === 'agent' && mcpUrl ? (
          <>
            {' '}
            to <code>{mcpUrl}</code>
          </>
        ) : null}
        .
      </p>
    </ShownOnce>
  );
}

function KeyList({ keys, state }: { keys: readonly AccessKey[]; state: KeysState }) {
  const now = useNow(10_000);
  return (
    <ul class="rows" aria-label="Keys">
      {keys.map(key => (
        <KeyRow key={key.id} of={key} state={state} now={now} />
      ))}
    </ul>
  );
}

function KeyRow({ of: key, state, now }: { of: AccessKey; state: KeysState; now: number }) {
  const reason = useWhyNot('access:manage');
  const [asking, setAsking] = useState(false);
  const end = keyEnd(key, now);
  const remove = async () => {
    if (await state.remove(key)) setAsking(false);
  };
  return (
    <li class="row access-row" data-key={key.name}>
      <div class="row-main">
        <span class="row-title">
          <Icon name={key.kind === 'agent' ? 'hubot' : 'key'} /> <ServerText text={key.name} />{' '}
          <code class="quiet">{key.hint}…</code>
        </span>
        <span class="row-text">
          {key.servers === null
            ? 'all servers'
            : key.servers.length === 0
              ? 'no server'
              : `only ${key.servers.join(', ')}`}
        </span>
        <span class="facts">
          <span>{key.lastUsedAt === null ? 'never used' : `used ${formatAgo(key.lastUsedAt, now)}`}</span>
          <span class={end.isOver ? 'state-bad' : ''}>{end.text}</span>
          {key.suspended && (
            <span
              class="state-bad"
              title="The user who made it is disabled, or may not do any more what it was made for"
            >
              lets nobody in now
            </span>
          )}
          <span>
            made by <ServerText text={key.createdBy} />
          </span>
        </span>
      </div>
      <div class="row-facts access-facts">
        {key.kind === 'agent' ? <Badge>agent</Badge> : key.roles.map(role => <Badge key={role}>{role}</Badge>)}
        <span title={reason}>
          <IconButton
            icon="trash"
            label={`Delete the key ${key.name}`}
            disabled={reason !== undefined}
            onClick={() => setAsking(true)}
          />
        </span>
      </div>
      {asking && (
        <Confirm
          title={`Delete the key ${key.name}?`}
          act="Delete"
          busy={state.deleting.running.value !== undefined}
          problem={state.deleting.problem.value}
          onConfirm={() => void remove()}
          onClose={() => {
            setAsking(false);
            state.deleting.dismiss();
          }}
        >
          <p>
            Whatever uses it is refused from now on, also by keys that it has made, and what is open ends within a
            second. It cannot be brought back.
          </p>
        </Confirm>
      )}
    </li>
  );
}
