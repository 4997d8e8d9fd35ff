// Lists come in pages; a panel that shows them all reads them all, up to a bound.
import { readPages } from '../../shared/api/pages.ts';
import type { Page } from '../../shared/api/route.ts';

const mostRows = 2_000;

export const readAllPages = async <T>(
  read: (query: { page: number; limit: number }) => Promise<Page<T>>,
): Promise<T[]> => (await readPages(read, mostRows)).items;
