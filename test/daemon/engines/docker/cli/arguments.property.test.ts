// Whatever stands in whatever place of whatever command: it is refused, or it arrives as one argument that is no flag.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findRefusal } from '../../../../../daemon/engines/cli-arguments.ts';
import { AnswerError } from '../../../../../daemon/engines/cli-error.ts';
import { allowedCommands } from '../../../../../daemon/engines/docker/cli/allowed-commands.ts';
import * as catalogs from '../../../../../daemon/engines/docker/cli/catalog.plans.ts';
import * as clients from '../../../../../daemon/engines/docker/cli/client.plans.ts';
import type { GatewayPlan } from '../../../../../daemon/engines/docker/cli/docker-cli.ts';
import * as features from '../../../../../daemon/engines/docker/cli/feature.plans.ts';
import { gatewayDryRun, gatewayLaunch } from '../../../../../daemon/engines/docker/cli/gateway.plans.ts';
import * as legacy from '../../../../../daemon/engines/docker/cli/legacy.plans.ts';
import * as profiles from '../../../../../daemon/engines/docker/cli/profile.plans.ts';
import * as secrets from '../../../../../daemon/engines/docker/cli/secret.plans.ts';
import * as tools from '../../../../../daemon/engines/docker/cli/tools.plans.ts';

type Plan = { args: readonly string[] };
type Fill = (one: string, two: string) => Plan;

const flags = new Set([
  ...['profile', 'catalog', 'servers', 'registry', 'secrets', 'config', 'tools-config', 'transport', 'port', 'host'],
  ...['cpus', 'memory', 'long-lived', 'dry-run', 'verbose', 'watch', 'block-secrets', 'block-network'],
]);
const gateway = (plan: Partial<GatewayPlan>): Plan =>
  gatewayLaunch({ source: { mode: 'profile', profile: 'p' }, transport: 'streaming', ...plan }, flags);
const files = { mode: 'files', catalog: 'a.yaml', servers: ['a'] } as const;

/** Every plan, with a value in each place that a person or a file can fill. The second value is where another may follow. */
const plans: Record<string, Fill> = {
  'profile show': a => profiles.showProfile(a),
  'profile clients': a => profiles.showProfileClients(a),
  'profile create name': a => profiles.createProfile({ name: a }),
  'profile create id': a => profiles.createProfile({ name: 'n', id: a }),
  'profile create client': (a, b) => profiles.createProfile({ name: 'n', connect: [a, b] }),
  'profile create template': a => profiles.createProfile({ name: 'n', template: a }),
  'profile create catalog': (a, b) =>
    profiles.createProfile({ name: 'n', servers: [{ kind: 'catalog', catalog: a, names: ['x', b] }] }),
  'profile create server': (a, b) =>
    profiles.createProfile({ name: 'n', servers: [{ kind: 'catalog', catalog: 'c', names: [a, b] }] }),
  'profile remove': a => profiles.removeProfile(a),
  'profile servers profile': a => profiles.listProfileServers({ profile: a }),
  'profile servers name': a => profiles.listProfileServers({ name: a }),
  'profile server add profile': a => profiles.addProfileServers(a, [{ kind: 'image', image: 'i' }]),
  'profile server add image': a => profiles.addProfileServers('p', [{ kind: 'image', image: a }]),
  'profile server add address': a => profiles.addProfileServers('p', [{ kind: 'registry', url: `https://${a}` }]),
  'profile server add bare address': a => profiles.addProfileServers('p', [{ kind: 'registry', url: a }]),
  'profile server add file': a => profiles.addProfileServers('p', [{ kind: 'file', file: a }]),
  'profile server remove': (a, b) => profiles.removeProfileServers('p', [a, b]),
  'profile config': a => profiles.readProfileConfig(a),
  'profile config server': a => profiles.setProfileConfig('p', [{ server: a, key: 'k', value: 1 }]),
  'profile config key': a => profiles.setProfileConfig('p', [{ server: 's', key: a, value: 1 }]),
  'profile config value': (a, b) =>
    profiles.setProfileConfig('p', [
      { server: 's', key: 'k', value: a },
      { server: 's', key: 'l', value: [b] },
    ]),
  'profile config del': (a, b) => profiles.deleteProfileConfig('p', [{ server: a, key: b }]),
  'profile tools': (a, b) => profiles.changeProfileTools('p', { enable: [{ server: a, tool: b }] }),
  'profile tools off': (a, b) =>
    profiles.changeProfileTools('p', { disable: [{ server: 's', tool: a }], enableAll: [b] }),
  'profile tools all off': a => profiles.changeProfileTools('p', { disableAll: [a] }),
  'profile export': (a, b) => profiles.exportProfile(a, b),
  'profile export file': a => profiles.exportProfile('p', `/${a}.json`),
  'profile import': a => profiles.importProfile(a),
  'profile push': (a, b) => profiles.pushProfile(a, b),
  'profile pull': a => profiles.pullProfile(a),
  'catalog show': a => catalogs.showCatalog(a),
  'catalog create': (a, b) => catalogs.createCatalog(a, { kind: 'servers', title: b, servers: [] }),
  'catalog create from profile': (a, b) => catalogs.createCatalog('c', { kind: 'profile', profile: a, title: b }),
  'catalog create from file': a => catalogs.createCatalog('c', { kind: 'legacy', source: a }),
  'catalog create from registry': a => catalogs.createCatalog('c', { kind: 'community-registry', host: a }),
  'catalog tag': (a, b) => catalogs.tagCatalog(a, b),
  'catalog remove': a => catalogs.removeCatalog(a),
  'catalog pull': a => catalogs.pullCatalog(a),
  'catalog push': a => catalogs.pushCatalog(a),
  'catalog servers': (a, b) => catalogs.listCatalogServers(a, { name: b }),
  'catalog inspect': (a, b) => catalogs.inspectCatalogServer(a, b),
  'catalog add': a => catalogs.addCatalogServers(a, [{ kind: 'file', file: 'f.json' }]),
  'catalog server remove': (a, b) => catalogs.removeCatalogServers(a, [b]),
  'client connect': (a, b) => clients.connectClient(a, { scope: 'global', profile: b }, 'profile'),
  'client disconnect': a => clients.disconnectClient(a, { scope: 'project', folder: '/x' }),
  'feature on': a => features.enableFeature(a),
  'feature off': a => features.disableFeature(a),
  'secret set': a => secrets.setSecret(a, 'v'),
  'secret rm': (a, b) => secrets.removeSecrets([a, b]),
  'oauth authorize': a => secrets.authorizeApp(a),
  'oauth revoke': a => secrets.revokeApp(a),
  'tools of profile': a => tools.listTools({ profile: a }),
  'tools of files': (a, b) => tools.countTools({ catalog: 'a.yaml', servers: [a], secrets: `/${b}`, config: `/${a}` }),
  'tools catalog': a => tools.listTools({ catalog: a, servers: ['s'] }),
  'tools inspect': a => tools.inspectTool(a, { enabled: true }),
  'gateway profile': a => gateway({ source: { mode: 'profile', profile: a } }),
  'gateway catalog': a => gateway({ source: { ...files, catalog: a } }),
  'gateway servers': (a, b) => gateway({ source: { ...files, servers: [a, b] } }),
  'gateway secrets': a => gateway({ source: { ...files, secrets: `/${a}` } }),
  'gateway config': (a, b) => gateway({ source: { ...files, config: `/${a}`, toolsConfig: b } }),
  'gateway registry': a => gateway({ source: { ...files, registry: a } }),
  'gateway host': a => gateway({ host: a }),
  'gateway memory': a => gateway({ memory: a }),
  'gateway enabled': (a, b) =>
    gatewayDryRun({ source: { mode: 'enabled', servers: [a, b] }, transport: 'stdio' }, flags),
  'legacy inspect': a => legacy.inspectServer(a),
  'legacy enable': (a, b) => legacy.enableServers([a, b]),
  'legacy disable': (a, b) => legacy.disableServers([a, b]),
  'legacy config': a => legacy.writeConfig(a),
  'legacy tools': (a, b) => legacy.enableTools([a], b),
  'legacy tools off': (a, b) => legacy.disableTools([a], b),
  'legacy catalog show': a => legacy.showCatalog(a),
  'legacy catalog create': a => legacy.createCatalog(a),
  'legacy catalog rm': a => legacy.removeCatalog(a),
  'legacy catalog import': a => legacy.importCatalog(a),
  'legacy catalog export': (a, b) => legacy.exportCatalog(a, `/${b}.yaml`),
  'legacy catalog add': (a, b) => legacy.addToCatalog({ catalog: a, server: b, file: '/f.yaml' }),
  'legacy catalog fork': (a, b) => legacy.forkCatalog(a, b),
};

const nasty = fc.constantFrom(
  ...['-', '--', '-h', '--help', '--format', '--format=yaml', '--profile', '-e', '--server=docker://x', '---\na: 1'],
  ...[
    '$(touch x)',
    '`id`',
    '; rm -rf /',
    'a b',
    'a,b',
    'a:b',
    'a+b',
    'a=b',
    '*',
    '..',
    '../..',
    'a\nb',
    'a\0b',
    '',
    ' ',
  ],
  ...[
    'io.github.x/y',
    'probe',
    'a.yaml',
    'https://x.example/y',
    'https://u:p@x.example',
    '/etc/passwd',
    '\u202ea',
    '%PATH%',
  ],
);
const anything = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  nasty,
  fc.stringMatching(/^[a-z0-9._/-]{1,30}$/),
);

/** The plan, or undefined if it was refused in words. */
function tryPlan(make: Fill, one: string, two: string): Plan | undefined {
  try {
    return make(one, two);
  } catch (error) {
    assert.ok(error instanceof AnswerError && error.failure === 'refused', String(error));
    assert.ok(error.operation && error.subject && error.next, 'it says what, why and what to do');
    return undefined;
  }
}

const isFlag = (word: string): boolean => word.startsWith('-');

describe('a value in a command', () => {
  for (const [name, make] of Object.entries(plans))
    it(`is refused or stays one argument that is no flag: ${name}`, () => {
      // What the command looks like with values that nobody can object to; the flags are the plan's own.
      const usual = tryPlanOf(make);
      fc.assert(
        fc.property(anything, anything, (one, two) => {
          const plan = tryPlan(make, one, two);
          if (!plan) return;
          assert.equal(findRefusal(plan.args, allowedCommands), undefined, 'the runner takes what a plan has made');
          assert.deepEqual(plan.args.filter(isFlag).map(bare), usual.args.filter(isFlag).map(bare));
          assert.equal(plan.args.length, usual.args.length, 'no value has become two, and none has gone');
        }),
        { numRuns: 300 },
      );
    });

  it('is never a secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), value => {
        const { args, stdin } = secrets.setSecret('server.key', value);
        assert.equal(stdin, value);
        assert.deepEqual(args, ['mcp', 'secret', 'set', 'server.key']);
      }),
    );
    const token = 'canary-token-0123456789';
    const launch = gatewayLaunch(
      {
        source: { ...files, secrets: 'descriptor' },
        transport: 'streaming',
        token,
        secretLines: 'a.key=canary-secret\n',
      },
      flags,
    );
    assert.ok(!launch.args.join(' ').includes('canary'));
    assert.deepEqual(launch.environment, { MCP_GATEWAY_AUTH_TOKEN: token });
    assert.deepEqual(launch.secrets, [token, 'canary-secret'], 'nobody has to name them to have them hidden');
  });

  it('is JSON where it is a setting, so that a text of digits stays a text', () => {
    const { args } = profiles.setProfileConfig('p', [{ server: 's', key: 'region', value: '12' }]);
    assert.ok(args.includes('s.region="12"'));
  });

  it('may not be the setting or the tool of a server with a dot in its name', () => {
    const server = 'io.github.acme/tool';
    for (const make of [
      () => profiles.setProfileConfig('p', [{ server, key: 'region', value: 'eu' }]),
      () => profiles.changeProfileTools('p', { disable: [{ server, tool: 'echo' }] }),
    ])
      assert.throws(
        make,
        (error: unknown) => error instanceof AnswerError && /dot in its name/.test(error.subject ?? ''),
      );
    assert.ok(profiles.changeProfileTools('p', { disableAll: [server] }).args.includes(server));
  });
});

/** With values that fit its grammars. */
function tryPlanOf(make: Fill): Plan {
  const values = ['a', 'a.yaml', '/a', '/a.json', 'https://a.example', '{}', '1'];
  for (const one of values)
    for (const two of values) {
      const plan = tryPlan(make, one, two);
      if (plan) return plan;
    }
  throw new Error('no value fits this plan');
}

/** A flag without the value that is part of it. */
const bare = (flag: string): string => flag.replace(/=.*/s, '=');
