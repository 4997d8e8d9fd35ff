// Snapshot files: `__snapshots__/<file>.snap.yaml`, a map from name to what a result was. The caller has them from its folder
// and writes them there. They are YAML, but of one form only, which is read in linear time: parsers of all of YAML are not.
import { testFileLimits } from '../../../shared/domain/mcptest.ts';
import { toSortedYaml } from './difference.ts';

const header = '# Results that tests compare with. Made by Quayside: look at changes before you keep them.\n';

export interface SnapshotFile {
  /** As sorted YAML. */
  find(name: string): string | undefined;
  /** Errors: RangeError if the file would be too large to be read again. */
  set(name: string, text: string): void;
  /** Names that were asked for or set are kept, the rest goes. */
  dropUnused(): void;
  readonly changes: string[];
  /** undefined: nothing has changed. */
  write(): string | undefined;
}

/** A snapshot file that cannot be read: nothing is compared with it, and nothing is written over it. */
export class BrokenSnapshots extends Error {
  override readonly name = 'BrokenSnapshots';
}

/** Errors: BrokenSnapshots. */
export function readSnapshots(text: string | undefined): SnapshotFile {
  const entries = new Map<string, string>(text === undefined ? [] : parse(text));
  const before = new Map(entries);
  const used = new Set<string>();
  let bytes = [...entries.values()].reduce((sum, text) => sum + text.length, 0);
  const changes = () =>
    [...new Set([...before.keys(), ...entries.keys()])].filter(name => before.get(name) !== entries.get(name));
  return {
    find(name) {
      used.add(name);
      return entries.get(name);
    },
    set(name, value) {
      used.add(name);
      bytes += value.length - (entries.get(name)?.length ?? 0);
      if (bytes > testFileLimits.snapshotBytes / 2) throw new RangeError('The snapshots of this file are too large.');
      entries.set(name, value);
    },
    dropUnused() {
      for (const name of entries.keys()) if (!used.has(name)) entries.delete(name);
    },
    get changes() {
      return changes();
    },
    write: () => (changes().length === 0 ? undefined : render(entries)),
  };
}

/** What YAML can hold in a block of text (1.2.2, sections 5.1 and 8.1), if it ends as blocks do. */
const fitsBlock = /^[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]+(?<!\n)\n$/u;

/** Each value is YAML by itself, put in as a block of text: that is how its lines show up in a review. */
function render(entries: ReadonlyMap<string, string>): string {
  const names = [...entries.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return header + names.map(name => `${JSON.stringify(name)}: ${renderText(entries.get(name) ?? '')}`).join('');
}

function renderText(text: string): string {
  // JSON is YAML; and a text that is all on one line cannot be taken for something else.
  if (!fitsBlock.test(text)) return `${JSON.stringify(text)}\n`;
  const lines = text.slice(0, -1).split('\n');
  return `|2\n${lines.map(line => (line === '' ? '\n' : `  ${line}\n`)).join('')}`;
}

function parse(text: string): [string, string][] {
  if (text.length > testFileLimits.snapshotBytes) throw new BrokenSnapshots('The snapshot file is too large.');
  const entries: [name: string, text: string][] = [];
  let block: string[] | undefined;
  const endBlock = () => {
    const last = entries.at(-1);
    if (block && last) last[1] = `${withoutBlankEnd(block).join('\n')}\n`;
    block = undefined;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (block && (line === '' || line.startsWith('  '))) {
      block.push(line.slice(2));
      continue;
    }
    endBlock();
    if (line === '' || line.startsWith('#')) continue;
    const { name, value } = parseLine(line, index + 1);
    entries.push([name, value ?? '']);
    if (value === undefined) block = [];
  }
  endBlock();
  return entries;
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end -= 1;
  return lines.slice(0, end);
}

function parseLine(line: string, number: number): { name: string; value: string | undefined } {
  const broken = new BrokenSnapshots(`Line ${number} of the snapshot file is not as Quayside writes it.`);
  const [, key, rest] = /^("(?:[^"\\\n]|\\[^\n])*"): (\|2|"[^\n]*")$/.exec(line) ?? [];
  if (key === undefined || rest === undefined) throw broken;
  const [name, value] = [key, rest].map(each => (each === '|2' ? undefined : tryParseText(each)));
  if (name === undefined || (value === undefined && rest !== '|2')) throw broken;
  return { name, value };
}

function tryParseText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

export const toSnapshotText = (value: unknown): string => toSortedYaml(value);
