// What a synchronisation would change, as lines for a question of the editor. Names, never values.
import type { BitwardenSync, SyncChange } from '../../../shared/api/bitwarden.ts';

type Row = BitwardenSync['items'][number];

export const isChange = ({ change }: Pick<Row, 'change'>): boolean => change !== 'unchanged' && change !== 'refused';

const words: Record<SyncChange, string> = {
  added: 'new',
  changed: 'changed',
  removed: 'its value is taken away',
  unchanged: 'the same',
  refused: 'left out',
};

/** More than this nobody reads in a question. */
const mostLines = 20;

/** The changes first, what cannot be taken over after them, and how many are the same. */
export function describeSync({ items }: BitwardenSync): string {
  const told = [...items.filter(isChange), ...items.filter(({ change }) => change === 'refused')];
  const lines = told.slice(0, mostLines).map(({ secretName, change, itemName, reason }) => {
    const why = change === 'refused' && reason ? `: ${reason}` : '';
    return `${secretName}: ${words[change]}, from “${itemName}”${why}`;
  });
  const more = told.length > lines.length ? [`and ${told.length - lines.length} more`] : [];
  const same = items.filter(({ change }) => change === 'unchanged').length;
  return [...lines, ...more, ...(same > 0 ? [`${same} the same`] : [])].join('\n');
}
