// Docker's catalogs through the real command line on a docker that keeps them: both dialects, and every trap of them.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createCatalogControl } from '../../daemon/engines/docker/catalog-control.ts';
import type { CatalogControl } from '../../daemon/engines/docker-engine.ts';
import type { NewCatalog } from '../../shared/api/catalogs.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { createSimulatedCli, type SimulatedCli } from '../support/simulated-cli.ts';

const signal = new AbortController().signal;

const image = (name: string, more: Record<string, unknown> = {}) => ({
  type: 'server',
  image: `lab/${name}:1`,
  title: name,
  description: `The server ${name}.`,
  ...more,
});
const catalogFile = (registry: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  JSON.stringify({ name: 'lab', displayName: 'Lab Catalog', registry, ...more });
const fromFile = (ref: string, content: string, replace = false): NewCatalog => ({
  ref,
  from: { type: 'file', content },
  replace,
});
const three = catalogFile({ one: image('one'), two: image('two'), old: { type: 'poci', description: 'Old.' } });

describe('the catalogs of docker mcp', () => {
  describe('in the profile dialect', () => {
    let simulated: SimulatedCli;
    let catalogs: CatalogControl;
    beforeEach(async () => {
      simulated = await createSimulatedCli({ dialect: 'profile' });
      catalogs = createCatalogControl({ cli: async () => simulated.cli });
    });
    afterEach(() => simulated[Symbol.asyncDispose]());

    it('are none at first', async () => {
      assert.deepEqual(await catalogs.list(), []);
    });

    it('are made from a file, whose name of a moment is gone afterwards, without what docker mcp drops', async () => {
      const preview = await catalogs.preview(fromFile('lab/x', three), []);
      assert.deepEqual(
        preview.servers.map(({ name, kind, change }) => [name, kind, change]),
        [
          ['one', 'image', 'added'],
          ['two', 'image', 'added'],
        ],
      );
      assert.deepEqual(
        preview.leftOut.map(({ name }) => name),
        ['old'],
      );
      assert.match(preview.leftOut[0]?.reason ?? '', /poci/);
      assert.equal(preview.replaces, false);

      const made = await catalogs.create(fromFile('lab/x', three), []);
      assert.equal(made.ref, 'lab/x:latest');
      assert.equal(made.id, 'lab.x');
      assert.equal(made.title, 'Lab Catalog');
      const { entries, catalog } = await catalogs.read('lab/x');
      assert.deepEqual(entries.map(({ offer }) => offer.nameInCatalog).sort(), ['one', 'two']);
      assert.equal(catalog.origin, 'imported');
      assert.equal(catalog.digest, made.digest);
      assert.deepEqual(
        (await readdir(simulated.docker.catalogsFolder)).filter(file => file.startsWith('quayside')),
        [],
      );
    });

    it('are not overwritten unless that was asked for, and then the preview says what changes', async () => {
      await catalogs.create(fromFile('lab/x', three), []);
      const other = catalogFile({ one: image('one'), two: image('two', { image: 'lab/two:2' }), four: image('four') });
      await rejectsWith('CATALOG_003', catalogs.create(fromFile('lab/x:latest', other), []));
      const preview = await catalogs.preview(fromFile('lab/x', catalogFile({ one: image('one') })), []);
      assert.equal(preview.replaces, true);
      assert.deepEqual(
        preview.servers.map(({ name, change }) => [name, change]),
        [
          ['one', 'same'],
          ['two', 'removed'],
        ],
      );
      const changed = await catalogs.preview(fromFile('lab/x', other), []);
      assert.deepEqual(
        changed.servers.map(({ name, change }) => [name, change]),
        [
          ['one', 'same'],
          ['two', 'changed'],
          ['four', 'added'],
        ],
      );
      const before = (await catalogs.list())[0]?.digest;
      const made = await catalogs.create(fromFile('lab/x', other, true), []);
      assert.notEqual(made.digest, before);
      assert.equal((await catalogs.read('lab/x')).entries.length, 3);
    });

    it('are not made from a file without a server that can be used', async () => {
      const content = catalogFile({ old: { type: 'poci' }, empty: { type: 'server' } });
      await rejectsWith('CATALOG_004', catalogs.create(fromFile('lab/none', content), []));
      assert.deepEqual(await catalogs.list(), []);
    });

    it('are made empty, from entries of others and from a profile', async () => {
      await catalogs.create(fromFile('lab/x', three), []);
      const empty = await catalogs.create(
        { ref: 'lab/empty', title: 'Empty', from: { type: 'empty' }, replace: false },
        [],
      );
      assert.equal(empty.title, 'Empty');
      assert.deepEqual((await catalogs.read('lab/empty')).entries, []);
      assert.equal((await catalogs.read('lab/empty')).catalog.origin, 'own');

      const from = { type: 'entries', entries: ['unused'] } as const;
      const place = { catalogRef: 'lab/x:latest', name: 'two' };
      await catalogs.create(
        { ref: 'lab/mine:v1', title: 'Mine', from: { ...from, entries: ['unused'] }, replace: false },
        [place],
      );
      const mine = await catalogs.read('lab/mine:v1');
      assert.deepEqual(
        mine.entries.map(({ offer }) => offer.nameInCatalog),
        ['two'],
      );
      await rejectsWith(
        'CATALOG_001',
        catalogs.preview({ ref: 'lab/y', from: { ...from, entries: ['u'] }, replace: false }, [
          { ...place, name: 'gone' },
        ]),
      );

      await simulated.cli.profiles.create({
        name: 'Dev',
        servers: [{ kind: 'catalog', catalog: 'lab/x:latest', names: ['one'] }],
      });
      await catalogs.create({ ref: 'lab/dev', from: { type: 'profile', profile: 'dev' }, replace: false }, []);
      assert.deepEqual(
        (await catalogs.read('lab/dev')).entries.map(({ offer }) => offer.nameInCatalog),
        ['one'],
      );
      await rejectsWith(
        'PROFILE_001',
        catalogs.preview({ ref: 'lab/z', from: { type: 'profile', profile: 'none' }, replace: false }, []),
      );
    });

    it('go to a registry and come back under the same or another reference', async () => {
      await catalogs.create(fromFile('localhost:5055/lab/x:v1', three), []);
      await catalogs.push('localhost:5055/lab/x:v1', signal);
      await catalogs.remove('localhost:5055/lab/x:v1');
      assert.deepEqual(await catalogs.list(), []);
      const pulled = await catalogs.pull('localhost:5055/lab/x:v1', signal);
      assert.equal((await catalogs.read(pulled.ref)).entries.length, 2);
      await catalogs.remove(pulled.ref);
      const from = { type: 'oci', ref: 'localhost:5055/lab/x:v1' } as const;
      const named = await catalogs.create({ ref: 'lab/copy', from, replace: false }, []);
      assert.equal(named.ref, 'lab/copy:latest');
      assert.deepEqual(
        (await catalogs.list()).map(({ ref }) => ref),
        ['lab/copy:latest'],
      );
      await rejectsWith('DOCKER_009', catalogs.pull('localhost:5055/lab/none:v1', signal));
      await rejectsWith('DOCKER_012', catalogs.pull('localhost:5999/lab/x:v1', signal));
    });

    it('get a second reference, and removing one leaves the other', async () => {
      await catalogs.create(fromFile('lab/x', three), []);
      const tagged = await catalogs.tag('lab/x', 'lab/x:v2');
      assert.equal(tagged.ref, 'lab/x:v2');
      assert.notEqual(tagged.id, 'lab.x');
      await catalogs.remove('lab/x');
      assert.deepEqual(
        (await catalogs.list()).map(({ ref }) => ref),
        ['lab/x:v2'],
      );
      await rejectsWith('DOCKER_009', catalogs.remove('lab/x'));
    });

    it('say in words that the engine is away', async () => {
      await simulated.docker.setFailure({ engine: 'down' });
      await rejectsWith('DOCKER_003', catalogs.list());
    });
  });

  describe('in the legacy dialect', () => {
    let simulated: SimulatedCli;
    let catalogs: CatalogControl;
    beforeEach(async () => {
      simulated = await createSimulatedCli({
        dialect: 'legacy',
        dockerCatalog: { probe: image('probe'), old: { type: 'poci', description: 'Old.' } },
      });
      catalogs = createCatalogControl({ cli: async () => simulated.cli });
    });
    afterEach(() => simulated[Symbol.asyncDispose]());

    it('have Docker’s own, which cannot be removed, and a digest of their content', async () => {
      const [docker] = await catalogs.list();
      assert.equal(docker?.ref, 'docker-mcp');
      assert.equal(docker?.origin, 'vendor');
      assert.equal(docker?.fixed, true);
      assert.match(docker?.digest ?? '', /^[0-9a-f]{64}$/);
      const { entries, leftOut, catalog } = await catalogs.read('docker-mcp');
      assert.deepEqual(
        entries.map(({ offer }) => offer.nameInCatalog),
        ['probe'],
      );
      assert.deepEqual(
        leftOut.map(({ name }) => name),
        ['old'],
      );
      assert.equal(catalog.digest, docker?.digest);
      await rejectsWith('CATALOG_005', catalogs.remove('docker-mcp'));
    });

    it('are made from a file, replaced and removed by name', async () => {
      const made = await catalogs.create(fromFile('team/lab:v1', three), []);
      assert.equal(made.ref, 'lab');
      assert.deepEqual((await catalogs.read('lab')).entries.map(({ offer }) => offer.nameInCatalog).sort(), [
        'one',
        'two',
      ]);
      await rejectsWith('CATALOG_003', catalogs.create(fromFile('lab', three), []));
      await catalogs.create(fromFile('lab', catalogFile({ four: image('four') }), true), []);
      assert.deepEqual(
        (await catalogs.read('lab')).entries.map(({ offer }) => offer.nameInCatalog),
        ['four'],
      );
      await catalogs.remove('lab');
      assert.deepEqual(
        (await catalogs.list()).map(({ ref }) => ref),
        ['docker-mcp'],
      );
    });

    it('say what this dialect cannot do', async () => {
      await rejectsWith('DOCKER_002', catalogs.push('docker-mcp', signal));
      await rejectsWith(
        'DOCKER_002',
        catalogs.create({ ref: 'x', from: { type: 'oci', ref: 'lab/x' }, replace: false }, []),
      );
    });
  });
});
