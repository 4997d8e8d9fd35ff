import { useState } from 'preact/hooks';
import type { SavedCall } from '../../shared/api/calls.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Button, IconButton } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { useOwned } from '../kit/owned.ts';
import { useWhyNot } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { createSavedCalls } from './saved-calls.state.ts';

interface SavedCallsProps {
  what: Pick<SavedCall, 'serverId' | 'kind' | 'target'>;
  /** The arguments as they stand in the form; undefined while they are wrong. */
  current: () => Record<string, unknown> | undefined;
  onUse: (saved: SavedCall) => void;
}

/** Calls to be made again: one click fills the form. */
export function SavedCalls({ what, current, onUse }: SavedCallsProps) {
  const app = useApp();
  const state = useOwned(() => createSavedCalls(app, what));
  const [title, setTitle] = useState<string>();
  const keptFocus = useKeptFocus();
  const mayNot = useWhyNot('tools:call');
  if (mayNot !== undefined) return null;
  const saved = state.saved.value.value ?? [];
  const send = async () => {
    const args = current();
    if (args && title?.trim() && (await state.save(title.trim(), args))) setTitle(undefined);
  };
  const problem = state.act.problem.value ?? state.saved.problem.value;
  return (
    <section class="saved-calls" aria-label="Saved calls" {...keptFocus}>
      {problem && <ProblemNotice problem={problem} onDismiss={state.act.dismiss} />}
      {saved.length > 0 && (
        <>
          <h3>Saved calls</h3>
          <ul class="saved-list">
            {saved.map(each => (
              <li key={each.id}>
                <Button icon="bookmark" hint={toVisibleText(each.title)} onClick={() => onUse(each)}>
                  <span class="saved-title">
                    <ServerText text={each.title} />
                  </span>
                </Button>
                <IconButton
                  icon="trash"
                  label={`Delete the saved call ${each.title}`}
                  busy={state.act.running.value === each.id}
                  onClick={() => void state.remove(each)}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {title === undefined ? (
        <Button icon="save" onClick={() => setTitle('')}>
          Save this call…
        </Button>
      ) : (
        <Form label="Save this call" onSubmit={() => void send()}>
          <Field label="Name">
            <TextInput value={title} onInput={setTitle} maxLength={200} placeholder="What it shows" />
          </Field>
          <div class="button-row">
            <Button
              kind="primary"
              type="submit"
              disabled={title.trim() === ''}
              busy={state.act.running.value === 'save'}
            >
              Save
            </Button>
            <Button onClick={() => setTitle(undefined)}>Cancel</Button>
          </div>
        </Form>
      )}
    </section>
  );
}
