import { useState } from 'preact/hooks';
import type { ClientBackup } from '../../shared/api/clients.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Button } from '../kit/controls.tsx';
import { Loaded } from '../kit/feedback.tsx';
import { formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { ServerText } from '../kit/text.tsx';
import type { ClientsState } from './clients.state.ts';

/** The files of clients as they were before each change, and the way back to them. */
export function Backups({ state }: { state: ClientsState }) {
  return (
    <section class="section" aria-label="Backups">
      <h2>Backups</h2>
      <Loaded load={state.backups} what="the backups">
        {backups =>
          backups.length === 0 ? (
            <p class="quiet">There is none yet: one is made before each change.</p>
          ) : (
            <ul class="rows">
              {backups.map(backup => (
                <BackupRow key={backup.id} backup={backup} state={state} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function BackupRow({ backup, state }: { backup: ClientBackup; state: ClientsState }) {
  const now = useNow(30_000);
  const [asking, setAsking] = useState(false);
  const { id, client, file, action, existed, madeAt, restoredAt, changedSince } = backup;
  const undo = async (force: boolean) => {
    await state.undo(backup, force);
    setAsking(false);
  };
  return (
    <li class="row" data-backup={id}>
      <div class="row-main">
        <span>
          <strong>{client}</strong> before it was {action === 'connect' ? 'connected' : 'disconnected'}
        </span>
        <span class="facts">
          <code>
            <ServerText text={file} />
          </code>
          <span title={madeAt}>{formatAgo(madeAt, now)}</span>
          {!existed && <span>the file was not there</span>}
          {restoredAt && <Badge>undone</Badge>}
          {!restoredAt && changedSince && <Badge>changed since</Badge>}
        </span>
      </div>
      {!restoredAt && (
        <div class="row-facts">
          <Button
            asks="restoreClientBackup"
            icon="discard"
            busy={state.act.running.value === `undo ${id}`}
            onClick={() => (changedSince ? setAsking(true) : void undo(false))}
          >
            Undo<span class="only-heard"> for {client}</span>
          </Button>
        </div>
      )}
      {asking && (
        <Confirm
          title="Undo, though the file was changed since?"
          act="Undo"
          icon="discard"
          busy={state.act.running.value === `undo ${id}`}
          onConfirm={() => void undo(true)}
          onClose={() => setAsking(false)}
        >
          <p>
            Somebody has changed <code>{file}</code> after the connection. It is put back byte for byte as it was
            before, and what was changed since is lost.
          </p>
        </Confirm>
      )}
    </li>
  );
}
