// The end of a form for something of a server: what is saved, what is not, and what the server needs to notice.
import type { ComponentChildren } from 'preact';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { Button } from '../kit/controls.tsx';
import { Note } from '../kit/feedback.tsx';
import type { ServerState } from './server.state.ts';

interface SavedNoteProps {
  server: MCPServerDetail;
  state: ServerState;
}

/** That it was saved, and a restart where a running server needs one. */
export function SavedNote({ server, state }: SavedNoteProps) {
  const waits = server.state === 'running' && server.changesApply !== 'at-once';
  return (
    <Note icon="check">
      <p>Saved.{waits && ' The running server uses it after a restart.'}</p>
      {waits && (
        <div class="button-row">
          <Button
            asks="restartServer"
            icon="debug-restart"
            busy={state.act.running.value === 'restart'}
            onClick={state.restart}
          >
            Restart now
          </Button>
        </div>
      )}
    </Note>
  );
}

interface SaveRowProps {
  isEdited: boolean;
  onUndo: () => void;
  /** The button that saves. */
  children: ComponentChildren;
}

export const SaveRow = ({ isEdited, onUndo, children }: SaveRowProps) => (
  <div class="button-row">
    {children}
    <Button icon="discard" disabled={!isEdited} onClick={onUndo}>
      Undo changes
    </Button>
    {isEdited && <span class="field-hint">Not saved yet.</span>}
  </div>
);
