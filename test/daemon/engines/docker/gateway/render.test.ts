import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { attributeTools, hasAlone } from '../../../../../daemon/engines/docker/gateway/attribution.ts';
import { bindEnvironment, chooseMode } from '../../../../../daemon/engines/docker/gateway/mode.ts';
import { checkSecrets, renderServers } from '../../../../../daemon/engines/docker/gateway/render.ts';
import { findTrouble, renderSecretLines } from '../../../../../daemon/engines/docker/gateway/secret-lines.ts';
import { choosePrefixes } from '../../../../../daemon/engines/docker/gateway/tool-prefix.ts';
import type { DockerStatus } from '../../../../../shared/api/docker.ts';
import { readRecordings } from '../../../../support/recordings.ts';
import { probe, withSecret } from './gateway-bench.ts';

const plain = (server: ReturnType<typeof probe>) =>
  ({ kind: 'gateway', server, secretSlots: [], environment: {} }) as const;

describe('the files of a gateway', () => {
  it('mirror what a profile has of its servers, and hold what marks them as ours', () => {
    const listed = readRecordings().find(({ name }) => name === 'current/profile-list-json');
    assert.ok(listed);
    const servers = JSON.parse(listed.stdout).flatMap((profile: { servers: { snapshot: { server: unknown } }[] }) =>
      profile.servers.map(({ snapshot }) => snapshot.server),
    ) as Record<string, unknown>[];
    assert.ok(servers.length > 0);
    for (const definition of servers) {
      const name = String(definition['name']);
      const { catalog } = renderServers({
        plans: [plain(probe(name, { definition }))],
        prefixes: new Map([[name, 'p']]),
        mark: 'the-mark',
        secrets: undefined,
      });
      const entry = parse(catalog).registry[name];
      for (const key of [
        'image',
        'type',
        'command',
        'volumes',
        'user',
        'disableNetwork',
        'allowHosts',
        'longLived',
        'remote',
      ])
        if (definition[key] && JSON.stringify(definition[key]) !== '{}')
          assert.deepEqual(entry[key], definition[key], `${name} ${key}`);
      assert.equal(entry.prefix, 'p');
      if (definition['image']) assert.deepEqual(entry.env.at(-1), { name: 'QUAYSIDE_GATEWAY', value: 'the-mark' });
    }
  });

  it('keep every text a text, whatever it looks like', () => {
    const odd = [
      'yes',
      'on',
      '12',
      '0x1f',
      '1e3',
      'null',
      '~',
      '2001-01-01',
      '- a',
      'a: b',
      '#c',
      "it's",
      '"',
      '{{x}}',
      '12:30',
      'two\nlines',
    ];
    const settings = Object.fromEntries(odd.map((text, index) => [`k${index}`, text]));
    const { config } = renderServers({
      plans: [plain(probe('a.b', { settings }))],
      prefixes: new Map(),
      mark: '',
      secrets: 'pipe',
    });
    for (const version of ['1.1', '1.2'] as const) {
      const read = parse(config, { version });
      assert.deepEqual(read['a.b'], settings);
      // Where the gateway looks for them.
      assert.deepEqual(read['a_b'], settings);
    }
  });

  it('choose tools as the profile does: all, some or none', () => {
    const { tools } = renderServers({
      plans: [plain(probe('all')), plain(probe('some', { tools: ['x'] })), plain(probe('none', { tools: [] }))],
      prefixes: new Map(),
      mark: '',
      secrets: 'pipe',
    });
    assert.deepEqual(parse(tools), { some: ['x'], none: [] });
  });

  it('hold no secret, and declare none that has no value', () => {
    const plan = withSecret(probe('safe'), { PROBE_API_KEY: 'canary-value', OTHER: 'never declared' });
    const slots = [
      ...plan.secretSlots,
      { name: 'safe.rest', environmentVariable: 'REST', description: null, required: false },
    ];
    const rendered = renderServers({
      plans: [{ ...plan, secretSlots: slots }],
      prefixes: new Map(),
      mark: '',
      secrets: 'pipe',
    });
    const { secretLines, confidential, ...files } = rendered;
    assert.equal(secretLines, 'safe.api_key=canary-value\n');
    assert.deepEqual(confidential, ['canary-value']);
    assert.ok(!JSON.stringify(files).includes('canary'));
    assert.deepEqual(parse(rendered.catalog).registry.safe.secrets, [{ name: 'safe.api_key', env: 'PROBE_API_KEY' }]);
  });

  it('are not made for a server whose secret is missing', () => {
    assert.throws(() => checkSecrets(withSecret(probe('poor'), {})), { code: 'SERVER_011' });
    assert.throws(() => checkSecrets(withSecret(probe('poor'), { PROBE_API_KEY: '' })), { code: 'SERVER_011' });
  });

  it('are not made of a definition that is none', () => {
    const plans = [plain(probe('odd', { definition: { name: 12 } }))];
    assert.throws(() => renderServers({ plans, prefixes: new Map(), mark: '', secrets: undefined }), {
      code: 'SERVER_004',
    });
  });
});

describe('the lines of secrets', () => {
  it('bring each value that is taken, and refuse the rest', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}$/), value: fc.string({ unit: 'binary' }) }),
        ),
        all => {
          const unique = [...new Map(all.map(each => [each.name, each])).values()];
          const usable = unique.filter(({ name, value }) => findTrouble(name, value) === undefined);
          // As the gateway reads them.
          const read = new Map(
            renderSecretLines(usable)
              .split('\n')
              .filter(line => !line.startsWith('#') && line.trim() !== '')
              .map(line => line.trim())
              .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
          );
          assert.deepEqual(read, new Map(usable.map(({ name, value }) => [name, value])));
        },
      ),
    );
  });

  it('are never longer than the gateway can read', () => {
    assert.equal(typeof findTrouble('a', 'x'.repeat(65_536)), 'string');
    assert.equal(findTrouble('a', 'x'.repeat(64_000)), undefined);
  });
});

describe('prefixes', () => {
  const nameList = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,40}$/), { maxLength: 12 });

  it('tell each tool’s server and its own name, also before and after a reload', () => {
    fc.assert(
      fc.property(
        nameList,
        fc.array(fc.stringMatching(/^[a-z_][a-z0-9_-]{0,15}$/), { maxLength: 4 }),
        (names, tools) => {
          const before = choosePrefixes(names, 0);
          const after = choosePrefixes(names, 3);
          const servers = names.map(name => ({
            name,
            prefixes: [after.get(name) ?? '', before.get(name) ?? ''],
            listedTools: [],
            allowed: null,
            has: null,
          }));
          const own = [...new Set(tools)];
          for (const prefixes of [before, after]) {
            const exposed = names.flatMap(name => own.map(tool => `${prefixes.get(name)}__${tool}`));
            const found = attributeTools(exposed, servers);
            assert.deepEqual(found.unknown, []);
            for (const name of names) assert.deepEqual([...(found.tools.get(name)?.keys() ?? [])], own);
          }
        },
      ),
    );
  });

  it('are not needed where Docker’s definition names the tool, or one server is alone', () => {
    const server = (name: string, listedTools: string[]) => ({
      name,
      prefixes: [],
      listedTools,
      allowed: null,
      has: null,
    });
    const two = attributeTools(['a', 'b', 'c', 'mcp-add', 'y__z'], [server('x', ['a']), server('y', ['b'])]);
    assert.deepEqual([...(two.tools.get('x') ?? [])], [['a', 'a']]);
    assert.deepEqual(
      [...(two.tools.get('y') ?? [])],
      [
        ['b', 'b'],
        ['z', 'y__z'],
      ],
    );
    assert.deepEqual(two.unknown, ['c']);
    assert.deepEqual([...(attributeTools(['c', 'code-mode'], [server('x', [])]).tools.get('x') ?? [])], [['c', 'c']]);
  });

  it('do not bring a tool that was switched off', () => {
    const server = { name: 'x', prefixes: ['x'], listedTools: [], allowed: ['a'], has: null };
    assert.deepEqual([...(attributeTools(['x__a', 'x__b'], [server]).tools.get('x') ?? [])], [['a', 'x__a']]);
  });

  it('are not there for prompts: they are of the only server that has any', () => {
    const server = (name: string, prompts: number | null) => ({
      name,
      prefixes: [],
      listedTools: [],
      allowed: null,
      has: prompts === null ? null : { tools: 1, prompts, resources: 0 },
    });
    assert.equal(hasAlone('a', 'prompts', [server('a', 2), server('b', 0)]), true);
    assert.equal(hasAlone('b', 'prompts', [server('a', 2), server('b', 0)]), false);
    assert.equal(hasAlone('a', 'prompts', [server('a', 2), server('b', 1)]), false);
    assert.equal(hasAlone('a', 'prompts', [server('a', null)]), true);
  });
});

describe('the mode of a gateway', () => {
  const ask = (
    more: {
      platform?: 'desktop' | 'engine';
      flags?: string[];
      hostFrom?: 'environment';
      inProfile?: string[];
      canHandOver?: boolean;
    } = {},
    plans = [plain(probe('a'))] as Parameters<typeof chooseMode>[0]['plans'],
  ) => {
    const status = {
      plugin: { flags: more.flags ?? ['host'], dialect: 'profile' },
      engine: { platform: more.platform ?? 'engine', hostFrom: more.hostFrom ?? 'default' },
    } as unknown as DockerStatus;
    return chooseMode({
      status,
      plans,
      inProfile: more.inProfile,
      ownTools: false,
      canHandOver: more.canHandOver ?? true,
    });
  };

  it('is files and our pipe on a plain engine', () => {
    const { mode, transport, secrets } = ask();
    assert.deepEqual({ mode, transport, secrets }, { mode: 'files', transport: 'http', secrets: 'pipe' });
  });

  it('opens no port where it would be open to the whole network', () => {
    assert.equal(ask({ flags: [] }).transport, 'stdio');
    assert.equal(ask({ flags: ['--host'] }).transport, 'http');
  });

  it('warns of an engine that containers will not find', () => {
    assert.match(ask({ hostFrom: 'environment' }).reason, /docker context use/);
  });

  it('is the profile with Desktop, unless only a part runs or the vault has the secrets', () => {
    assert.equal(ask({ platform: 'desktop', inProfile: ['a'] }).mode, 'profile');
    assert.deepEqual(
      [ask({ platform: 'desktop', inProfile: ['a', 'b'] })].map(({ mode, secrets }) => [mode, secrets]),
      [['files', 'docker']],
    );
    assert.equal(ask({ platform: 'desktop' }).mode, 'files');
    const given = [withSecret(probe('a'), { PROBE_API_KEY: 'x' })];
    assert.equal(ask({ platform: 'desktop', inProfile: ['a'] }, given).secrets, 'pipe');
    // Windows has neither of the two ways.
    assert.equal(ask({ platform: 'desktop', inProfile: ['a'], canHandOver: false }, given).secrets, 'docker');
    assert.equal(ask({ canHandOver: false }).secrets, 'docker');
  });

  it('allows only the folders that the user has chosen, of servers that mount folders', () => {
    const mounting = probe('files', {
      definition: {
        name: 'files',
        image: 'x',
        volumes: ['{{files.paths|volume|into}}', '/etc:/data', '{{files.deep.path}}:/d'],
      },
      settings: { paths: ['/home/me/notes', 'relative', '/with:colon'], deep: { path: '/data' }, log: '/home/me/log' },
    });
    const other = probe('other', { settings: { path: '/home/me/private' } });
    assert.deepEqual(bindEnvironment([plain(mounting), plain(other)]), {
      MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS: '/home/me/notes:/data',
      MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS: '/home/me/notes:/data',
    });
    assert.deepEqual(bindEnvironment([plain(other)]), {});
  });
});
