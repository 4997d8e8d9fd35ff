// Searching the catalog: the address holds what is asked for, the daemon answers one page of it.
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { CatalogEntry, CatalogFacets } from '../../shared/api/catalog.ts';
import type { Catalog } from '../../shared/api/catalogs.ts';
import { hasEnded } from '../../shared/api/operations.ts';
import type { Page } from '../../shared/api/route.ts';
import type { App } from '../kit/app.ts';
import { type CatalogFilters, countFilters, formatFilters, type Sorting, withFilters } from '../kit/catalog-filters.ts';
import { createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

/** How many entries one page shows. */
export const pageSize = 60;
const typingMilliseconds = 180;

export interface CatalogState {
  readonly found: Load<Page<CatalogEntry>>;
  readonly facets: Load<CatalogFacets>;
  readonly catalogs: Load<Catalog[]>;
  readonly filters: ReadonlySignal<CatalogFilters>;
  /** What stands in the search field; the filters follow when a person stops typing. */
  readonly typed: ReadonlySignal<string>;
  search(words: string): void;
  /** Changes filters, as a step that Back takes back. */
  filter(change: { [K in keyof CatalogFilters]?: CatalogFilters[K] | undefined }): void;
  clear(): void;
  close(): void;
}

/** The best match needs words to match; without a choice it is what a person expects who has typed some. */
export const sortingOf = (asked: { q?: string | undefined; sort?: Sorting | undefined }): Sorting =>
  asked.q ? (asked.sort ?? 'relevance') : asked.sort === 'popularity' ? asked.sort : 'title';

/** The query of `GET /catalog` for filters: the best match first if words are searched, else by title. */
export function toCatalogQuery({ q, sort, secrets, page, ...rest }: CatalogFilters) {
  const sorting = sortingOf({ q, sort });
  return {
    ...rest,
    ...(q ? { q } : {}),
    ...(secrets === undefined ? {} : { has_secrets: secrets }),
    page: page ?? 1,
    limit: pageSize,
    sort_by: sorting,
    sort_order: sorting === 'title' ? ('asc' as const) : ('desc' as const),
  };
}

/** Search and filters live in the address; the daemon does the searching. */
export function createCatalogState({ api, live, host }: App): CatalogState {
  const filters = computed(() => {
    const { value } = host.location;
    return value.view === 'catalog' ? (value.filters ?? {}) : {};
  });
  const typed = signal(filters.value.q ?? '');
  const found = createLoad(abort => api.listCatalog({ query: toCatalogQuery(filters.peek()) }, { signal: abort }));
  const facets = createLoad(abort => {
    const { catalog, engine } = filters.peek();
    return api.getCatalogFacets(
      { query: { ...(catalog ? { catalog } : {}), ...(engine ? { engine } : {}) } },
      { signal: abort },
    );
  });
  const catalogs = createLoad(abort => readAllPages(query => api.listCatalogs({ query }, { signal: abort })));
  let typing: ReturnType<typeof setTimeout> | undefined;
  let asked = '';
  let facetsOf: string | undefined;

  const readAll = () => {
    void found.reload();
    void facets.reload();
    void catalogs.reload();
  };
  const open = (next: CatalogFilters, step: boolean) => {
    const target = { view: 'catalog' as const, ...(formatFilters(next) === '' ? {} : { filters: next }) };
    if (step) host.open(target);
    else host.replace(target);
  };
  void catalogs.reload();
  const stopFollowing = effect(() => {
    const now = filters.value;
    // While somebody types, the address is behind the field and must not pull it back.
    if ((now.q ?? '') !== asked) {
      asked = now.q ?? '';
      typed.value = asked;
    }
    void found.reload();
    const facetsNow = `${now.catalog} ${now.engine}`;
    if (facetsNow !== facetsOf) void facets.reload();
    facetsOf = facetsNow;
  });
  const stopListening = live.onEvent(event => {
    const all = event.type === 'reset' || event.type === 'catalogs.changed';
    const installed = event.type === 'operation.changed' && hasEnded(event.operation);
    if (all) readAll();
    else if (installed || event.type === 'server.removed') void found.reload();
  });
  const stopTyping = () => {
    clearTimeout(typing);
    asked = typed.value.trim();
  };
  return {
    found,
    facets,
    catalogs,
    filters,
    typed,
    search(words) {
      typed.value = words;
      clearTimeout(typing);
      typing = setTimeout(() => {
        stopTyping();
        open(withFilters(filters.value, { q: asked }), false);
      }, typingMilliseconds);
    },
    filter(change) {
      stopTyping();
      open(
        { ...withFilters(filters.value, { q: asked, ...change }), ...(change.page ? { page: change.page } : {}) },
        true,
      );
    },
    clear() {
      clearTimeout(typing);
      typed.value = '';
      asked = '';
      open({}, true);
    },
    close() {
      clearTimeout(typing);
      stopFollowing();
      stopListening();
      for (const load of [found, facets, catalogs]) load.close();
    },
  };
}

/** True if what is shown is less than everything. */
export const isNarrowed = (filters: CatalogFilters): boolean => filters.q !== undefined || countFilters(filters) > 0;
