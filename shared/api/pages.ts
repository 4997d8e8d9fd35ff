// Lists come in pages, exports in pieces: reads them to their end.
import { limits } from '../domain/limits.ts';
import type { Page } from './route.ts';

export interface WholeList<T> {
  items: T[];
  /** How many rows there are, which is more than `items` where `most` cut them off. */
  total: number;
}

/** The rows of all pages, at most `most` of them: `readPages(query => api.listServers({ query }), 2_000)`. */
export async function readPages<T>(
  read: (query: { page: number; limit: number }) => Promise<Page<T>>,
  most: number,
): Promise<WholeList<T>> {
  const list: WholeList<T> = { items: [], total: 0 };
  for (let page = 1; list.items.length < most; page++) {
    const { items, total } = await read({ page, limit: limits.pageSize.most });
    list.items.push(...items);
    list.total = total;
    if (items.length === 0 || list.items.length >= total) break;
  }
  return { ...list, items: list.items.slice(0, most) };
}

interface Piece {
  text: string;
  /** What the next piece is asked for with; null: that was all. */
  next: number | null;
}

/** The texts of an export in their order, each asked for when it is wanted, so that no more than one is in memory. */
export async function* readPieces(read: (after: number) => Promise<Piece>): AsyncGenerator<string, void, void> {
  for (let after: number | null = 0; after !== null; ) {
    const piece = await read(after);
    yield piece.text;
    after = piece.next;
  }
}
