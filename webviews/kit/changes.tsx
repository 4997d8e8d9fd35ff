import { Icon } from './controls.tsx';
import { countOf } from './format.ts';
import { ServerText } from './text.tsx';

export interface Change {
  name: string;
  change: 'added' | 'removed' | 'changed' | 'same';
  detail?: string;
}

const marks = {
  added: { icon: 'diff-added', word: 'added' },
  removed: { icon: 'diff-removed', word: 'removed' },
  changed: { icon: 'diff-modified', word: 'changed' },
  same: { icon: 'dash', word: 'the same' },
} as const;

const shownMost = 60;

/** What an import would do to each server; those that stay the same come last. */
export function ChangeList({ label, changes }: { label: string; changes: readonly Change[] }) {
  const sorted = [...changes].sort((a, b) => Number(a.change === 'same') - Number(b.change === 'same'));
  return (
    <>
      <ul class="change-list" aria-label={label}>
        {sorted.slice(0, shownMost).map(({ name, change, detail }) => (
          <li key={name} data-change={change} class={`mark-${change}`}>
            <Icon name={marks[change].icon} />
            <span>
              <ServerText text={name} /> <span class="quiet">{marks[change].word}</span>
            </span>
            {detail && (
              <span class="quiet">
                <ServerText text={detail} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {sorted.length > shownMost && <p class="quiet">And {countOf(sorted.length - shownMost, 'more server')}.</p>}
    </>
  );
}
