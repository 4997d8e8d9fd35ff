// What catalogs and profiles of docker mcp say of a server, in the words of every engine.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJSON } from '../../../../daemon/engines/docker/canonical-json.ts';
import { catalogIdOf, entryIdOf } from '../../../../daemon/engines/docker/catalog-ids.ts';
import { Catalog, Profile, ServerSpec } from '../../../../daemon/engines/docker/cli/schemas.ts';
import { configurationSchemaOf } from '../../../../daemon/engines/docker/config-schema.ts';
import {
  catalogOriginOf,
  definitionDigestOf,
  findUpdate,
  isLeftOut,
  secretSlotsOf,
  toOffer,
  toServerInProfile,
} from '../../../../daemon/engines/docker/definition.ts';
import { CatalogEntry } from '../../../../shared/api/catalog.ts';
import { ImageReference, withTag } from '../../../../shared/domain/docker-names.ts';
import { Name } from '../../../../shared/domain/names.ts';
import { readRecordings } from '../../../support/recordings.ts';

const answerOf = (name: string): unknown => {
  const recording = readRecordings().find(each => each.name === name);
  return JSON.parse(recording?.stdout ?? assert.fail(`there is no recording ${name}`));
};
const catalog = { ref: 'lab/local:v1', title: 'Lab', origin: 'imported' } as const;
const spec = (more: Record<string, unknown> = {}) =>
  ServerSpec.parse({ name: 'one', type: 'server', image: 'a/one:1', remote: {}, ...more });

/** The offer, which must be one that the API can show. */
const offerOf = (more: Record<string, unknown> = {}) => {
  const offer = toOffer(spec(more), catalog);
  assert.ok(!isLeftOut(offer), isLeftOut(offer) ? offer.reason : '');
  CatalogEntry.parse({ ...offer, installed: [] });
  return offer;
};
const reasonOf = (more: Record<string, unknown>) => {
  const offer = toOffer(spec(more), catalog);
  return isLeftOut(offer) ? offer.reason : assert.fail('it was taken');
};

describe('a definition of docker mcp', () => {
  it('becomes an entry, for every server of the recorded catalog', () => {
    const shown = Catalog.parse(answerOf('current/catalog-show-json'));
    const offers = shown.servers.map(server => {
      const offer = toOffer(ServerSpec.parse(server.snapshot?.server), { ...catalog, title: shown.title }, server);
      return isLeftOut(offer) ? assert.fail(offer.reason) : CatalogEntry.omit({ installed: true }).parse(offer);
    });
    const probe = offers.find(({ nameInCatalog }) => nameInCatalog === 'probe');
    assert.deepEqual(probe?.source, { type: 'image', image: 'mcp-local/probe:1', digest: null });
    assert.deepEqual(probe?.secretSlots, [
      { name: 'probe.api_key', environmentVariable: 'PROBE_API_KEY', description: null, required: true },
    ]);
    assert.deepEqual(probe?.configurationSchema?.['required'], ['region']);
    assert.equal(probe?.toolCount, 8);
    const everything = offers.find(({ nameInCatalog }) => nameInCatalog === 'everything');
    assert.deepEqual(
      [everything?.license, everything?.publisher, everything?.categories, everything?.tags],
      ['MIT License', 'modelcontextprotocol', ['reference'], ['reference', 'test']],
    );
    const remote = offers.find(({ kind }) => kind === 'remote');
    assert.deepEqual(remote?.source, { type: 'remote', url: 'https://mcp.example.com/mcp' });
    assert.equal(offers.find(({ nameInCatalog }) => nameInCatalog === 'memory')?.toolCount, null);
  });

  it('becomes a server of a profile, for every one of the recorded profiles', () => {
    const servers = Profile.array()
      .parse(answerOf('current/profile-list-json'))
      .flatMap(profile => profile.servers.map(server => toServerInProfile(profile.id, server)));
    assert.ok(servers.length > 0);
    for (const server of servers) {
      assert.ok(server);
      assert.equal(server.definition['name'], server.name);
      assert.equal(findUpdate(server.definition, server.definition), null);
    }
  });

  it('is left out with its reason when it cannot be used', () => {
    assert.match(reasonOf({ type: 'poci' }), /poci/);
    assert.match(reasonOf({ name: '-x' }), /name/);
    assert.match(reasonOf({ image: '--privileged' }), /image/);
    assert.match(reasonOf({ image: '' }), /image/);
    assert.match(reasonOf({ type: 'remote', image: '', remote: { url: 'file:///etc/passwd' } }), /address/);
  });

  it('names only addresses that may be opened', () => {
    const hostile = offerOf({
      icon: 'javascript:alert(1)',
      readme: 'http://example.com/readme.md',
      metadata: { registryUrl: 'file:///etc' },
    });
    assert.deepEqual([hostile.icon, hostile.readme, hostile.homepage], [null, null, null]);
    assert.equal(offerOf({ icon: 'https://example.com/a.png' }).icon, 'https://example.com/a.png');
  });

  it('is cut where it would not end', () => {
    const long = 'x'.repeat(10_000);
    const offer = offerOf({
      title: long,
      description: long,
      metadata: { tags: Array.from({ length: 100 }, (_, at) => `${at}${long}`), license: long, owner: long },
      tools: Array.from({ length: 5_000 }, (_, at) => ({ name: `t${at}${long}` })),
    });
    assert.ok(JSON.stringify({ ...offer, toolNames: [] }).length < 10_000);
    assert.equal(offer.toolNames.length, 2_000);
  });

  it('asks for a secret once, and only where a container could get it', () => {
    const slots = secretSlotsOf(
      spec({
        secrets: [
          { name: 'a.key', env: 'A_KEY', example: 'abc' },
          { name: 'a.key', env: 'OTHER' },
          { name: 'a.bad', env: 'NOT A VARIABLE' },
          { name: 'a.maybe', env: 'A_MAYBE', required: false, description: 'If you have one' },
        ],
      }),
    );
    assert.deepEqual(slots, [
      { name: 'a.key', environmentVariable: 'A_KEY', description: 'Example: abc', required: true },
      { name: 'a.maybe', environmentVariable: 'A_MAYBE', description: 'If you have one', required: false },
    ]);
  });

  it('has a digest that changes with what runs and with nothing else', () => {
    const digest = definitionDigestOf(spec({ command: ['x'] }));
    const noise = spec({
      command: ['x'],
      remote: {},
      secrets: [],
      volumes: null,
      icon: 'https://a/b',
      metadata: { pulls: 1 },
    });
    assert.equal(definitionDigestOf(noise), digest);
    assert.equal(definitionDigestOf(Object.fromEntries(Object.entries(noise).reverse())), digest);
    assert.notEqual(definitionDigestOf(spec({ command: ['y'] })), digest);
    assert.notEqual(definitionDigestOf(spec({ command: ['x'], image: 'a/one:2' })), digest);
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        assert.deepEqual(JSON.parse(canonicalJSON(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('says how what is offered differs from what is there', () => {
    const update = findUpdate(spec(), spec({ image: 'a/one:2', command: ['x'] }));
    assert.deepEqual([update?.from, update?.to], ['a/one:1', 'a/one:2']);
    assert.match(update?.detail ?? '', /another image.*command/);
    assert.match(findUpdate(spec(), spec({ tools: [{ name: 'new' }] }))?.detail ?? '', /changed: tools/);
    assert.equal(findUpdate(spec(), spec({ metadata: { pulls: 5 } })), null);
  });

  it('comes from somebody, as far as docker mcp says it', () => {
    const origins = [
      ['mcp/docker-mcp-catalog:latest', 'oci:mcp/docker-mcp-catalog', 'vendor'],
      ['docker.io/mcp/x:1', null, 'vendor'],
      ['evil.example/mcp/x:1', 'oci:evil.example/mcp/x:1', 'imported'],
      ['a/b:latest', 'user:cli', 'own'],
      ['a/b:latest', 'profile:dev', 'own'],
      ['a/b:latest', 'legacy-catalog:x', 'imported'],
      ['a/b:latest', 'registry:registry.modelcontextprotocol.io', 'community'],
    ] as const;
    for (const [ref, source, origin] of origins) assert.equal(catalogOriginOf(ref, source), origin, ref);
  });
});

describe('ids of catalogs and entries', () => {
  const references = fc
    .stringMatching(
      /^[a-z0-9]{1,8}(?:\.[a-z]{2,3}(?::[0-9]{2,4})?)?(?:\/[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,4})?){1,3}(?::[A-Za-z0-9_.-]{1,8})?$/,
    )
    .filter(text => ImageReference.safeParse(text).success);

  it('are names of ours, the same with and without the usual tag', () => {
    fc.assert(
      fc.property(references, fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/), (ref, name) => {
        Name.parse(catalogIdOf(ref));
        Name.parse(entryIdOf(ref, name));
        assert.equal(catalogIdOf(ref), catalogIdOf(withTag(ref)));
        assert.equal(entryIdOf(ref, name), entryIdOf(withTag(ref), name));
      }),
    );
  });

  it('are not the same for two', () => {
    fc.assert(
      fc.property(fc.uniqueArray(references, { maxLength: 30, selector: withTag }), refs => {
        assert.equal(new Set(refs.map(catalogIdOf)).size, refs.length);
        assert.equal(new Set(refs.map(ref => entryIdOf(ref, 'same'))).size, refs.length);
      }),
    );
    assert.notEqual(catalogIdOf('quayside'), 'quayside');
    assert.notEqual(entryIdOf('a/b', 'x/y'), entryIdOf('a/b', 'x-y'));
  });

  it('can be read', () => {
    assert.equal(catalogIdOf('mcp/docker-mcp-catalog'), 'mcp.docker-mcp-catalog');
    assert.match(catalogIdOf('localhost:5055/lab/catalog:v1'), /^localhost-5055\.lab\.catalog-v1\.[0-9a-f]{6}$/);
    assert.match(entryIdOf('a/b', 'io.github.Acme/tool'), /^io-github-acme-tool\.[0-9a-f]{6}$/);
  });
});

describe('what can be set before a start', () => {
  const schemaOf = (...config: Record<string, unknown>[]) =>
    configurationSchemaOf(spec({ config: config.map(each => ({ name: 'one', ...each })) }));

  it('is nothing without properties', () => {
    assert.equal(schemaOf(), null);
    assert.equal(schemaOf({ properties: {} }), null);
    assert.equal(configurationSchemaOf(spec()), null);
  });

  it('is one object of all that are declared, and what is required stays so', () => {
    const schema = schemaOf(
      { description: 'First', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a', 'gone'] },
      { properties: { b: { type: 'string' }, c: { type: 'array' }, d: { required: true } } },
    );
    assert.deepEqual(schema, {
      type: 'object',
      description: 'First',
      properties: {
        a: { type: 'string' },
        b: { type: 'integer' },
        c: { type: 'array', items: { type: 'string' } },
        d: { type: 'string' },
      },
      required: ['a', 'd'],
    });
  });

  it('keeps nested objects, choices and bounds, and drops what points elsewhere or takes for ever to check', () => {
    const schema = schemaOf({
      properties: {
        deep: { properties: { max: { type: 'integer', minimum: 1 } }, required: ['max'] },
        either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        away: { $ref: 'https://evil.example/schema.json', type: 'string' },
        slow: { type: 'string', pattern: '^(a+)+$' },
        fine: { type: 'string', pattern: '^[a-z]+$' },
      },
      anyOf: [{ required: ['fine'] }, { required: ['deep'] }],
    });
    assert.deepEqual(schema?.['properties'], {
      deep: { type: 'object', properties: { max: { type: 'integer', minimum: 1 } }, required: ['max'] },
      either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      away: { type: 'string' },
      slow: { type: 'string' },
      fine: { type: 'string', pattern: '^[a-z]+$' },
    });
    assert.deepEqual(schema?.['anyOf'], [{ required: ['fine'] }, { required: ['deep'] }]);
  });

  it('is bounded and plain, whatever a catalog declares', () => {
    const anything = fc.record({
      properties: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })),
      required: fc.jsonValue(),
    });
    fc.assert(
      fc.property(anything, config => {
        const schema = configurationSchemaOf({ config: [{ name: 'x', description: '', ...config }] } as never);
        const text = JSON.stringify(schema);
        assert.ok(text.length <= 65_536);
        assert.ok(!text.includes('"$ref"'));
      }),
    );
    let nested: Record<string, unknown> = { type: 'string' };
    for (let at = 0; at < 200; at++) nested = { type: 'object', properties: { deeper: nested } };
    assert.ok(JSON.stringify(schemaOf({ properties: { nested } })).length < 1_000);
    const wide = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`p${at}`, { description: 'x'.repeat(500) }]),
    );
    assert.equal(schemaOf({ properties: wide }), null);
  });
});
