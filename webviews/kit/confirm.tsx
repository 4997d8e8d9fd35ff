import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../shared/api/problem.ts';
import { Button } from './controls.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemNotice } from './feedback.tsx';
import { Field, TextInput } from './fields.tsx';

interface ConfirmProps {
  title: string;
  /** On the button that does it. */
  act: string;
  icon?: string;
  /** On the button that does nothing. */
  keep?: string;
  /** What has to be typed first, for what cannot be undone. */
  typed?: string;
  busy?: boolean;
  problem?: Problem | undefined;
  onConfirm: () => void;
  onClose: () => void;
  children: ComponentChildren;
}

/** Asks before something is lost. It stays open while the act runs, and shows why it failed. */
export function Confirm({
  title,
  act,
  icon = 'trash',
  keep = 'Keep it',
  typed,
  busy,
  problem,
  onConfirm,
  onClose,
  children,
}: ConfirmProps) {
  const [text, setText] = useState('');
  const ready = typed === undefined || text.trim() === typed;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{keep}</Button>
          <Button kind="primary" icon={icon} disabled={!ready} busy={busy} onClick={onConfirm}>
            {act}
          </Button>
        </>
      }
    >
      <div class="choice">
        {children}
        {typed !== undefined && (
          <Field
            label={
              <>
                Type <code>{typed}</code> to go on
              </>
            }
          >
            <TextInput value={text} onInput={setText} monospace />
          </Field>
        )}
        {problem && <ProblemNotice problem={problem} />}
      </div>
    </Dialog>
  );
}
