import assert from 'node:assert/strict';
import { createCatalogState, isNarrowed, sortingOf, toCatalogQuery } from '../../../webviews/catalog/catalog.state.ts';
import { chipsOf } from '../../../webviews/catalog/filter-chips.ts';
import { buildCatalogEntry } from '../../support/server-builder.ts';
import { type CannedApp, createCannedApp, noPage, pageWith, until } from '../canned-api.ts';

const facets = { categories: [], tags: [], licenses: [], kinds: [], total: 5_000 };

describe('searching the catalog', () => {
  let app: CannedApp;
  let close: () => void;
  const open = (start: Parameters<CannedApp['go']>[0] = { view: 'catalog' }) => {
    app = createCannedApp(
      {
        listCatalog: ({ query }) => pageWith(query.get('q') === 'none' ? [] : [buildCatalogEntry()]),
        getCatalogFacets: () => facets,
        listCatalogs: () => noPage,
      },
      { start },
    );
    app.live.start();
    const state = createCatalogState(app);
    close = state.close;
    return state;
  };
  afterEach(() => {
    close();
    app.live.stop();
  });
  const lastQuery = () => app.askedFor('listCatalog').at(-1)?.query;

  it('asks the daemon, and not once for each letter', async () => {
    const state = open();
    await until(() => state.found.value.value);
    const before = app.askedFor('listCatalog').length;
    for (const words of ['g', 'gi', 'git', 'git ', 'git h']) state.search(words);
    await until(() => lastQuery()?.get('q') === 'git h');
    assert.equal(app.askedFor('listCatalog').length, before + 1);
    assert.equal(lastQuery()?.get('sort_by'), 'relevance');
  });

  it('keeps what was typed in the address, as no step of its own', async () => {
    const state = open();
    state.search('none');
    await until(() => state.found.value.value?.total === 0);
    assert.deepEqual(app.replaced.at(-1), { view: 'catalog', filters: { q: 'none' } });
    assert.deepEqual(app.opened, []);
    assert.equal(state.typed.value, 'none');
  });

  it('makes a step of each filter, so that Back takes it back', async () => {
    const state = open();
    await until(() => state.found.value.value);
    state.filter({ kind: 'image' });
    await until(() => lastQuery()?.get('kind') === 'image');
    assert.deepEqual(app.opened, [{ view: 'catalog', filters: { kind: 'image' } }]);
    app.go({ view: 'catalog' });
    await until(() => lastQuery()?.get('kind') === null);
    assert.deepEqual(state.filters.value, {});
  });

  it('opens as the address says', async () => {
    const state = open({ view: 'catalog', filters: { q: 'git', tag: 'local', secrets: false, page: 3 } });
    await until(() => state.found.value.value);
    assert.equal(state.typed.value, 'git');
    const query = Object.fromEntries(lastQuery() ?? []);
    assert.deepEqual(
      { q: query['q'], tag: query['tag'], has_secrets: query['has_secrets'], page: query['page'] },
      { q: 'git', tag: 'local', has_secrets: 'false', page: '3' },
    );
  });

  it('does not lose what is being typed when a filter is set meanwhile', async () => {
    const state = open();
    state.search('git');
    state.filter({ engine: 'docker' });
    await until(() => lastQuery()?.get('engine') === 'docker');
    assert.equal(lastQuery()?.get('q'), 'git');
  });

  it('shows everything again at once', async () => {
    const state = open({ view: 'catalog', filters: { q: 'git', license: 'MIT' } });
    state.clear();
    await until(() => lastQuery()?.get('q') === null);
    assert.equal(state.typed.value, '');
    assert.equal(isNarrowed(state.filters.value), false);
  });

  it('reads again when the catalogs have changed, and when something was installed', async () => {
    const state = open();
    await until(() => state.found.value.value);
    const before = app.askedFor('listCatalog').length;
    app.emit({ type: 'catalogs.changed' });
    await until(() => app.askedFor('listCatalog').length === before + 1 && app.askedFor('getCatalogFacets').length > 1);
  });
});

describe('the order of the catalog', () => {
  it('is the best match for words, the title without, or what was chosen', () => {
    assert.equal(sortingOf({ q: 'git' }), 'relevance');
    assert.equal(sortingOf({}), 'title');
    assert.equal(sortingOf({ sort: 'relevance' }), 'title');
    assert.equal(sortingOf({ q: 'git', sort: 'popularity' }), 'popularity');
    assert.equal(toCatalogQuery({ sort: 'popularity' }).sort_order, 'desc');
    assert.equal(toCatalogQuery({}).sort_order, 'asc');
  });
});

describe('what narrows the list', () => {
  it('is told in words, one chip for each', () => {
    const chips = chipsOf({ q: 'x', catalog: 'team', secrets: false, kind: 'remote', page: 2 }, []);
    assert.deepEqual(
      chips.map(({ words }) => words),
      ['team', 'Remote', 'needs no secrets'],
    );
  });
});
