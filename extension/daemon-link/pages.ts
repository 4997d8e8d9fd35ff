import { readPages } from '../../shared/api/pages.ts';
import type { Page } from '../../shared/api/route.ts';

/** More rows than anybody looks through in a tree; the pages show the rest. */
const mostRows = 2_000;

/** Reads a list to its end: `readAll(query => api.listServers({ query }))`. */
export const readAll = async <T>(read: (query: { page: number; limit: number }) => Promise<Page<T>>): Promise<T[]> =>
  (await readPages(read, mostRows)).items;
