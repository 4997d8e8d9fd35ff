// What a person looks for in the catalog, as it stands in the address: so that Back, a bookmark and a link all keep it.

export const sortings = ['relevance', 'title', 'popularity'] as const;
export type Sorting = (typeof sortings)[number];
export const origins = ['vendor', 'own', 'imported', 'community', 'built-in'] as const;
export type Origin = (typeof origins)[number];
export const entryKinds = ['image', 'remote', 'package'] as const;
export type EntryKind = (typeof entryKinds)[number];
export const engines = ['docker', 'process'] as const;

/** All that is absent filters nothing. */
export interface CatalogFilters {
  q?: string;
  sort?: Sorting;
  origin?: Origin;
  catalog?: string;
  category?: string;
  tag?: string;
  license?: string;
  kind?: EntryKind;
  engine?: (typeof engines)[number];
  secrets?: boolean;
  installed?: boolean;
  /** From 1. */
  page?: number;
}

const longest = 200;
const words = ['q', 'catalog', 'category', 'tag', 'license'] as const;
const flags = ['secrets', 'installed'] as const;

/** Reads what it knows and passes over the rest: an address may have been written by anybody. */
export function parseFilters(asked: URLSearchParams): CatalogFilters {
  const filters: CatalogFilters = {};
  for (const key of words) {
    const value = asked.get(key);
    if (value) filters[key] = value.slice(0, longest);
  }
  for (const key of flags) {
    const value = asked.get(key);
    if (value === 'yes' || value === 'no') filters[key] = value === 'yes';
  }
  const sort = oneOf(sortings, asked.get('sort'));
  const origin = oneOf(origins, asked.get('origin'));
  const kind = oneOf(entryKinds, asked.get('kind'));
  const engine = oneOf(engines, asked.get('engine'));
  const page = Number(asked.get('page'));
  return {
    ...filters,
    ...(sort && { sort }),
    ...(origin && { origin }),
    ...(kind && { kind }),
    ...(engine && { engine }),
    ...(Number.isInteger(page) && page > 1 && page < 100_000 ? { page } : {}),
  };
}

const oneOf = <T extends string>(known: readonly T[], value: string | null): T | undefined =>
  known.find(each => each === value);

/** The query of an address; empty if nothing is asked for. */
export function formatFilters(filters: CatalogFilters): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filters)) {
    if (typeof value === 'boolean') query.set(key, value ? 'yes' : 'no');
    else if (value !== undefined && value !== '') query.set(key, String(value));
  }
  return query.toString();
}

/** The same filters with a change; another question starts at its first page. What is undefined or empty is taken out. */
export function withFilters(
  filters: CatalogFilters,
  change: { [K in keyof CatalogFilters]?: CatalogFilters[K] | undefined },
): CatalogFilters {
  const { page: _, ...rest } = filters;
  const next = { ...rest, ...change };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ''));
}

/** How many filters leave something out; the words that are searched and the order are none of them. */
export const countFilters = ({ q: _q, sort: _sort, page: _page, ...filters }: CatalogFilters): number =>
  Object.keys(filters).length;
