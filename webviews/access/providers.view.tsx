import { useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, IconButton } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Empty, Loaded, Note } from '../kit/feedback.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted, PermittedButton, useWhyNot } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { ProviderForm } from './provider-form.view.tsx';
import { createProvidersState, type Provider, type ProvidersState } from './providers.state.ts';

/** Where users may sign in besides here. */
export const ProvidersTab = () => (
  <Permitted needs="access:list" what="the providers">
    <Providers />
  </Permitted>
);

function Providers() {
  const app = useApp();
  const state = useOwned(() => createProvidersState(app));
  const [editing, setEditing] = useState<Provider | 'new'>();
  const open = (what: Provider | 'new') => {
    state.saving.dismiss();
    setEditing(what);
  };
  const inPanel = app.host.kind === 'panel';
  const add = !inPanel && (
    <PermittedButton needs="access:manage" what="Add a provider" kind="primary" icon="add" onClick={() => open('new')}>
      Add a provider
    </PermittedButton>
  );
  return (
    <Loaded load={state.providers} what="the providers">
      {providers => (
        <>
          {inPanel && (
            <Note icon="globe">
              <p>Providers are changed on the page in the browser: “Quayside: Open Page in Browser”.</p>
            </Note>
          )}
          {editing && (
            <ProviderForm
              key={editing === 'new' ? 'new' : editing.id}
              state={state}
              provider={editing === 'new' ? undefined : editing}
              onDone={() => setEditing(undefined)}
            />
          )}
          {providers.length === 0 ? (
            !editing && (
              <Empty icon="globe" title="Nobody signs in elsewhere">
                <p>
                  With a provider of OpenID Connect users sign in with the account that they have there already. Who may
                  come in, and as what, is said here.
                </p>
                {add}
              </Empty>
            )
          ) : (
            <>
              <div class="tools-head">
                <p class="quiet">{countOf(providers.length, 'provider')} of OpenID Connect.</p>
                {!editing && add}
              </div>
              <LookOnly needs="access:manage" />
              <ul class="rows" aria-label="Providers">
                {providers.map(provider => (
                  <ProviderRow
                    key={provider.id}
                    provider={provider}
                    state={state}
                    onEdit={inPanel ? undefined : () => open(provider)}
                  />
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

interface ProviderRowProps {
  provider: Provider;
  state: ProvidersState;
  onEdit: (() => void) | undefined;
}

function ProviderRow({ provider, state, onEdit }: ProviderRowProps) {
  const reason = useWhyNot('access:manage');
  const [asking, setAsking] = useState(false);
  const { id, title, issuer, clientId, secretId, roles, allowed, redirectUrl } = provider;
  const remove = async () => {
    if (await state.remove(id)) setAsking(false);
  };
  return (
    <li class="row access-row" data-provider={id}>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={title} /> <code class="quiet">{id}</code>
        </span>
        <span class="row-text">
          <ServerText text={issuer} />
        </span>
        <span class="facts">
          <span>
            client <ServerText text={clientId} />
            {secretId === null ? ', public' : ', with a secret of the vault'}
          </span>
          <span>
            {roles.length === 0 || allowed.length === 0 ? 'only known users' : `lets in ${allowed.join(', ')}`}
          </span>
        </span>
        {redirectUrl && (
          <span class="facts">
            <span>
              redirect URI <code>{redirectUrl}</code>
            </span>
            <CopyButton text={() => redirectUrl} label={`Copy the redirect URI of ${id}`} />
          </span>
        )}
      </div>
      <div class="row-facts access-facts">
        {roles.map(role => (
          <Badge key={role}>{role}</Badge>
        ))}
        {onEdit && (
          <span title={reason}>
            <IconButton icon="edit" label={`Change ${id}`} disabled={reason !== undefined} onClick={onEdit} />
            <IconButton
              icon="trash"
              label={`Remove ${id}`}
              disabled={reason !== undefined}
              onClick={() => setAsking(true)}
            />
          </span>
        )}
      </div>
      {asking && (
        <Confirm
          title={`Remove ${title}?`}
          act="Remove"
          busy={state.deleting.running.value !== undefined}
          problem={state.deleting.problem.value}
          onConfirm={() => void remove()}
          onClose={() => {
            setAsking(false);
            state.deleting.dismiss();
          }}
        >
          <p>Nobody signs in there any more. Users who came by it stay, without a way in until they are invited.</p>
        </Confirm>
      )}
    </li>
  );
}
