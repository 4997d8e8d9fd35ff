// Reads a list that a server gives in pages. No server is trusted to end it: what is over the limits is left out and told.
import * as z from 'zod';

export const listLimits = {
  pages: 200,
  /** Entries that are looked at, the odd ones as well. */
  items: 2_000,
  /** JSON of all entries and cursors together. */
  bytes: 8_388_608,
  /** JSON of one entry. */
  itemBytes: 262_144,
} as const;

export interface PagedList<T> {
  /** What is listed, for a person: "tools". */
  what: string;
  /** One page: its entries and where the next one begins. */
  page: (cursor: string | undefined) => Promise<{ entries: unknown; nextCursor?: string | undefined }>;
  /** An entry, or undefined if it is none: one odd entry must not hide the others. */
  parse: (entry: unknown) => T | undefined;
  /** Gets a sentence for each way in which the list was cut. */
  tell: (line: string) => void;
}

const Entries = z.array(z.unknown()).catch([]);

/** The entries of all pages, as far as the limits go. Rejects with what `page` rejects with. */
export async function readPagedList<T>({ what, page, parse, tell }: PagedList<T>): Promise<T[]> {
  const found: T[] = [];
  const seen = new Set<string>();
  let [pages, items, bytes, large] = [0, 0, 0, 0];
  let cursor: string | undefined;
  let cut: string | undefined;
  do {
    const { entries, nextCursor } = await page(cursor);
    pages += 1;
    for (const entry of Entries.parse(entries)) {
      const size = jsonBytes(entry);
      const isLarge = size > listLimits.itemBytes;
      items += 1;
      // One that is left out must not use up the place of the others, and ten thousand must not be read for ever.
      bytes += Math.min(size, listLimits.itemBytes);
      cut = overLimit({ items, bytes });
      if (cut !== undefined) break;
      const parsed = isLarge ? undefined : parse(entry);
      if (isLarge) large += 1;
      else if (parsed !== undefined) found.push(parsed);
    }
    bytes += nextCursor?.length ?? 0;
    cursor = nextCursor;
    if (cursor === undefined) break;
    cut ??= seen.has(cursor) ? 'names a page twice' : overLimit({ pages: pages + 1, bytes });
    seen.add(cursor);
  } while (cut === undefined);
  if (cut !== undefined) tell(`Quayside: The list of ${what} ${cut}: only its first ${found.length} are taken.`);
  if (large > 0) {
    const most = `${listLimits.itemBytes / 1_024} KB`;
    tell(`Quayside: ${large} of the ${what} ${large === 1 ? 'is' : 'are'} left out: more than ${most} for one.`);
  }
  return found;
}

function overLimit({ pages = 0, items = 0, bytes = 0 }: { pages?: number; items?: number; bytes?: number }) {
  if (items > listLimits.items) return `has more than ${listLimits.items} entries`;
  if (bytes > listLimits.bytes) return `has more than ${listLimits.bytes / 1_048_576} MB`;
  return pages > listLimits.pages ? `has more than ${listLimits.pages} pages` : undefined;
}

/** The size of a value as JSON; infinite if it is nested too deeply to be written again. */
function jsonBytes(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
