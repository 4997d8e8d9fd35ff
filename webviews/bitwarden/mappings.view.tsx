// What becomes which secret.
import { useState } from 'preact/hooks';
import type { BitwardenMapping } from '../../shared/api/bitwarden.ts';
import { Badge, Button, IconButton } from '../kit/controls.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { ServerText } from '../kit/text.tsx';
import type { BitwardenView } from './bitwarden.state.ts';
import { describePart } from './part-words.ts';

export function Mappings({ view, isOpen }: { view: BitwardenView; isOpen: boolean }) {
  const now = useNow(30_000);
  const problem = view.mapping.problem.value;
  return (
    <Loaded load={view.mappings} what="what is taken over">
      {mappings =>
        mappings.length === 0 ? (
          isOpen && (
            <p class="quiet">Nothing is taken over yet. Choose an item and which part of it becomes a secret.</p>
          )
        ) : (
          <>
            <h3>What is taken over</h3>
            {problem && <ProblemNotice problem={problem} onDismiss={view.mapping.dismiss} />}
            <ul class="rows" aria-label="Secrets from Bitwarden">
              {mappings.map(mapping => (
                <MappingRow key={mapping.id} mapping={mapping} view={view} now={now} />
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  );
}

const stateWords: Record<BitwardenMapping['state'], string> = {
  new: 'not taken over yet',
  synced: '',
  gone: 'gone at Bitwarden',
  refused: 'cannot be taken over',
};

function MappingRow({ mapping, view, now }: { mapping: BitwardenMapping; view: BitwardenView; now: number }) {
  const [ending, setEnding] = useState(false);
  const { secretName, itemName, part, syncedAt, state, reason } = mapping;
  return (
    <li class="row" data-mapping={secretName}>
      <div class="row-main">
        <span class="row-title monospace">{secretName}</span>
        <span class="row-text">
          {describePart(part)} of “<ServerText text={itemName} />”
        </span>
        <span class="facts">
          {syncedAt && <span>taken over {formatAgo(syncedAt, now)}</span>}
          {state !== 'synced' && <span>{stateWords[state]}</span>}
          {reason && <span>{reason}</span>}
        </span>
      </div>
      <div class="row-facts">
        <Badge>{mapping.serverId === null ? 'any server' : `only ${mapping.serverId}`}</Badge>
        <IconButton
          asks="deleteBitwardenMapping"
          icon="debug-disconnect"
          label={`Take ${secretName} over no longer`}
          onClick={() => setEnding(true)}
        />
      </div>
      {ending && (
        <Dialog
          title={`Take ${secretName} over no longer?`}
          onClose={() => setEnding(false)}
          actions={
            <>
              <Button
                kind="primary"
                onClick={() => {
                  setEnding(false);
                  view.unmap(mapping);
                }}
              >
                End it
              </Button>
              <Button onClick={() => setEnding(false)}>Cancel</Button>
            </>
          }
        >
          <p>The secret keeps its value and is your own then. Nothing changes at Bitwarden.</p>
        </Dialog>
      )}
    </li>
  );
}
