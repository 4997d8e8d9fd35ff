// Snapshot files: `__snapshots__/<file>.snap.yaml`, a map from name to what a result was. Read and written by the caller.
import { isMap, isScalar, parseDocument } from 'yaml';
import { testFileLimits } from '../../../shared/domain/mcptest.ts';
import { toSortedYaml } from './difference.ts';

const header = '# Results that tests compare with. Made by Quayside: look at changes before you keep them.\n';

export interface SnapshotFile {
  /** As sorted YAML. */
  find(name: string): string | undefined;
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
  const changes = () =>
    [...new Set([...before.keys(), ...entries.keys()])].filter(name => before.get(name) !== entries.get(name));
  return {
    find(name) {
      used.add(name);
      return entries.get(name);
    },
    set(name, value) {
      used.add(name);
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

/** Each value is YAML by itself, put in as a block of text: that is how its lines show up in a review. */
function render(entries: ReadonlyMap<string, string>): string {
  const names = [...entries.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  return header + toSortedYaml(Object.fromEntries(names.map(name => [name, entries.get(name) ?? ''])));
}

function parse(text: string): [string, string][] {
  if (Buffer.byteLength(text) > testFileLimits.snapshotBytes)
    throw new BrokenSnapshots('The snapshot file is too large.');
  const contents = tryParse(text);
  if (contents === null) return [];
  if (!isMap(contents)) throw new BrokenSnapshots('The snapshot file is no map of texts.');
  return contents.items.map(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string')
      throw new BrokenSnapshots('The snapshot file is no map of texts.');
    return [String(key.value), value.value];
  });
}

function tryParse(text: string): unknown {
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    if (document.errors.length === 0) return document.contents;
  } catch {
    // Nested beyond what can be read.
  }
  throw new BrokenSnapshots('The snapshot file is no YAML.');
}

export const toSnapshotText = (value: unknown): string => toSortedYaml(value);
