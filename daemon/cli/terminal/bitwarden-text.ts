import type { BitwardenState, BitwardenStatus, BitwardenSync, SyncChange } from '../../../shared/api/bitwarden.ts';
import { count } from './describe.ts';
import type { Output } from './output.ts';
import { problemText } from './problem-text.ts';
import type { Colour } from './style.ts';
import { renderPairs, renderTable } from './table.ts';

const states: Record<BitwardenState, string> = {
  'not-installed': 'Not installed: npm install -g @bitwarden/cli',
  'logged-out': 'Logged out: quayside bitwarden login',
  locked: 'Locked: quayside bitwarden unlock',
  unlocked: 'Unlocked',
  offline: 'Unlocked, but its server cannot be reached',
};

/** Bitwarden as a person reads it: state, schedule, and what is wrong. */
export function bitwardenText(status: BitwardenStatus, { style }: Output): string {
  const { lastSync } = status;
  const pairs = renderPairs(
    [
      ['Bitwarden', states[status.state]],
      ['Program', status.version && `bw ${status.version}`],
      ['Server', status.email === null ? null : (status.serverUrl ?? 'Bitwarden’s own cloud')],
      ['Account', status.email],
      [
        'Secrets',
        `${count(status.mappings, 'part')} mapped${status.stale ? ', stale: they may be older than there' : ''}`,
      ],
      ['Server answered', status.lastSyncAt],
      ['Taken over', lastSync && summary(lastSync)],
      [
        'By itself',
        status.syncEveryMinutes && `every ${count(status.syncEveryMinutes, 'minute')}, next ${status.nextSyncAt}`,
      ],
      ['Locks itself', status.autoLockMinutes === null ? 'never' : `after ${count(status.autoLockMinutes, 'minute')}`],
    ],
    style,
  );
  return status.problem === null ? pairs : `${pairs}\n\n${problemText(status.problem, style)}`;
}

const order: readonly SyncChange[] = ['added', 'changed', 'removed', 'unchanged', 'refused'];
const summary = (counts: Record<SyncChange, number>): string =>
  order
    .filter(change => counts[change] > 0)
    .map(change => `${counts[change]} ${change}`)
    .join(', ') || 'nothing';

const colours: Record<SyncChange, Colour | undefined> = {
  added: 'green',
  changed: 'yellow',
  removed: 'red',
  unchanged: 'dim',
  refused: 'red',
};

/** What a synchronisation does or has done, one line for each secret. */
export function syncText({ applied, items }: BitwardenSync, { look }: Output): string {
  if (items.length === 0) return 'Nothing is mapped. Choose something: quayside bitwarden list';
  const table = renderTable(
    items,
    [
      { heading: 'SECRET', value: row => row.secretName },
      { heading: 'CHANGE', value: row => row.change, colour: row => colours[row.change] },
      { heading: 'ITEM', value: row => row.itemName },
      { heading: 'PART', value: row => row.part },
      { heading: 'WHY', value: row => row.reason ?? '' },
    ],
    look,
  );
  const counts = Object.fromEntries(order.map(change => [change, items.filter(row => row.change === change).length]));
  const told = summary(counts as Record<SyncChange, number>);
  return `${table}\n\n${applied ? `Done: ${told}.` : `Would be done: ${told}. Nothing has changed yet.`}`;
}
