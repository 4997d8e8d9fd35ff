import { useState } from 'preact/hooks';
import { BitwardenPart } from '../bitwarden/bitwarden.view.tsx';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { AddSecret } from './add.view.tsx';
import { SecretRow } from './secret.view.tsx';
import { createSecretsState, type SecretsState } from './secrets.state.ts';
import { VaultNotices, VaultPart } from './vault.view.tsx';
import './secrets.css';

/** All secrets by name, and the vault that keeps them. */
export function SecretsView() {
  const app = useApp();
  const state = useOwned(() => createSecretsState(app));
  const [adding, setAdding] = useState(false);
  const open = () => {
    state.adding.dismiss();
    setAdding(true);
  };
  return (
    <div class="view secrets-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="key" /> Secrets
        </h1>
        {!adding && (
          <Button asks="createSecret" kind="primary" icon="add" onClick={open}>
            Add a secret
          </Button>
        )}
      </header>
      {adding && <AddSecret state={state} onDone={() => setAdding(false)} />}
      <Loaded load={state.vault} what="the vault">
        {vault => (
          <>
            <div class="secret-notices">
              <VaultNotices vault={vault} state={state} />
            </div>
            <SecretList state={state} />
            <BitwardenPart />
            <VaultPart vault={vault} state={state} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function SecretList({ state }: { state: SecretsState }) {
  const now = useNow(10_000);
  return (
    <section class="section" aria-label="Stored secrets">
      <Loaded load={state.secrets} what="the secrets">
        {secrets =>
          secrets.length === 0 ? (
            <Empty icon="key" title="No secret is stored yet">
              <p>
                Keys and passwords that servers need are kept here, encrypted. A server is given only those that its
                configuration refers to, when it starts.
              </p>
            </Empty>
          ) : (
            <ul class="rows">
              {secrets.map(secret => (
                <SecretRow key={secret.id} secret={secret} state={state} now={now} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
