// What differs from what was approved, as a unified diff of both texts. The API has written out what is invisible.
import { createTwoFilesPatch } from 'diff';
import type { ServerLockDetail } from '../../../shared/api/locks.ts';
import { safeLine, safeText } from './safe-text.ts';
import type { Style } from './style.ts';

/** Of all that differs, or of these tools. Empty: nothing does. */
export function lockDiff(lock: ServerLockDetail, tools: readonly string[] | undefined, style: Style): string {
  const facts = [
    { name: 'source', ...lock.source },
    { name: 'instructions', ...lock.instructions },
  ].filter(({ changed }) => changed && tools === undefined);
  const items = lock.items
    .filter(({ name, state }) => state !== 'approved' && (tools?.includes(name) ?? true))
    .map(({ name, state, formerName, rejected, before, after }) => {
      const what = state === 'renamed' ? `renamed from ${formerName}` : state;
      return { name: `${name} (${what}${rejected ? ', rejected' : ''})`, before, after };
    });
  return [...facts, ...items].map(each => patchOf(each, style)).join('\n');
}

interface Sides {
  name: string;
  before: string | null;
  after: string | null;
}

function patchOf({ name, before, after }: Sides, style: Style): string {
  const patch = createTwoFilesPatch('approved', 'now', asLines(before), asLines(after), undefined, undefined, {
    context: 3,
    // Two texts made to be slow to compare are shown one after the other.
    timeout: 1_000,
  });
  const lines = patch ? patch.split('\n').slice(3) : whole(before, after);
  return [style('bold', safeLine(name)), ...lines.filter(line => line !== '').map(line => coloured(line, style))].join(
    '\n',
  );
}

/** What is not there has no line, not even an empty one. */
const asLines = (text: string | null): string => (text === null || text === '' ? '' : `${text}\n`);

const whole = (before: string | null, after: string | null): string[] => [
  ...(before ?? '').split('\n').map(line => `-${line}`),
  ...(after ?? '').split('\n').map(line => `+${line}`),
];

function coloured(line: string, style: Style): string {
  const text = safeText(line);
  if (line.startsWith('+')) return style('green', text);
  return line.startsWith('-') ? style('red', text) : style('dim', text);
}
