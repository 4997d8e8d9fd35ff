// The catalog's filters: compact selects with counts, and what is set as chips that can be taken away one by one.
import type { CatalogFacets } from '../../shared/api/catalog.ts';
import type { Catalog } from '../../shared/api/catalogs.ts';
import { type CatalogFilters, countFilters, type EntryKind, origins, sortings } from '../kit/catalog-filters.ts';
import { Icon } from '../kit/controls.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { type CatalogState, isNarrowed, sortingOf } from './catalog.state.ts';
import { originWords } from './catalog-words.ts';
import { chipsOf, kindWords } from './filter-chips.ts';

const sortWords = { relevance: 'Best match', title: 'Title', popularity: 'Popularity' } as const;

type Options = readonly { value: string; label: string }[];

export function Filters({ state }: { state: CatalogState }) {
  const filters = state.filters.value;
  const facets = state.facets.value.value;
  const catalogs = state.catalogs.value.value ?? [];
  return (
    <search class="catalog-search">
      <div class="search-line">
        <Field label="Search">
          <TextInput
            type="search"
            value={state.typed.value}
            onInput={state.search}
            placeholder="Name, purpose or tool"
            maxLength={200}
          />
        </Field>
        <Field label="Sort by">
          <Select
            value={sortingOf(filters)}
            options={sortings
              .filter(each => each !== 'relevance' || filters.q !== undefined)
              .map(value => ({ value, label: sortWords[value] }))}
            onChange={sort => state.filter({ sort })}
          />
        </Field>
      </div>
      <div class="filter-line">
        {filterSelects(filters, facets, catalogs)
          .filter(({ options }) => options.length > 0)
          .map(({ name, value, options, set }) => (
            <Select
              key={name}
              label={name}
              value={value}
              options={[{ value: '', label: name }, ...options]}
              onChange={next => state.filter(set(next))}
            />
          ))}
      </div>
      <Chips state={state} catalogs={catalogs} />
    </search>
  );
}

interface FilterSelect {
  name: string;
  value: string;
  options: Options;
  set: (value: string) => { [K in keyof CatalogFilters]?: CatalogFilters[K] | undefined };
}

const yesNo = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'yes' : 'no');
const flag = (value: string): boolean | undefined => (value === '' ? undefined : value === 'yes');

function filterSelects(
  filters: CatalogFilters,
  facets: CatalogFacets | undefined,
  catalogs: Catalog[],
): FilterSelect[] {
  const { origin, catalog, kind } = filters;
  const counted = (values: CatalogFacets['tags'] | undefined, now: string | undefined): Options => {
    const known = values ?? [];
    const missing = now !== undefined && !known.some(({ value }) => value === now) ? [{ value: now, label: now }] : [];
    return [...known.map(({ value, count }) => ({ value, label: `${value} (${count})` })), ...missing];
  };
  const present = new Set(catalogs.map(each => each.origin));
  return [
    {
      name: 'Any catalog',
      value: catalog ? `catalog:${catalog}` : origin ? `origin:${origin}` : '',
      options: [
        ...origins
          .filter(each => present.has(each) || each === origin)
          .map(each => ({ value: `origin:${each}`, label: `All ${originWords[each]}` })),
        ...catalogs.map(({ id, title, entries }) => ({ value: `catalog:${id}`, label: `${title} (${entries})` })),
      ],
      set: value => ({
        catalog: value.startsWith('catalog:') ? value.slice(8) : undefined,
        origin: origins.find(each => value === `origin:${each}`),
      }),
    },
    {
      name: 'Any category',
      value: filters.category ?? '',
      options: counted(facets?.categories, filters.category),
      set: category => ({ category }),
    },
    { name: 'Any tag', value: filters.tag ?? '', options: counted(facets?.tags, filters.tag), set: tag => ({ tag }) },
    {
      name: 'Any licence',
      value: filters.license ?? '',
      options: counted(facets?.licenses, filters.license),
      set: license => ({ license }),
    },
    {
      name: 'Any kind',
      value: kind ?? '',
      options: kindOptions(facets, kind),
      set: value => ({ kind: kinds.find(each => each === value) }),
    },
    {
      name: 'Any engine',
      value: filters.engine ?? '',
      options: [
        { value: 'docker', label: 'Docker' },
        { value: 'process', label: 'Process' },
      ],
      set: value => ({ engine: value === 'docker' || value === 'process' ? value : undefined }),
    },
    {
      name: 'Secrets: any',
      value: yesNo(filters.secrets),
      options: [
        { value: 'yes', label: 'Needs secrets' },
        { value: 'no', label: 'Needs no secrets' },
      ],
      set: value => ({ secrets: flag(value) }),
    },
    {
      name: 'Installed: any',
      value: yesNo(filters.installed),
      options: [
        { value: 'yes', label: 'Installed' },
        { value: 'no', label: 'Not installed' },
      ],
      set: value => ({ installed: flag(value) }),
    },
  ];
}

const kinds: readonly EntryKind[] = ['image', 'remote', 'package'];

function kindOptions(facets: CatalogFacets | undefined, now: EntryKind | undefined): Options {
  const counts = new Map((facets?.kinds ?? []).map(({ value, count }) => [value, count]));
  return kinds
    .filter(each => facets === undefined || counts.has(each) || each === now)
    .map(each => ({ value: each, label: `${kindWords[each]}${counts.has(each) ? ` (${counts.get(each)})` : ''}` }));
}

function Chips({ state, catalogs }: { state: CatalogState; catalogs: Catalog[] }) {
  const filters = state.filters.value;
  if (!isNarrowed(filters)) return null;
  return (
    <div class="chips">
      {chipsOf(filters, catalogs).map(({ key, words }) => (
        <button
          key={key}
          type="button"
          class="chip"
          aria-label={`Do not filter by ${words}`}
          onClick={() => state.filter({ [key]: undefined })}
        >
          {words} <Icon name="close" />
        </button>
      ))}
      <button type="button" class="text-button" onClick={state.clear}>
        {countFilters(filters) === 0 ? 'Clear the search' : 'Clear all'}
      </button>
    </div>
  );
}
