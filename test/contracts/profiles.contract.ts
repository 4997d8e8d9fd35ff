// What the port of profiles promises, as one suite for both generations of docker mcp and for the one in memory.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerControl } from '../../daemon/engines/docker/profile-control.ts';
import type { ProfileControl } from '../../daemon/engines/docker-engine.ts';
import { rejectsWith } from './engine.contract.ts';

export interface ProfilesUnderTest {
  profiles: ProfileControl;
  servers: ServerControl;
  dialect: 'profile' | 'legacy';
  /** The catalog that `add` names. */
  catalog: string;
  close(): Promise<void>;
}

/** The servers that every subject's catalog has. */
export const contractServers = {
  probe: {
    title: 'Probe',
    description: 'Has settings and three tools.',
    type: 'server',
    image: 'mcp-local/probe:1',
    tools: [{ name: 'one' }, { name: 'two' }, { name: 'three' }],
    config: [
      {
        name: 'probe',
        description: 'Where it runs',
        type: 'object',
        properties: {
          region: { type: 'string' },
          limits: { type: 'object', properties: { max: { type: 'integer' } } },
          paths: { type: 'array', items: { type: 'string' } },
          verbose: { type: 'boolean' },
        },
      },
    ],
  },
  memory: { title: 'Memory', description: 'Lists no tools.', type: 'server', image: 'mcp-local/memory:1' },
  'io.github.acme/tool': {
    title: 'Acme',
    description: 'Has dots in its name.',
    type: 'server',
    image: 'mcp-local/acme:1',
    tools: [{ name: 'one' }, { name: 'two' }],
    config: [{ name: 'acme', description: '', type: 'object', properties: { region: { type: 'string' } } }],
  },
} as const;

export type ContractServer = keyof typeof contractServers;

/** `slow`: each change takes a while, so fewer of them are tried. */
export function describeProfileContract(
  name: string,
  make: () => Promise<ProfilesUnderTest>,
  { slow }: { slow: boolean },
): void {
  describe(`the contract of profiles, kept by ${name}`, function () {
    this.timeout(60_000);
    let subject: ProfilesUnderTest;
    let id: string;
    beforeEach(async () => {
      subject = await make();
      id = subject.dialect === 'legacy' ? 'default' : (await subject.profiles.create({ name: 'Dev Tools' })).id;
    });
    afterEach(() => subject.close());

    const add = (server: ContractServer) =>
      subject.servers.add(id, { kind: 'catalog', catalog: subject.catalog, names: [server] }, server);
    const configure = (server: ContractServer, change: Parameters<ProfileControl['configure']>[1]) =>
      subject.profiles.configure({ profile: id, name: server }, change);
    const read = async (server: ContractServer) => {
      const found = await subject.servers.find({ profile: id, name: server });
      return [found?.settings, found?.tools];
    };

    it('adds a server with its definition, all tools on and no settings', async () => {
      const { name: server, source, definition, tools, settings } = await add('probe');
      assert.deepEqual([server, source.type, tools, settings], ['probe', 'image', null, {}]);
      assert.equal(definition['image'], 'mcp-local/probe:1');
      const [profile] = await subject.profiles.list();
      assert.deepEqual([profile?.id, profile?.servers.map(each => each.name)], [id, ['probe']]);
    });

    it('writes settings exactly as they are, numbers as numbers and texts as texts', async () => {
      await add('probe');
      const settings = { region: '12', limits: { max: 5 }, paths: ['/a', '/b, c'], verbose: true };
      assert.deepEqual((await configure('probe', { settings })).settings, settings);
      assert.deepEqual((await configure('probe', { settings: { region: 'true' } })).settings, { region: 'true' });
      assert.deepEqual((await configure('probe', { settings: {} })).settings, {});
    });

    it('refuses settings that do not fit, and changes nothing', async () => {
      await add('probe');
      await configure('probe', { settings: { region: 'eu' } });
      const { errors } = await rejectsWith('SERVER_010', configure('probe', { settings: { region: 12 } }));
      assert.equal(errors?.[0]?.path, '/settings/region');
      await rejectsWith(
        'SERVER_010',
        configure('memory', { settings: { any: 1 } }).catch(async error => {
          await add('memory');
          await configure('memory', { settings: { any: 1 } });
          throw error;
        }),
      );
      assert.deepEqual(await read('probe'), [{ region: 'eu' }, null]);
    });

    it('lets exactly those tools through that are chosen, from all and back to all', async () => {
      await add('probe');
      for (const tools of [['one'], ['two', 'three'], [], ['three'], null, ['one', 'two'], null]) {
        assert.deepEqual(sorted((await configure('probe', { tools })).tools), sorted(tools));
      }
    });

    it('does so for a server whose definition lists no tools', async () => {
      await add('memory');
      for (const tools of [['create'], ['create', 'read'], ['read'], [], null]) {
        assert.deepEqual((await configure('memory', { tools })).tools?.toSorted() ?? null, tools?.toSorted() ?? null);
      }
    });

    it('does so for a server with dots in its name', async () => {
      await add('io.github.acme/tool');
      await configure('io.github.acme/tool', { settings: { region: '7' }, tools: ['two'] });
      assert.deepEqual(await read('io.github.acme/tool'), [{ region: '7' }, ['two']]);
      await configure('io.github.acme/tool', { settings: {}, tools: null });
      assert.deepEqual(await read('io.github.acme/tool'), [{}, null]);
    });

    it('keeps settings and tools when a server is added again', async () => {
      await add('probe');
      await configure('probe', { settings: { region: 'eu' }, tools: ['two'] });
      await add('probe');
      assert.deepEqual(await read('probe'), [{ region: 'eu' }, ['two']]);
    });

    it('takes a server out, and does not mind if it is not there', async () => {
      await add('probe');
      await add('memory');
      await subject.servers.take({ profile: id, name: 'probe' });
      assert.equal(await subject.servers.find({ profile: id, name: 'probe' }), undefined);
      await subject.servers.take({ profile: id, name: 'probe' });
      assert.equal((await subject.profiles.list())[0]?.servers.length, 1);
      await rejectsWith('DOCKER_009', configure('probe', { tools: null }));
    });

    it('loses none of the changes that come at once', async () => {
      const names = Object.keys(contractServers) as ContractServer[];
      await Promise.all([...names.map(add), ...names.map(add)]);
      assert.deepEqual((await subject.profiles.list())[0]?.servers.map(each => each.name).sort(), names.sort());
      await Promise.all([
        configure('probe', { settings: { region: 'eu' } }),
        configure('memory', { tools: ['x'] }),
        configure('probe', { tools: ['one'] }),
        configure('io.github.acme/tool', { settings: { region: 'us' } }),
      ]);
      assert.deepEqual(await read('probe'), [{ region: 'eu' }, ['one']]);
      assert.deepEqual(await read('memory'), [{}, ['x']]);
      assert.deepEqual(await read('io.github.acme/tool'), [{ region: 'us' }, null]);
    });

    it('ends in what was asked for after any changes, with all others untouched', async function () {
      this.timeout(120_000);
      await add('probe');
      await add('io.github.acme/tool');
      await configure('io.github.acme/tool', { settings: { region: 'stays' }, tools: ['one'] });
      const settings = fc.record(
        {
          region: fc.string({ maxLength: 12 }).map(text => text.replace(/[^\x20-\x7e]/g, '')),
          limits: fc.record({ max: fc.integer() }),
          paths: fc.array(fc.constantFrom('/a', '/b c', '"', '', 'x=y', '1'), { maxLength: 3 }),
          verbose: fc.boolean(),
        },
        { requiredKeys: [] },
      );
      const tools = fc.option(fc.subarray(['one', 'two', 'three']), { nil: null });
      const change = fc.record({ settings, tools }, { requiredKeys: [] });
      const runs = slow ? { numRuns: 2 } : { numRuns: 100 };
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: slow ? 2 : 8 }), async changes => {
          let [wantedSettings, wantedTools] = await read('probe');
          for (const each of changes) {
            await configure('probe', each);
            if (each.settings !== undefined) wantedSettings = { ...each.settings };
            if (each.tools !== undefined) wantedTools = each.tools;
          }
          const all = Array.isArray(wantedTools) && wantedTools.length === 3 && subject.dialect === 'legacy';
          const [isSettings, isTools] = await read('probe');
          assert.deepEqual(JSON.parse(JSON.stringify(isSettings)), JSON.parse(JSON.stringify(wantedSettings)));
          assert.deepEqual(sorted(isTools), all ? null : sorted(wantedTools));
          assert.deepEqual(await read('io.github.acme/tool'), [{ region: 'stays' }, ['one']]);
        }),
        runs,
      );
    });
  });
}

const sorted = (tools: unknown): unknown => (Array.isArray(tools) ? tools.toSorted() : tools);
