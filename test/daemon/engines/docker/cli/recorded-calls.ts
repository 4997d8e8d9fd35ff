// What is asked by the functions that the rest of the daemon uses, by the recording that answers it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DockerCli } from '../../../../../daemon/engines/docker/cli/docker-cli.ts';
import { dockerEnvironment } from '../../../../../daemon/engines/docker/cli/docker-environment.ts';
import type { ReplayedCli } from '../../../../support/replay/replayed-cli.ts';

type Act = (cli: DockerCli, replayed: ReplayedCli) => Promise<unknown>;
type Expect = (answer: never, replayed: ReplayedCli) => void;

const files = (work: string) => ({
  catalog: 'local.yaml',
  servers: ['probe'],
  secrets: `${work}/lab.env`,
  config: `${work}/lab-config.yaml`,
});

/** By the recording: what is called, and what comes of it. Where nothing is expected, nothing is answered. */
export const recordedCalls: Record<string, [Act, Expect?]> = {
  'current/probe-version': [cli => cli.probe.version(), version => assert.equal(version, 'HEAD')],
  'current/probe-help': [
    cli => cli.probe.dialect(),
    (answer: { dialect: string; commands: string[] }) => {
      assert.equal(answer.dialect, 'profile');
      assert.ok(answer.commands.includes('template'));
    },
  ],
  'current/probe-plugin-metadata': [
    (cli, { replay }) => cli.probe.pluginMetadata(replay.plugin),
    (metadata: { Version: string }) => assert.equal(metadata.Version, 'HEAD'),
  ],
  'current/probe-docker-info-plugins': [
    cli => cli.probe.plugins(),
    (plugins: { Name: string; Path: string }[], { replay }) =>
      assert.deepEqual(
        plugins.map(({ Name, Path }) => [Name, Path]),
        [['mcp', join(replay.home, '.docker/cli-plugins/docker-mcp')]],
      ),
  ],
  'current/probe-docker-version-json': [
    cli => cli.probe.engine(),
    (engine: { Server: { Version: string }; engineFailure?: string }) => {
      assert.equal(engine.Server.Version, '20.10.24+dfsg1');
      assert.equal(engine.engineFailure, undefined);
    },
  ],
  'current/engine-down-docker-version': [
    cli => cli.probe.engine(),
    (engine: { Client: { Version: string }; Server: null; engineFailure?: string }) => {
      assert.equal(engine.Client.Version, '28.2.2');
      assert.equal(engine.Server, null);
      assert.equal(engine.engineFailure, 'engine-down');
    },
  ],
  'current/gateway-run-help': [
    cli => cli.probe.gatewayFlags(),
    (flags: Set<string>) =>
      assert.ok(['host', 'profile', 'allow-unauthenticated', 'watch'].every(flag => flags.has(flag))),
  ],
  'current/feature-ls': [
    cli => cli.features.list(),
    (features: { name: string; enabled: boolean; description: string }[]) => {
      assert.equal(features.length, 6);
      assert.deepEqual(features[3], {
        name: 'tool-name-prefix',
        enabled: false,
        description: 'Prefix all tool names with server name to avoid conflicts',
      });
    },
  ],
  'current/feature-enable': [cli => cli.features.enable('tool-name-prefix')],
  'current/catalog-list-empty-json': [cli => cli.catalogs.list(), list => assert.deepEqual(list, [])],
  'current/catalog-list-json': [
    cli => cli.catalogs.list(),
    (list: { ref: string }[]) =>
      assert.deepEqual(
        list.map(({ ref }) => ref),
        ['lab/local:v1', 'lab/mine:latest'],
      ),
  ],
  'current/catalog-create-from-file': [
    cli => cli.catalogs.create('lab/local:v1', { kind: 'legacy', source: 'local.yaml' }),
  ],
  'current/catalog-create-empty': [
    cli => cli.catalogs.create('lab/mine', { kind: 'servers', title: 'Mine', servers: [] }),
  ],
  'current/catalog-create-overwrites': [
    cli =>
      cli.catalogs.create('lab/mine', {
        kind: 'servers',
        title: 'Mine again',
        servers: [{ kind: 'catalog', catalog: 'lab/local:v1', names: ['everything'] }],
      }),
  ],
  'current/catalog-remove': [cli => cli.catalogs.remove('lab/ghost:v1')],
  'current/catalog-show-json': [
    cli => cli.catalogs.show('lab/local:v1'),
    (catalog: { servers: { snapshot: { server: { name: string; secrets: unknown } } }[]; digest: string }) => {
      assert.equal(catalog.servers.length, 7);
      assert.match(catalog.digest, /^[0-9a-f]{64}$/);
      const probe = catalog.servers.find(({ snapshot }) => snapshot.server.name === 'probe');
      assert.deepEqual(probe?.snapshot.server.secrets, [{ name: 'probe.api_key', env: 'PROBE_API_KEY' }]);
    },
  ],
  'current/catalog-server-ls-json': [
    cli => cli.catalogs.servers('lab/local:v1', { name: 'probe' }),
    (answer: { catalog: string; servers: unknown[] }) =>
      assert.deepEqual([answer.catalog, answer.servers.length], ['lab/local:v1', 1]),
  ],
  'current/catalog-server-inspect-json': [
    cli => cli.catalogs.inspectServer('lab/local:v1', 'probe'),
    (server: { image: string }) => assert.equal(server.image, 'mcp-local/probe:1'),
  ],
  'current/catalog-server-add': [
    cli => cli.catalogs.addServers('lab/mine', [{ kind: 'catalog', catalog: 'lab/local:v1', names: ['probe'] }]),
  ],
  'current/catalog-server-remove': [cli => cli.catalogs.removeServers('lab/mine', ['probe'])],
  'current/catalog-push': [cli => cli.catalogs.push('localhost:5055/lab/catalog:v1')],
  'current/catalog-pull': [cli => cli.catalogs.pull('localhost:5055/lab/catalog:v1')],
  'current/template-list-json': [
    cli => cli.catalogs.templates(),
    (templates: { id: string }[]) =>
      assert.deepEqual(
        templates.map(({ id }) => id),
        ['ai-coding', 'dev-workflow', 'terminal-control'],
      ),
  ],
  'current/profile-list-empty-json': [cli => cli.profiles.list(), list => assert.deepEqual(list, [])],
  'current/profile-list-json': [
    cli => cli.profiles.list(),
    (list: { id: string; servers: unknown[] }[]) =>
      assert.deepEqual(
        list.map(({ id, servers }) => [id, servers.length]),
        [
          ['dev_tools', 0],
          ['everything', 1],
        ],
      ),
  ],
  'current/profile-create': [
    cli => cli.profiles.create({ name: 'Dev Tools' }),
    answer => assert.deepEqual(answer, { id: 'dev_tools' }),
  ],
  'current/profile-create-with-server': [
    cli =>
      cli.profiles.create({
        name: 'Everything',
        id: 'everything',
        servers: [{ kind: 'catalog', catalog: 'lab/local:v1', names: ['everything'] }],
      }),
    answer => assert.deepEqual(answer, { id: 'everything' }),
  ],
  'current/profile-create-from-file': [
    cli => cli.profiles.create({ name: 'dotted', servers: [{ kind: 'file', file: 'dotted.json' }] }),
    answer => assert.deepEqual(answer, { id: 'dotted' }),
  ],
  'current/profile-remove': [cli => cli.profiles.remove('everything')],
  'current/profile-show-json': [
    cli => cli.profiles.show('dev_tools'),
    (profile: { servers: { tools: string[] | null; config?: unknown }[] }) =>
      assert.deepEqual(profile.servers[0]?.config, {
        limits: { max: 5 },
        paths: ['/a', '/b'],
        region: 'eu',
        verbose: true,
      }),
  ],
  'current/profile-show-clients-connected-json': [
    cli => cli.profiles.clients('dev_tools'),
    (clients: Record<string, { dockerMCPCatalogConnected: boolean }>) =>
      assert.equal(clients['vscode']?.dockerMCPCatalogConnected, true),
  ],
  'current/profile-server-add': [
    cli =>
      cli.profiles.addServers('dev_tools', [{ kind: 'catalog', catalog: 'lab/local:v1', names: ['probe', 'memory'] }]),
  ],
  'current/profile-server-add-image': [
    cli => cli.profiles.addServers('dev_tools', [{ kind: 'image', image: 'mcp-local/probe:1' }]),
  ],
  'current/profile-server-ls-json': [
    cli => cli.profiles.servers({ profile: 'dev_tools', name: 'mem' }),
    (list: { id: string; servers: { tools: null }[] }[]) =>
      assert.deepEqual(
        list.map(({ id, servers }) => [id, servers[0]?.tools]),
        [['dev_tools', null]],
      ),
  ],
  'current/engine-down-in-container-profile-list': [
    (_cli, { runner, replay }) =>
      runner.run({
        operation: 'list',
        args: ['mcp', 'profile', 'server', 'ls', '--format', 'json', '--filter', 'name=memory'],
        kind: 'read',
        time: 'quick',
        environment: dockerEnvironment(replay.environment, { inContainer: true }),
        parse: ({ stdout }) => JSON.parse(stdout),
      }),
    (list: unknown[]) => assert.ok(list.length > 0),
  ],
  'current/profile-server-remove': [cli => cli.profiles.removeServers('dev_tools', ['probe-self'])],
  'current/profile-config-get-all-json': [
    cli => cli.profiles.config('dev_tools'),
    (config: Record<string, unknown>) => assert.equal(config['probe.limits.max'], 5),
  ],
  'current/profile-config-set-quoted-string': [
    cli => cli.profiles.setConfig('dev_tools', [{ server: 'probe', key: 'region', value: '12' }]),
  ],
  'current/profile-config-del': [cli => cli.profiles.deleteConfig('dev_tools', [{ server: 'probe', key: 'unknown' }])],
  'current/profile-tools-disable': [
    cli => cli.profiles.changeTools('dev_tools', { disable: [{ server: 'probe', tool: 'probe_die' }] }),
  ],
  'current/profile-tools-enable-from-all': [
    cli => cli.profiles.changeTools('dev_tools', { enable: [{ server: 'probe', tool: 'probe_echo' }] }),
  ],
  'current/profile-tools-enable-all': [cli => cli.profiles.changeTools('dev_tools', { enableAll: ['probe'] })],
  'current/profile-export': [
    cli => cli.profiles.exportDocument('dev_tools'),
    (profile: { id: string; servers: { catalogRef: string }[] }) =>
      assert.deepEqual([profile.id, profile.servers[0]?.catalogRef], ['dev_tools', 'lab/local:v1']),
  ],
  'current/profile-import': [
    cli => cli.profiles.importDocument({ id: 'dev_tools', name: 'Dev Tools', servers: [] }),
    answer => assert.deepEqual(answer, { id: 'dev_tools' }),
  ],
  'current/client-ls-global-json': [
    cli => cli.clients.list({ scope: 'global' }),
    (clients: Record<string, { isInstalled: boolean }>) => assert.equal(clients['vscode']?.isInstalled, false),
  ],
  'current/client-ls-project-json': [
    (cli, { replay }) => cli.clients.list({ scope: 'project', folder: replay.work }),
    (clients: Record<string, { profile: string }>) => assert.equal(clients['vscode']?.profile, 'dev_tools'),
  ],
  'current/client-connect-vscode-global': [
    cli => cli.clients.connect('vscode', { scope: 'global', profile: 'dev_tools' }),
  ],
  'current/client-connect-cursor-jsonc': [
    (cli, { replay }) => cli.clients.connect('cursor', { scope: 'project', folder: replay.work, profile: 'dev_tools' }),
  ],
  'current/client-disconnect-vscode-project': [
    (cli, { replay }) => cli.clients.disconnect('vscode', { scope: 'project', folder: replay.work }),
  ],
  'current/secret-set-stdin-stub-pass': [cli => cli.secrets.set('probe.other', 'from-stdin\n')],
  'current/secret-rm-stub-pass': [cli => cli.secrets.remove(['probe.other'])],
  'current/tools-ls-json': [
    (cli, { replay }) => cli.tools.list(files(replay.work)),
    (tools: { name: string }[]) => assert.ok(tools.some(({ name }) => name === 'probe_add')),
  ],
  'current/tools-count-json': [
    (cli, { replay }) => cli.tools.count(files(replay.work)),
    count => assert.equal(typeof count, 'number'),
  ],
  'current/tools-inspect-json': [
    (cli, { replay }) => cli.tools.inspect('probe_add', files(replay.work)),
    (tool: { name: string }) => assert.equal(tool.name, 'probe_add'),
  ],
  'current/gateway-dry-run-profile-verbose': [
    cli => cli.gateway.dryRun({ source: { mode: 'profile', profile: 'dev_tools' }, transport: 'stdio', verbose: true }),
    (stderr: string) => assert.match(stderr, /Dry run mode enabled/),
  ],
  'current/gateway-dry-run-files': [
    (cli, { replay: { work } }) =>
      cli.gateway.dryRun({
        source: {
          mode: 'files',
          catalog: 'local.yaml',
          servers: ['probe'],
          secrets: `${work}/lab.env`,
          config: `${work}/lab-config.yaml`,
        },
        transport: 'stdio',
        verbose: true,
      }),
    (stderr: string) => assert.match(stderr, / {2}> probe: \(8 tools\)/),
  ],
  'legacy/probe-help': [
    cli => cli.probe.dialect(),
    (answer: { dialect: string }) => assert.equal(answer.dialect, 'legacy'),
  ],
  'legacy/profiles-on-help': [
    cli => cli.probe.dialect(),
    (answer: { dialect: string }) => assert.equal(answer.dialect, 'profile'),
  ],
  'legacy/gateway-run-help': [
    cli => cli.probe.gatewayFlags(),
    (flags: Set<string>) => assert.ok(!flags.has('host') && flags.has('port')),
  ],
  'legacy/server-ls-empty-json': [cli => cli.legacy.servers(), list => assert.deepEqual(list, [])],
  'legacy/server-ls-json': [
    cli => cli.legacy.servers(),
    (list: { name: string; secrets: string }[]) =>
      assert.deepEqual(
        list.map(({ name, secrets }) => [name, secrets]),
        [
          ['everything', 'none'],
          ['probe', 'required'],
          ['remote-oauth', 'none'],
        ],
      ),
  ],
  'legacy/server-inspect': [
    cli => cli.legacy.inspect('probe'),
    (details: { tools: { enabled: boolean }[]; readme: string }) =>
      assert.deepEqual([details.tools.length, details.readme], [2, '# Probe\n\nA test server.\n']),
  ],
  'legacy/server-enable': [cli => cli.legacy.enable(['probe', 'everything'])],
  'legacy/server-disable': [cli => cli.legacy.disable(['remote-oauth'])],
  'legacy/server-reset': [cli => cli.legacy.reset()],
  'legacy/config-read': [
    cli => cli.legacy.readConfig(),
    text => assert.equal(text, 'probe:\n  region: eu\n  limits:\n    max: 5\n'),
  ],
  'legacy/config-write': [cli => cli.legacy.writeConfig('probe:\n  region: eu\n  limits:\n    max: 5\n')],
  'legacy/tools-disable': [cli => cli.legacy.disableTools(['probe_die'])],
  'legacy/tools-enable': [cli => cli.legacy.enableTools(['probe_die'], 'probe')],
  'legacy/tools-ls-json': [
    cli => cli.tools.list({ enabled: true }),
    (tools: unknown[]) => assert.ok(tools.length > 10),
  ],
  'legacy/catalog-ls-json-many': [
    cli => cli.legacy.catalogs(),
    (answer: { catalogs: Record<string, unknown> }) =>
      assert.deepEqual(Object.keys(answer.catalogs), ['docker-mcp', 'local-lab', 'team']),
  ],
  'legacy/catalog-show-json': [
    cli => cli.legacy.showCatalog('docker-mcp'),
    (catalog: { registry: Record<string, { image: string }> }) =>
      assert.equal(catalog.registry['probe']?.image, 'mcp-local/probe:1'),
  ],
  'legacy/catalog-create': [cli => cli.legacy.createCatalog('team')],
  'legacy/client-connect-vscode': [
    (cli, { replay }) => cli.clients.connect('vscode', { scope: 'project', folder: replay.work }),
  ],
  'legacy/gateway-dry-run': [
    cli => cli.gateway.dryRun({ source: { mode: 'enabled' }, transport: 'stdio' }),
    (stderr: string) => assert.match(stderr, /Dry run mode enabled/),
  ],
};
