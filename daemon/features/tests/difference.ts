// How two texts or values differ, for a person: in bounded time, and cut where it is long.
import { structuredPatch } from 'diff';
import { stringify } from 'yaml';

const longestText = 4_000;
const longestDiff = 16_000;
const mostEdits = 2_000;

export const cut = (text: string, length = longestText): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;

/** A value as a person reads it: texts as they are, the rest as JSON with indents. */
export function show(value: unknown): string {
  if (value === undefined) return '(nothing)';
  return cut(typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}

/** Lines with `-` were expected and lines with `+` came, with some around them. null: there is nothing to compare. */
export function diffOf(expected: string, actual: string): string | null {
  if (expected === actual) return null;
  const patch = structuredPatch('', '', `${expected}\n`, `${actual}\n`, '', '', {
    context: 3,
    maxEditLength: mostEdits,
    timeout: 500,
  });
  if (!patch) return 'The two are too different to be shown side by side.';
  const lines = patch.hunks.flatMap((hunk, index) => [...(index > 0 ? ['…'] : []), ...hunk.lines]);
  return cut(lines.filter(line => !line.startsWith('\\')).join('\n'), longestDiff);
}

/** A value as YAML with its keys in order, so that two of the same are the same text. */
export const toSortedYaml = (value: unknown): string =>
  stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' });
