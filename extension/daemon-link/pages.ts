import type { Page } from '../../shared/api/route.ts';
import { limits } from '../../shared/domain/limits.ts';

/** More rows than anybody looks through in a tree; the pages show the rest. */
const mostPages = 20;

/** Reads a list to its end: `readAll(query => api.listServers({ query }))`. */
export async function readAll<T>(read: (query: { page: number; limit: number }) => Promise<Page<T>>): Promise<T[]> {
  const rows: T[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const { items, total } = await read({ page, limit: limits.pageSize.most });
    rows.push(...items);
    if (rows.length >= total || items.length === 0) break;
  }
  return rows;
}
