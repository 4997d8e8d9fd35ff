import type { Page } from '../../shared/api/route.ts';
import { limits } from '../../shared/domain/limits.ts';

const mostPages = 1_000;

/** All pages of a list as one page. */
export async function listAll<T>(read: (query: { page: number; limit: number }) => Promise<Page<T>>): Promise<Page<T>> {
  const items: T[] = [];
  let total = 0;
  for (let page = 1; page <= mostPages; page++) {
    const answer = await read({ page, limit: limits.pageSize.most });
    items.push(...answer.items);
    total = answer.total;
    if (items.length >= total || answer.items.length === 0) break;
  }
  return { items, total, page: 1, limit: Math.max(items.length, 1) };
}
