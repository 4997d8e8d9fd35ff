// What a synchronisation would change, before it is done; and what it has done. Names, never values.
import type { BitwardenSync, SyncChange } from '../../shared/api/bitwarden.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { countOf } from '../kit/format.ts';
import { ServerText } from '../kit/text.tsx';
import type { BitwardenView } from './bitwarden.state.ts';
import { describePart } from './part-words.ts';

const words: Record<SyncChange, { icon: string; look: string; text: string }> = {
  added: { icon: 'diff-added', look: 'state-good', text: 'new' },
  changed: { icon: 'diff-modified', look: 'state-warn', text: 'changed' },
  removed: { icon: 'diff-removed', look: 'state-bad', text: 'gone: the value is taken away' },
  unchanged: { icon: 'check', look: '', text: 'the same' },
  refused: { icon: 'circle-slash', look: 'state-bad', text: 'left out' },
};

const isChange = ({ change }: { change: SyncChange }): boolean => change !== 'unchanged' && change !== 'refused';

export function Plan({ view }: { view: BitwardenView }) {
  const plan = view.plan.value;
  if (!plan) return null;
  const changes = plan.items.filter(isChange).length;
  return (
    <section class="bitwarden-plan" aria-label={plan.applied ? 'Done' : 'Preview'}>
      <h3>{titleOf(plan, changes)}</h3>
      <ul class="rows">
        {plan.items.map(({ mappingId, secretName, itemName, part, change, reason }) => (
          <li class="row" key={mappingId} data-change={change}>
            <span class={`state ${words[change].look}`}>
              <Icon name={words[change].icon} /> {words[change].text}
            </span>
            <div class="row-main">
              <span class="row-title monospace">{secretName}</span>
              <span class="row-text">
                {describePart(part)} of “<ServerText text={itemName} />”
              </span>
              {reason && <span class="quiet">{reason}</span>}
            </div>
          </li>
        ))}
      </ul>
      <div class="button-row">
        {!plan.applied && changes > 0 && (
          <Button
            asks="syncBitwarden"
            kind="primary"
            icon="cloud-download"
            busy={view.syncing.running.value === 'apply'}
            onClick={view.takeOver}
          >
            Take over
          </Button>
        )}
        <Button onClick={view.forgetPlan}>{plan.applied || changes === 0 ? 'Close' : 'Cancel'}</Button>
      </div>
    </section>
  );
}

const titleOf = ({ applied }: BitwardenSync, changes: number): string => {
  if (changes === 0) return 'Nothing is different';
  return applied ? `Taken over: ${countOf(changes, 'change')}` : `Would be taken over: ${countOf(changes, 'change')}`;
};
