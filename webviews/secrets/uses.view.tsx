import { useEffect } from 'preact/hooks';
import type { Secret, SecretUse } from '../../shared/api/secrets.ts';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { Loaded } from '../kit/feedback.tsx';
import { formatAgo } from '../kit/format.ts';
import { createLoad } from '../kit/load.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';

const shown = 50;

const outcomes: Record<SecretUse['outcome'], string> = {
  'handed-over': 'was given it',
  missing: 'was not given it: it had no value',
  refused: 'was refused it',
  failed: 'was not given it: it could not be read',
};

/** When which server was given the secret, the newest first. */
export function UsesLog({ secret }: { secret: Secret }) {
  const { api } = useApp();
  const now = useNow(10_000);
  const uses = useOwned(() =>
    createLoad(abort => api.listSecretUses({ params: { id: secret.id }, query: { limit: shown } }, { signal: abort })),
  );
  // A use changes the secret, and so does the next one.
  useEffect(() => void uses.reload(), [uses, secret.lastUsedAt]);
  return (
    <section class="uses" aria-label={`Uses of ${secret.name}`}>
      <Loaded load={uses} what="the uses">
        {page =>
          page.items.length === 0 ? (
            <p class="quiet">It was not used yet.</p>
          ) : (
            <>
              <ul>
                {page.items.map(use => (
                  <Use key={use.id} use={use} now={now} />
                ))}
              </ul>
              {page.total > shown && <p class="quiet">And {page.total - shown} earlier ones.</p>}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

const Use = ({ use, now }: { use: SecretUse; now: number }) => {
  const good = use.outcome === 'handed-over';
  return (
    <li class="facts">
      <Icon name={good ? 'check' : 'error'} class={good ? 'state-good' : 'state-bad'} />
      <time dateTime={use.at} title={use.at}>
        {formatAgo(use.at, now)}
      </time>
      <span>
        {use.serverId} {outcomes[use.outcome]}
        {use.code && <span class="code"> {use.code}</span>}
      </span>
      <span>
        asked by <ServerText text={use.caller} />
      </span>
    </li>
  );
};
