// Searching what can be installed: words, filters, pages, facets, over the catalogs of both engines.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toMatch } from '../../daemon/features/catalog/search-text.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { type CatalogApp, createCatalogApp } from '../support/catalog-app.ts';
import { createFakeCatalogs, fakeServer } from '../support/fake-catalogs.ts';

const tool = (name: string) => ({ name });

const docker = () =>
  createFakeCatalogs(
    {
      ref: 'mcp/docker-mcp-catalog',
      title: 'Docker MCP Catalog',
      origin: 'vendor',
      servers: [
        fakeServer('github', {
          title: 'GitHub',
          description: 'Repositories and issues.',
          tools: Array.from({ length: 40 }, (_, at) => tool(`getPullRequest${at}`)),
          secrets: [{ name: 'github.token', env: 'GITHUB_TOKEN' }],
          metadata: { category: 'devops', tags: ['git', 'Code'], license: 'MIT License', owner: 'github', pulls: 900 },
        }),
        fakeServer('grafana', {
          description: 'Dashboards for GitHub stars and more.',
          metadata: { category: 'monitoring', tags: ['code'], license: 'Apache-2.0', pulls: 5_000 },
        }),
        fakeServer('hosted', { type: 'remote', image: '', remote: { url: 'https://mcp.example.com/mcp' } }),
        fakeServer('memory', { description: 'Café for elephants.' }),
      ],
    },
    {
      ref: 'team/own:v1',
      title: 'Ours',
      origin: 'own',
      servers: [fakeServer('memory'), fakeServer('io.github.acme/tool')],
    },
  );

describe('the catalog', () => {
  let app: CatalogApp;
  before(async () => {
    app = createCatalogApp(docker());
    await app.catalogs.refresh();
    assert.deepEqual(app.reported, []);
  });
  after(() => app.close());

  type Query = NonNullable<Parameters<CatalogApp['api']['listCatalog']>[0]>['query'];
  const names = async (query: Query) =>
    (await app.api.listCatalog({ query: { limit: 100, ...query } })).items.map(({ nameInCatalog }) => nameInCatalog);

  it('shows the entries of all catalogs and engines side by side, with where they are from', async () => {
    const { items, total } = await app.api.listCatalog({ query: { limit: 100 } });
    assert.equal(total, 10);
    const memories = items.filter(({ nameInCatalog }) => nameInCatalog === 'memory');
    assert.deepEqual(memories.map(({ engine, catalogOrigin, origin }) => [engine, catalogOrigin, origin]).sort(), [
      ['docker', 'own', 'Ours'],
      ['docker', 'vendor', 'Docker MCP Catalog'],
      ['process', 'built-in', 'Quayside starter catalog'],
    ]);
    assert.equal(new Set(items.map(({ id }) => id)).size, 10);
  });

  it('finds the beginnings of words anywhere in an entry, all of them, whatever their case and accents', async () => {
    assert.deepEqual(await names({ q: 'GITH' }), ['github', 'grafana', 'io.github.acme/tool']);
    assert.deepEqual(await names({ q: 'github dash' }), ['grafana']);
    assert.deepEqual(await names({ q: 'cafe' }), ['memory']);
    assert.deepEqual(await names({ q: 'elephants dashboards' }), []);
    assert.deepEqual(await names({ q: 'read_text' }), ['filesystem']);
    assert.deepEqual(await names({ q: '   ' }), await names({}));
  });

  it('finds a word within the name of a tool, also of one that the list does not show', async () => {
    assert.deepEqual(await names({ q: 'pull request39' }), ['github']);
    const { items } = await app.api.listCatalog({ query: { q: 'getpullrequest39' } });
    assert.equal(items[0]?.toolCount, 40);
    assert.ok((items[0]?.toolNames.length ?? 0) < 40);
    const whole = await app.api.getCatalogEntry({ params: { id: items[0]?.id ?? '' } });
    assert.equal(whole.toolNames.length, 40);
  });

  it('puts what is called so before what only mentions it', async () => {
    assert.deepEqual((await names({ q: 'github', sort_by: 'relevance' }))[0], 'github');
    assert.deepEqual((await names({ q: 'github', sort_by: 'relevance', sort_order: 'desc' }))[0], 'github');
  });

  it('takes no text for a query of its own', async () => {
    for (const q of [
      '"',
      'a OR b',
      'title:x',
      'github*',
      '^github',
      'NEAR(a b)',
      '-github',
      '(((',
      'a"b',
      "'; drop table",
    ]) {
      await app.api.listCatalog({ query: { q } });
    }
    assert.deepEqual(await names({ q: 'OR' }), []);
    assert.deepEqual(await names({ q: '"git" -hub' }), ['github']);
    assert.deepEqual(await names({ q: '---' }), []);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async q => {
        await app.api.listCatalog({ query: { q: `${q} ` } });
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(app.failures, []);
  });

  it('quotes every word that it takes from a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
        const match = toMatch(text);
        assert.ok(match === null || /^(?:"[^"\s]+"\*)(?: "[^"\s]+"\*)*$/.test(match), match ?? '');
      }),
    );
  });

  it('leaves what fits a filter, and filters together', async () => {
    assert.deepEqual(await names({ tag: 'code' }), ['github', 'grafana']);
    assert.deepEqual(await names({ category: 'devops' }), ['github']);
    assert.deepEqual(await names({ license: 'apache-2.0' }), ['grafana']);
    assert.deepEqual(await names({ has_secrets: true }), ['github']);
    assert.equal((await names({ has_secrets: false })).length, 9);
    assert.deepEqual(await names({ kind: 'remote' }), ['hosted']);
    assert.deepEqual(await names({ kind: 'package', q: 'memory' }), ['memory']);
    assert.deepEqual((await names({ origin: 'own' })).sort(), ['io.github.acme/tool', 'memory']);
    assert.equal((await names({ engine: 'process' })).length, 4);
    assert.equal((await names({ catalog: 'mcp.docker-mcp-catalog' })).length, 4);
    assert.deepEqual(await names({ tag: 'code', license: 'MIT License', q: 'git' }), ['github']);
    assert.deepEqual(await names({ catalog: 'quayside', tag: 'code' }), []);
  });

  it('knows what is installed, by the entry or by what Docker’s profile says', async () => {
    app.installed.push(
      { id: 'mem', catalogEntry: 'memory' },
      { id: 'gh', catalogEntry: null, catalogRef: 'mcp/docker-mcp-catalog:latest', nameInProfile: 'github' },
      { id: 'other', catalogEntry: null, catalogRef: 'gone/catalog:latest', nameInProfile: 'github' },
    );
    const { items } = await app.api.listCatalog({ query: { installed: true } });
    assert.deepEqual(
      items.map(({ nameInCatalog, installed }) => [nameInCatalog, installed]),
      [
        ['github', ['gh']],
        ['memory', ['mem']],
      ],
    );
    assert.equal((await names({ installed: false })).length, 8);
    app.installed.length = 0;
  });

  it('comes in pages that neither overlap nor leave anything out, in every order', async () => {
    for (const sort_by of ['title', 'id', 'publisher', 'popularity', 'relevance'] as const) {
      for (const sort_order of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        for (let page = 1; page <= 4; page++) {
          const { items, total } = await app.api.listCatalog({ query: { page, limit: 3, sort_by, sort_order } });
          assert.equal(total, 10);
          seen.push(...items.map(({ id }) => id));
        }
        assert.equal(new Set(seen).size, 10, `${sort_by} ${sort_order}`);
      }
    }
    assert.deepEqual((await names({ sort_by: 'popularity', sort_order: 'desc' })).slice(0, 2), ['grafana', 'github']);
    assert.deepEqual((await names({ sort_by: 'popularity' })).slice(0, 2), ['github', 'grafana']);
  });

  it('counts what its filters would leave', async () => {
    const facets = await app.api.getCatalogFacets({ query: {} });
    assert.equal(facets.total, 10);
    assert.deepEqual(facets.kinds, [
      { value: 'image', count: 5 },
      { value: 'package', count: 4 },
      { value: 'remote', count: 1 },
    ]);
    const ours = await app.api.getCatalogFacets({ query: { catalog: 'mcp.docker-mcp-catalog' } });
    assert.deepEqual(ours.categories.map(({ value }) => value).sort(), ['devops', 'monitoring']);
    assert.equal(ours.total, 4);
    for (const { value, count } of facets.licenses) assert.equal((await names({ license: value })).length, count);
  });

  it('answers for an id, and for a name that one catalog alone has', async () => {
    const github = await app.api.getCatalogEntry({ params: { id: 'github' } });
    assert.match(github.id, /^github\.[0-9a-f]{6}$/);
    assert.equal((await app.api.getCatalogEntry({ params: { id: github.id } })).title, 'GitHub');
    assert.equal(
      (await app.api.getCatalogEntry({ params: { id: 'io-github-acme-tool' } })).nameInCatalog,
      'io.github.acme/tool',
    );
    assert.equal((await app.api.getCatalogEntry({ params: { id: 'memory' } })).engine, 'process');
    await rejectsWith('CATALOG_001', app.api.getCatalogEntry({ params: { id: 'nothing' } }));
  });

  it('does not guess between two of one name', async () => {
    const twice = createCatalogApp(
      createFakeCatalogs(
        { ref: 'a/a', servers: [fakeServer('same')] },
        { ref: 'b/b', servers: [fakeServer('same', { image: 'other/same:1' }), fakeServer('copied')] },
        { ref: 'c/c', origin: 'vendor', servers: [fakeServer('copied')] },
      ),
    );
    await twice.catalogs.refresh();
    const refused = await rejectsWith('CATALOG_001', twice.api.getCatalogEntry({ params: { id: 'same' } }));
    assert.match(refused.next ?? '', /same\.[0-9a-f]{6} \(Catalog b\/b:latest\), same\.[0-9a-f]{6} \(Catalog a/);
    const copied = await twice.api.getCatalogEntry({ params: { id: 'copied' } });
    assert.equal(copied.catalog, 'c.c', 'what is the same in both is no question');
    twice.close();
  });

  it('gives an entry the same id on every machine, whatever was there before', async () => {
    const idIn = async (...more: Parameters<typeof createFakeCatalogs>) => {
      const other = createCatalogApp(createFakeCatalogs(...more, { ref: 'x/y', servers: [fakeServer('same')] }));
      await other.catalogs.refresh();
      const { items } = await other.api.listCatalog({ query: { catalog: 'x.y' } });
      other.close();
      return items[0]?.id;
    };
    const alone = await idIn();
    assert.ok(alone);
    assert.equal(await idIn({ ref: 'a/a', servers: [fakeServer('same')] }), alone);
  });

  it('reads again what an older program has kept in another form', async () => {
    const database = openDatabase(':memory:');
    const control = docker();
    const first = createCatalogApp(control, { database });
    await first.catalogs.refresh();
    first.close();
    database.exec(`update catalogs set digest = 'f0:' || digest; update catalog_entries set entry = '{"id":"old"}'`);
    const second = createCatalogApp(control, { database });
    await second.catalogs.refresh();
    assert.equal((await second.api.listCatalog({ query: {} })).total, 10);
    second.close();
    database.close();
  });
});
