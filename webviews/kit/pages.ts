// Lists come in pages; a panel that shows them all reads them all, up to a bound.
import type { Page } from '../../shared/api/route.ts';

const largestPage = 100;

/** All rows, at most `most` of them. */
export async function readAllPages<T>(
  read: (query: { page: number; limit: number }) => Promise<Page<T>>,
  most = 2_000,
): Promise<T[]> {
  const rows: T[] = [];
  for (let page = 1; rows.length < most; page++) {
    const answer = await read({ page, limit: largestPage });
    rows.push(...answer.items);
    if (answer.items.length < largestPage || rows.length >= answer.total) break;
  }
  return rows.slice(0, most);
}
