// Catalogs as a whole: read once for each digest, shown when they cannot be read, made, moved and removed.
import assert from 'node:assert/strict';
import { openDatabase } from '../../daemon/storage/database.ts';
import { Catalog } from '../../shared/api/catalogs.ts';
import { problem } from '../../shared/api/problem.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { type CatalogApp, createCatalogApp } from '../support/catalog-app.ts';
import { createFakeCatalogs, type FakeCatalogs, fakeServer } from '../support/fake-catalogs.ts';

const engineDown = () =>
  problem('DOCKER_003', { detail: 'The Docker engine does not answer.', next: 'Start Docker and try again.' });

describe('the catalogs', () => {
  let control: FakeCatalogs;
  let app: CatalogApp;
  beforeEach(() => {
    control = createFakeCatalogs(
      {
        ref: 'mcp/docker-mcp-catalog',
        title: 'Docker',
        origin: 'vendor',
        servers: [fakeServer('one'), fakeServer('two')],
      },
      { ref: 'team/own:v1', title: 'Ours', origin: 'own', servers: [fakeServer('three')] },
    );
    app = createCatalogApp(control);
  });
  afterEach(() => {
    app.close();
    assert.deepEqual(app.failures, []);
  });

  const list = async () => (await app.api.listCatalogs({ query: { limit: 100 } })).items;
  const entries = async (catalog: string) => {
    const page = await app.api.listCatalog({ query: { catalog, limit: 100 } });
    return page.items.map(({ nameInCatalog }) => nameInCatalog);
  };

  it('are listed with the built-in one among them', async () => {
    await app.catalogs.refresh();
    const catalogs = await list();
    for (const catalog of catalogs) Catalog.parse(catalog);
    assert.deepEqual(
      catalogs.map(({ id, engine, origin, entries: count, fixed, cached }) => [
        id,
        engine,
        origin,
        count,
        fixed,
        cached,
      ]),
      [
        ['mcp.docker-mcp-catalog', 'docker', 'vendor', 2, false, false],
        [catalogs[1]?.id, 'docker', 'own', 1, false, false],
        ['quayside', 'process', 'built-in', 4, true, false],
      ],
    );
    const page = await app.api.listCatalogs({ query: { sort_by: 'ref', sort_order: 'desc', limit: 1, page: 2 } });
    assert.deepEqual([page.items[0]?.ref, page.total], ['quayside', 3]);
    assert.equal((await app.api.getCatalog({ params: { id: 'quayside' } })).title, 'Quayside starter catalog');
    await rejectsWith('CATALOG_002', app.api.getCatalog({ params: { id: 'none' } }));
  });

  it('are read once, and again only with another digest', async () => {
    await app.catalogs.refresh();
    await app.catalogs.refresh();
    assert.deepEqual(control.reads, ['mcp/docker-mcp-catalog:latest', 'team/own:v1']);
    assert.equal(app.events.length, 2, 'the built-in one, then Docker’s; and nothing for what is the same');
    control.catalogs.get('team/own:v1')?.servers.push(fakeServer('four'));
    control.catalogs.get('team/own:v1')?.servers.shift();
    await app.catalogs.refresh();
    assert.deepEqual(control.reads.slice(2), ['team/own:v1']);
    assert.equal(app.events.length, 3);
    const own = (await list()).find(({ ref }) => ref === 'team/own:v1');
    assert.deepEqual(await entries(own?.id ?? ''), ['four']);
    assert.equal((await app.api.listCatalog({ query: { q: 'three' } })).total, 0, 'what is gone is found no more');
  });

  it('answer at once while they are being read', async () => {
    let open = () => {};
    control.gate = new Promise(resolve => {
      open = resolve;
    });
    const refreshed = app.catalogs.refresh();
    assert.equal((await app.api.listCatalog({ query: {} })).total, 4, 'what is built in');
    open();
    await refreshed;
    assert.equal((await app.api.listCatalog({ query: {} })).total, 7);
  });

  it('are looked at once more for all who ask while they are being read, because what they ask for may be newer', async () => {
    let open = () => {};
    control.gate = new Promise(resolve => {
      open = resolve;
    });
    const first = app.catalogs.refresh();
    await app.api.listCatalog({ query: {} });
    control.catalogs.get('team/own:v1')?.servers.push(fakeServer('meanwhile'));
    const others = [app.catalogs.refresh(), app.catalogs.refresh(), app.catalogs.refresh()];
    open();
    await Promise.all([first, ...others]);
    assert.equal(control.lists, 2);
    assert.equal((await app.api.listCatalog({ query: { q: 'meanwhile' } })).total, 1);
  });

  it('are read in the background by the first list, and again when they are old', async () => {
    await app.api.listCatalog({ query: {} });
    await app.catalogs.refresh();
    const reads = control.reads.length;
    control.catalogs.get('team/own:v1')?.servers.push(fakeServer('later'));
    await app.api.listCatalog({ query: {} });
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(control.reads.length, reads, 'not old yet');
    app.time.now += 5 * 3_600_000;
    await app.api.listCatalogs({ query: {} });
    await app.catalogs.refresh();
    assert.equal((await app.api.listCatalog({ query: { q: 'later' } })).total, 1);
  });

  it('are shown as they were when Docker is away, and say so, also after a new start', async () => {
    const database = openDatabase(':memory:');
    const first = createCatalogApp(control, { database });
    await first.catalogs.refresh();
    control.failure = engineDown();
    await first.catalogs.refresh();
    first.close();
    const second = createCatalogApp(control, { database });
    await second.catalogs.refresh();
    const { items } = await second.api.listCatalogs({ query: {} });
    assert.deepEqual(
      items.map(({ engine, cached, problem: why }) => [engine, cached, why?.code ?? null]),
      [
        ['docker', true, 'DOCKER_003'],
        ['docker', true, 'DOCKER_003'],
        ['process', false, null],
      ],
    );
    assert.equal((await second.api.listCatalog({ query: { q: 'one' } })).total, 1, 'still found');
    control.failure = undefined;
    await second.catalogs.refresh();
    assert.ok((await second.api.listCatalogs({ query: {} })).items.every(({ cached }) => !cached));
    assert.deepEqual(control.reads.length, 2, 'and needed no second reading');
    second.close();
    database.close();
  });

  it('keep what one of them had when only that one cannot be read', async () => {
    await app.catalogs.refresh();
    control.catalogs.get('team/own:v1')?.servers.push(fakeServer('four'));
    control.unreadable.set('team/own:v1', problem('DOCKER_015', { detail: 'docker mcp answered with half of it.' }));
    await app.catalogs.refresh();
    const own = (await list()).find(({ ref }) => ref === 'team/own:v1');
    assert.deepEqual([own?.cached, own?.problem?.code, own?.entries], [true, 'DOCKER_015', 1]);
    control.unreadable.clear();
    await app.catalogs.refresh();
    assert.deepEqual(await entries(own?.id ?? ''), ['four', 'three']);
    assert.equal((await list()).find(({ ref }) => ref === 'team/own:v1')?.problem, null);
  });

  it('leave out what cannot be used and keep the rest', async () => {
    control.catalogs
      .get('team/own:v1')
      ?.servers.push(
        fakeServer('old', { type: 'poci' }),
        fakeServer('nowhere', { image: '' }),
        fakeServer('-flag'),
        fakeServer('bad image', { name: 'bad', image: '--privileged' }),
      );
    await app.catalogs.refresh();
    assert.equal((await list()).find(({ ref }) => ref === 'team/own:v1')?.entries, 1);
    assert.match(String(app.reported[0]), /old: .*poci.*nowhere: .*image/s);
  });

  it('vanish with their entries when Docker lists them no more', async () => {
    await app.catalogs.refresh();
    control.catalogs.delete('team/own:v1');
    await app.catalogs.refresh();
    assert.deepEqual(
      (await list()).map(({ ref }) => ref),
      ['mcp/docker-mcp-catalog:latest', 'quayside'],
    );
    assert.equal((await app.api.listCatalog({ query: { q: 'three' } })).total, 0);
    const left = app.database.prepare('select count(*) from catalog_search').pluck().get();
    assert.equal(left, 6, 'no words of them stay in the index');
  });

  it('are made of entries, which stand in the list at once', async () => {
    await app.catalogs.refresh();
    const { id } = await app.api.getCatalogEntry({ params: { id: 'two' } });
    const from = { type: 'entries' as const, entries: [id] };
    const preview = await app.api.previewCatalog({ body: { ref: 'me/mine', from } });
    assert.deepEqual(
      preview.servers.map(({ name }) => name),
      ['two'],
    );
    const made = await app.api.createCatalog({ body: { ref: 'me/mine', title: 'Mine', from } });
    assert.deepEqual([made.id, made.ref, made.entries, made.origin], ['me.mine', 'me/mine:latest', 1, 'own']);
    assert.deepEqual(await entries('me.mine'), ['two']);
    await rejectsWith('CATALOG_003', app.api.createCatalog({ body: { ref: 'me/mine:latest', from } }));
    await rejectsWith(
      'CATALOG_001',
      app.api.createCatalog({ body: { ref: 'me/x', from: { ...from, entries: ['none'] } } }),
    );
    const builtIn = { ...from, entries: ['everything'] };
    await rejectsWith('DOCKER_011', app.api.createCatalog({ body: { ref: 'me/x', from: builtIn } }));
    const row = app.audit.find(({ action }) => action === 'createCatalog');
    assert.match(row?.resource ?? '', /me\/mine/);
  });

  it('are pulled and pushed as operations', async () => {
    const pull = await app.api.pullCatalog({ body: { ref: 'far/away' } });
    assert.equal(pull.kind, 'pull-catalog');
    assert.deepEqual(await app.transfer(), ['Downloading far/away', 'Reading its entries']);
    assert.deepEqual(await entries('far.away'), ['pulled']);
    const push = await app.api.pushCatalog({ params: { id: 'far.away' } });
    assert.equal(push.kind, 'push-catalog');
    await app.transfer();
    await rejectsWith('CATALOG_002', app.api.pushCatalog({ params: { id: 'none' } }));
    await rejectsWith('DOCKER_002', app.api.pushCatalog({ params: { id: 'quayside' } }));
  });

  it('fail a pull whose content cannot be read', async () => {
    control.catalogs.set('far/broken:latest', {
      ref: 'far/broken:latest',
      title: 'B',
      origin: 'imported',
      servers: [],
    });
    await app.api.pullCatalog({ body: { ref: 'far/broken' } });
    const { pull } = control;
    control.pull = async (ref, signal) => {
      const pulled = await pull(ref, signal);
      control.unreadable.set(pulled.ref, problem('DOCKER_015', { detail: 'docker mcp answered with half of it.' }));
      return pulled;
    };
    await rejectsWith('DOCKER_015', app.transfer());
  });

  it('get a second reference only where none is overwritten', async () => {
    await app.catalogs.refresh();
    const id = 'mcp.docker-mcp-catalog';
    const tagged = await app.api.tagCatalog({ params: { id }, body: { ref: 'me/copy' } });
    assert.deepEqual([tagged.ref, tagged.entries], ['me/copy:latest', 2]);
    await rejectsWith('CATALOG_003', app.api.tagCatalog({ params: { id }, body: { ref: 'team/own:v1' } }));
    await app.api.tagCatalog({ params: { id }, body: { ref: 'team/own:v1', replace: true } });
    assert.equal((await list()).find(({ ref }) => ref === 'team/own:v1')?.entries, 2);
  });

  it('are removed, except what is built in', async () => {
    await app.catalogs.refresh();
    await app.api.deleteCatalog({ params: { id: 'mcp.docker-mcp-catalog' } });
    assert.equal((await list()).length, 2);
    await rejectsWith('CATALOG_005', app.api.deleteCatalog({ params: { id: 'quayside' } }));
    await rejectsWith('CATALOG_002', app.api.deleteCatalog({ params: { id: 'mcp.docker-mcp-catalog' } }));
  });

  it('tell what a catalog holds of a server, to see whether there is an update', async () => {
    await app.catalogs.refresh();
    const held = app.catalogs.definition('team/own:v1', 'three');
    assert.deepEqual(held?.definition, fakeServer('three'));
    assert.equal(app.catalogs.definition('team/own:v1', 'none'), undefined);
  });

  it('are only the built-in one where there is no Docker engine', async () => {
    const without = createCatalogApp(null);
    assert.deepEqual(
      (await without.api.listCatalogs({ query: {} })).items.map(({ id }) => id),
      ['quayside'],
    );
    await rejectsWith('DOCKER_001', without.api.pullCatalog({ body: { ref: 'x/y' } }));
    without.close();
  });

  it('write nothing any more when the daemon ends while they are read', async () => {
    let open = () => {};
    control.gate = new Promise(resolve => {
      open = resolve;
    });
    const database = openDatabase(':memory:');
    const ending = createCatalogApp(control, { database });
    const refreshed = ending.catalogs.refresh();
    ending.close();
    database.close();
    open();
    await refreshed;
    assert.deepEqual(ending.reported, []);
  });
});
