// node test/bench/catalog.ts: how fast a catalog of 5,000 entries is searched, through the routes with their validation, as
// JSON on the output. `npm run bench` has it as one of its parts.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { listCatalog } from '../../shared/api/catalog.ts';
import type { RouteInput } from '../../shared/api/route.ts';
import { type CatalogApp, createCatalogApp } from '../support/catalog-app.ts';
import { createFakeCatalogs, type FakeCatalogs, fakeServer } from '../support/fake-catalogs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type Summary, summarise } from './statistics.ts';

const size = 5_000;
const toolsEach = 12;
const rounds = 60;
const ref = 'bench/large:latest';

const vocabulary = (
  'alpha search file cloud data query email calendar metric graph vector image issue ticket deploy cluster weather map ' +
  'payment invoice browser page crawl index memory note task chat message video audio translate docs code review test ' +
  'build release monitor alert log trace secret vault user team project board wiki table record sync backup restore'
).split(' ');

/** The same entries in every run. */
const word = (seed: number): string => vocabulary[(seed * 2_654_435_761) % vocabulary.length] ?? 'alpha';
const sentence = (seed: number, length: number): string =>
  Array.from({ length }, (_, at) => word(seed + at * 17)).join(' ');

const toEntry = (at: number) =>
  fakeServer(`${word(at)}-${word(at * 7 + 1)}-${at}`, {
    title: `${word(at)} ${word(at * 7 + 1)} ${at}`,
    description: sentence(at * 31, 24),
    tools: Array.from({ length: toolsEach }, (_, each) => ({
      name: `${word(at + each)}_${word(at * 3 + each)}_${each}`,
      description: sentence(at + each, 12),
    })),
    secrets: at % 3 === 0 ? [{ name: `s${at}.key`, env: `KEY_${at}` }] : [],
    config: [
      { name: `s${at}`, type: 'object', properties: { region: { type: 'string' }, limit: { type: 'integer' } } },
    ],
    metadata: {
      category: word(at % 12),
      tags: [word(at * 5), word(at * 11)],
      license: at % 2 ? 'MIT License' : 'Apache License 2.0',
      owner: word(at % 40),
      pulls: (at * 7_919) % 1_000_000,
    },
  });

type Query = NonNullable<RouteInput<typeof listCatalog>['query']>;
const searches: Readonly<Record<string, (at: number) => Query>> = {
  oneWord: at => ({ q: word(at), sort_by: 'relevance' }),
  twoLetters: at => ({ q: word(at).slice(0, 2), sort_by: 'relevance' }),
  oneLetterAHundredRows: at => ({ q: word(at).slice(0, 1), sort_by: 'relevance', limit: 100 }),
  threeWords: at => ({ q: `${word(at)} ${word(at + 3)} ${word(at + 9).slice(0, 3)}`, sort_by: 'relevance' }),
  nothingFits: at => ({ q: `zzzz${at}` }),
  wordAndFilters: at => ({ q: word(at), tag: word(at * 5), has_secrets: at % 2 === 0, kind: 'image' }),
  aHundredByTitle: at => ({ page: 1 + (at % 40), limit: 100 }),
  aHundredByPopularity: at => ({ page: 1 + (at % 40), limit: 100, sort_by: 'popularity', sort_order: 'desc' }),
};

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
};

export interface CatalogFigures {
  entries: number;
  targetP95Ms: number;
  /** Of all searches. */
  searchMs: Summary;
  byKindMs: Record<string, Summary>;
  facetsMs: Summary;
  /** Into the cache for the first time, and the longest that everything else had to wait meanwhile. */
  firstReadMs: number;
  longestPauseMs: number;
  /** When one entry of all has changed. */
  secondReadMs: number;
}

async function measureSearches(app: CatalogApp): Promise<Pick<CatalogFigures, 'searchMs' | 'byKindMs' | 'facetsMs'>> {
  const times = new Map<string, number[]>(Object.keys(searches).map(kind => [kind, []]));
  const facets: number[] = [];
  for (let round = -5; round < rounds; round++) {
    for (const [kind, query] of Object.entries(searches)) {
      const time = await timed(() => app.api.listCatalog({ query: query(Math.abs(round) + 1) }));
      if (round >= 0) times.get(kind)?.push(time);
    }
    const time = await timed(() => app.api.getCatalogFacets({ query: {} }));
    if (round >= 0) facets.push(time);
  }
  return {
    searchMs: summarise([...times.values()].flat()),
    byKindMs: Object.fromEntries([...times].map(([kind, values]) => [kind, summarise(values)])),
    facetsMs: summarise(facets),
  };
}

async function measureReading(app: CatalogApp, control: FakeCatalogs): Promise<{ ms: number; pause: number }> {
  const whole = await control.read(ref);
  const digest = (await control.list())[0]?.digest ?? '';
  // What is measured is the cache, and not how fast the fake makes its entries.
  const [read, list] = [control.read, control.list];
  control.read = async () => whole;
  control.list = async () => [{ ...whole.catalog, digest }];
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const ms = await timed(() => app.catalogs.refresh());
  pauses.disable();
  Object.assign(control, { read, list });
  return { ms, pause: pauses.max / 1e6 };
}

const round = (value: number): number => Math.round(value * 10) / 10;

export async function measureCatalog(): Promise<CatalogFigures> {
  const folder = await createTemporaryFolder('catalog-bench');
  const servers = Array.from({ length: size }, (_, at) => toEntry(at));
  const control = createFakeCatalogs({ ref, servers });
  const database = openDatabase(`${folder.path}/bench.db`);
  const app = createCatalogApp(control, { database });
  try {
    const first = await measureReading(app, control);
    const { total } = await app.api.listCatalog({ query: { catalog: 'bench.large' } });
    if (total !== size) throw new Error(`There are ${total} entries in the cache, and ${size} were read.`);
    const found = await measureSearches(app);
    servers[0] = toEntry(size);
    const second = await measureReading(app, control);
    return {
      entries: size,
      targetP95Ms: 50,
      ...found,
      firstReadMs: round(first.ms),
      longestPauseMs: round(Math.max(first.pause, second.pause)),
      secondReadMs: round(second.ms),
    };
  } finally {
    app.close();
    database.close();
    await folder.remove();
  }
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await measureCatalog(), null, 2));
