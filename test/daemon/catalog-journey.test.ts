// From a file to a search to a registry and back: the routes of catalogs on the real command line and a docker that keeps them.
import assert from 'node:assert/strict';
import { createCatalogControl } from '../../daemon/engines/docker/catalog-control.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { createCatalogApp } from '../support/catalog-app.ts';
import { createSimulatedCli } from '../support/simulated-cli.ts';

const content = `
name: tools
displayName: Our tools
registry:
  weather: { type: server, image: "team/weather:1", title: Weather, description: Forecasts., tools: [{ name: get_forecast }] }
  hosted: { type: remote, title: Hosted, remote: { url: "https://mcp.example.com/mcp" } }
`;

describe('a catalog of one’s own', () => {
  it('is made, searched, pushed, removed, pulled again, and kept while Docker is away', async () => {
    await using simulated = await createSimulatedCli({ dialect: 'profile' });
    const app = createCatalogApp(createCatalogControl({ cli: async () => simulated.cli }));
    const ref = 'localhost:5055/team/tools:v1';
    const made = await app.api.createCatalog({ body: { ref, from: { type: 'file', content } } });
    assert.deepEqual([made.ref, made.title, made.entries, made.origin], [ref, 'Our tools', 2, 'imported']);
    const found = await app.api.listCatalog({ query: { q: 'forecast' } });
    assert.deepEqual(
      found.items.map(({ nameInCatalog, origin, source }) => [nameInCatalog, origin, source.type]),
      [['weather', 'Our tools', 'image']],
    );

    await app.api.pushCatalog({ params: { id: made.id } });
    await app.transfer();
    await app.api.deleteCatalog({ params: { id: made.id } });
    assert.equal((await app.api.listCatalog({ query: { q: 'forecast' } })).total, 0);
    await app.api.pullCatalog({ body: { ref } });
    await app.transfer();
    const [again] = (await app.api.listCatalog({ query: { q: 'forecast' } })).items;
    assert.equal(again?.id, found.items[0]?.id, 'the same entry has the same id');

    await simulated.docker.setFailure({ engine: 'down' });
    await app.catalogs.refresh();
    const { items } = await app.api.listCatalogs({ query: {} });
    assert.deepEqual(
      items.filter(({ cached }) => cached).map(each => [each.ref, each.problem?.code]),
      [[ref, 'DOCKER_003']],
    );
    assert.equal((await app.api.listCatalog({ query: { q: 'forecast' } })).total, 1);
    await rejectsWith('DOCKER_003', app.api.deleteCatalog({ params: { id: made.id } }));
    await simulated.docker.setFailure({});
    await app.catalogs.refresh();
    assert.ok((await app.api.listCatalogs({ query: {} })).items.every(({ cached }) => !cached));
    assert.deepEqual(app.failures, []);
    app.close();
  });
});
