// Searching the entries of all catalogs: by words, by filters, in pages.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { CatalogEntry, type CatalogFacets } from '../../../shared/api/catalog.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { CatalogOffer } from '../../engines/engine.ts';
import { columnWeights, toMatch } from './search-text.ts';

export interface EntryFilter {
  q?: string | undefined;
  category?: string | undefined;
  tag?: string | undefined;
  license?: string | undefined;
  has_secrets?: boolean | undefined;
  kind?: CatalogEntry['kind'] | undefined;
  origin?: CatalogEntry['catalogOrigin'] | undefined;
  catalog?: string | undefined;
  engine?: CatalogEntry['engine'] | undefined;
  /** Only these, or all but these. */
  among?: { ids: readonly string[]; wanted: boolean } | undefined;
}

export interface CatalogRepository {
  /** Rows with their first tools. */
  page(filter: EntryFilter, query: PageQuery): Page<CatalogOffer>;
  /** With all its tools. */
  find(id: string): CatalogOffer | undefined;
  /** The ids whose name in their catalog is this one. */
  idsByName(name: string): string[];
  idOf(catalogRef: string, name: string): string | undefined;
  /** Where entries are, for those of the Docker engine. */
  place(id: string): { catalogRef: string; name: string; engine: CatalogEntry['engine'] } | undefined;
  facets(filter: Pick<EntryFilter, 'catalog' | 'engine'>): CatalogFacets;
}

const StoredOffer = CatalogEntry.omit({ installed: true });
const toOffer = (entry: unknown): CatalogOffer => StoredOffer.parse(JSON.parse(z.string().parse(entry)));
const EntryRow = z.object({ entry: z.string(), tools: z.string() });
const PlaceRow = z.object({ catalogRef: z.string(), name: z.string(), engine: CatalogEntry.shape.engine });
const Facet = z.object({ value: z.string(), count: z.int() });
const mostFacets = 300;

interface Condition {
  sql: string;
  values: unknown[];
}

const condition = (sql: string, ...values: unknown[]): Condition => ({ sql, values });

const hasLabel = (kind: 'category' | 'tag', label: string): Condition =>
  condition(
    'exists (select 1 from catalog_labels l where l.entry = e.number and l.kind = ? and l.label = ? collate nocase)',
    kind,
    label,
  );

/** Conditions on `e` and `c`; values are bound and never part of the text. */
function toConditions(filter: EntryFilter): Condition[] {
  const { category, tag, license, has_secrets, kind, origin, catalog, engine, among } = filter;
  const list: (Condition | false)[] = [
    category !== undefined && hasLabel('category', category),
    tag !== undefined && hasLabel('tag', tag),
    license !== undefined && condition('e.license = ? collate nocase', license),
    has_secrets !== undefined && condition('e.has_secrets = ?', has_secrets ? 1 : 0),
    kind !== undefined && condition('e.kind = ?', kind),
    origin !== undefined && condition('c.origin = ?', origin),
    catalog !== undefined && condition('c.id = ?', catalog),
    engine !== undefined && condition('c.engine = ?', engine),
    among !== undefined &&
      condition(`e.id ${among.wanted ? 'in' : 'not in'} (select value from json_each(?))`, JSON.stringify(among.ids)),
  ];
  return list.filter(each => each !== false);
}

const orders: Readonly<Record<string, (direction: 'asc' | 'desc') => string>> = {
  title: direction => `e.title collate nocase ${direction}`,
  id: direction => `e.id ${direction}`,
  publisher: direction => `e.publisher collate nocase ${direction}, e.title collate nocase ${direction}`,
  // What is not known comes last, whichever way.
  popularity: direction => `e.popularity is null, e.popularity ${direction}`,
};

/** The best first, whichever order is asked for: worst matches first would be of no use to anybody. */
const byRelevance = `e.name = ? collate nocase desc, e.title = ? collate nocase desc,
  bm25(catalog_search, ${columnWeights.join(', ')})`;

export function createCatalogRepository(database: Database): CatalogRepository {
  const full = database.prepare('select entry, tools from catalog_entries where id = ?');
  const entryOf = database.prepare('select entry from catalog_entries where number = ?').pluck();
  // The name itself, or what an id has before its hash.
  const byName = database
    .prepare(
      `select id from catalog_entries where name = @name collate nocase
         or (substr(id, 1, length(id) - 7) = @name and substr(id, -7, 1) = '.') order by id`,
    )
    .pluck();
  const idOf = database
    .prepare('select e.id from catalog_entries e join catalogs c on c.id = e.catalog_id where c.ref = ? and e.name = ?')
    .pluck();
  const place = database.prepare(
    `select c.ref as catalogRef, e.name, c.engine from catalog_entries e join catalogs c on c.id = e.catalog_id
     where e.id = ?`,
  );
  const nothing = ({ page, limit }: PageQuery): Page<CatalogOffer> => ({ items: [], total: 0, page, limit });

  const readPage = (filter: EntryFilter, query: PageQuery): Page<CatalogOffer> => {
    const q = filter.q?.trim() ?? '';
    const match = toMatch(q);
    if (q !== '' && match === null) return nothing(query);
    const conditions = toConditions(filter);
    if (match !== null) conditions.unshift(condition('catalog_search match ?', match));
    const where = conditions.length > 0 ? `where ${conditions.map(({ sql }) => sql).join(' and ')}` : '';
    const from = `from ${match === null ? '' : 'catalog_search join '}catalog_entries e ${
      match === null ? '' : 'on e.number = catalog_search.rowid'
    } join catalogs c on c.id = e.catalog_id ${where}`;
    const values = conditions.flatMap(each => each.values);
    const direction = query.sort_order === 'desc' ? 'desc' : 'asc';
    const ranked = query.sort_by === 'relevance' && match !== null;
    const order = ranked ? byRelevance : (orders[query.sort_by] ?? orders['title'])?.(direction);
    const total = z.int().parse(
      database
        .prepare(`select count(*) ${from}`)
        .pluck()
        .get(...values),
    );
    const numbers = database
      .prepare(`select e.number ${from} order by ${order}, e.id limit ? offset ?`)
      .pluck()
      .all(...values, ...(ranked ? [q, q] : []), query.limit, (query.page - 1) * query.limit);
    const items = numbers.map(number => toOffer(entryOf.get(number)));
    return { items, total, page: query.page, limit: query.limit };
  };

  return {
    page: database.transaction(readPage),
    find(id) {
      const row = full.get(id);
      if (row === undefined) return undefined;
      const { entry, tools } = EntryRow.parse(row);
      return { ...toOffer(entry), toolNames: z.array(z.string()).parse(JSON.parse(tools)) };
    },
    idsByName: name => z.array(z.string()).parse(byName.all({ name })),
    idOf: (ref, name) => z.string().optional().parse(idOf.get(ref, name)),
    place(id) {
      const row = place.get(id);
      return row === undefined ? undefined : PlaceRow.parse(row);
    },
    facets: filter => readFacets(database, filter),
  };
}

function readFacets(database: Database, filter: Pick<EntryFilter, 'catalog' | 'engine'>): CatalogFacets {
  const conditions = toConditions(filter);
  const where = ['true', ...conditions.map(({ sql }) => sql)].join(' and ');
  const values = conditions.flatMap(each => each.values);
  const entries = 'catalog_entries e join catalogs c on c.id = e.catalog_id';
  const count = (value: string, from: string, more: string) =>
    z.array(Facet).parse(
      database
        .prepare(
          `select ${value} as value, count(*) as count from ${from} where ${where} and ${more}
           group by 1 order by count desc, value collate nocase limit ${mostFacets}`,
        )
        .all(...values),
    );
  const labels = (kind: 'category' | 'tag') =>
    count('l.label', `${entries} join catalog_labels l on l.entry = e.number`, `l.kind = '${kind}'`);
  const total = database
    .prepare(`select count(*) from ${entries} where ${where}`)
    .pluck()
    .get(...values);
  return database.transaction(() => ({
    categories: labels('category'),
    tags: labels('tag'),
    licenses: count('e.license', entries, "e.license <> ''"),
    kinds: count('e.kind', entries, 'true'),
    total: z.int().parse(total),
  }))();
}
