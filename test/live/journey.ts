// A server's whole way: catalog, profile, install, gateway, tools, a call, changes, stop, and nothing left.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RunningDaemon, startDaemon, waitForOperation } from '../support/daemon.ts';
import { chooseTool, exampleOf } from './example-arguments.ts';
import type { Report } from './report.ts';
import type { DockerHome } from './requirements.ts';

/** All names are this run's own, so that nothing of the person is met and all of it can be found again. */
const createNames = () => {
  const mark = randomBytes(3).toString('hex');
  return {
    server: `quayside-live-${mark}`,
    catalog: `quayside-live/catalog-${mark}:v1`,
    profile: `Quayside Live ${mark}`,
  };
};
type Names = ReturnType<typeof createNames>;

const variable = 'QUAYSIDE_LIVE_GREETING';

const catalogOf = ({ server }: Names, image: string): string =>
  stringify({
    name: server,
    displayName: 'Quayside live tests',
    registry: {
      [server]: {
        title: 'Quayside live test',
        description: 'The image that the live tests were given.',
        type: 'server',
        image,
        env: [{ name: variable, value: `{{${server}.greeting}}` }],
        config: [
          {
            name: server,
            description: 'Something to set',
            type: 'object',
            properties: { greeting: { type: 'string', description: 'Handed to the server as a variable' } },
          },
        ],
      },
    },
  });

/** Everything that the daemon does, and then the traces of it. */
export async function describeJourney(report: Report, home: DockerHome, image: string): Promise<void> {
  const names = createNames();
  const daemon = await report.check(
    'the daemon starts in a fresh home',
    () => startDaemon({ home: join(home.path, 'quayside'), environment: home.environment }),
    { isNeeded: true },
  );
  if (!daemon) return;
  try {
    await travel(report, home, daemon, names, image);
  } finally {
    report.goOn();
    await report.check('the daemon ends', () => daemon.stop());
    await checkNothingLeft(report, home, names);
  }
}

async function travel(report: Report, home: DockerHome, { api }: RunningDaemon, names: Names, image: string) {
  const isNeeded = true;
  await report.check(
    'it finds the plugin, its dialect and the engine',
    async () => {
      const status = await api.probeDocker({});
      assert.equal(status.plugin.dialect, home.dialect);
      assert.equal(status.engine.reachable, true);
      assert.equal(status.available, true, status.problem?.detail);
    },
    { isNeeded },
  );
  const catalog = await report.check(
    'a catalog is made of a file',
    () =>
      api.createCatalog({
        body: {
          ref: names.catalog,
          title: 'Quayside live tests',
          from: { type: 'file', content: catalogOf(names, image) },
        },
      }),
    { isNeeded },
  );
  const entry = await report.check(
    'its entry is found by a search',
    async () => {
      const { items } = await api.listCatalog({ query: { catalog: catalog?.id ?? '', q: names.server } });
      assert.equal(items.length, 1);
      return items[0];
    },
    { isNeeded },
  );
  const profile = await report.check(
    'a profile takes it',
    async () => {
      if (home.dialect === 'legacy') return 'default';
      return (await api.createProfile({ body: { name: names.profile } })).id;
    },
    { isNeeded },
  );
  const id = names.server;
  await report.check(
    'it is installed and started',
    async () => {
      const body = {
        kind: 'install',
        from: { catalogEntry: entry?.id ?? '' },
        profile: profile ?? '',
        serverId: id,
        configuration: { settings: { greeting: 'hello' } },
        start: true,
      } as const;
      const { id: operation } = await api.createOperation({ body });
      const done = await waitForOperation(api, operation);
      assert.equal(done.state, 'succeeded', done.problem?.detail);
    },
    { isNeeded },
  );
  await report.check(
    'its gateway runs, and the server is ready in it',
    async () => {
      const gateway = await api.getGateway({ params: { profile: profile ?? '' } });
      assert.equal(gateway.state, 'running', gateway.problem?.detail);
      assert.equal(gateway.servers.find(({ serverId }) => serverId === id)?.state, 'ready');
    },
    { isNeeded },
  );
  await travelOn(report, home, api, id, profile ?? '');
  await report.check('the server is removed', () => api.deleteServer({ params: { id } }));
  await report.check('the profile and the catalog are removed', async () => {
    if (home.dialect === 'profile') await api.deleteProfile({ params: { id: profile ?? '' } });
    await api.deleteCatalog({ params: { id: catalog?.id ?? '' } });
  });
}

async function travelOn(report: Report, home: DockerHome, api: RunningDaemon['api'], id: string, profile: string) {
  const tool = await report.check(
    'its tools are listed',
    async () => {
      const { items } = await api.listServerTools({ params: { id }, query: {} });
      assert.ok(items.length > 0, 'the image has no tools');
      return chooseTool(items);
    },
    { isNeeded: true },
  );
  if (!tool) return;
  await report.check(`the tool ${tool.name} is called`, async () => {
    const values = exampleOf(tool.inputSchema) as Record<string, unknown>;
    const result = await api.callTool({ params: { id, tool: tool.name }, body: { arguments: values } });
    assert.ok(Array.isArray(result.content));
  });
  await report.check('a text that looks like a number is kept as a text', async () => {
    await api.updateServer({ params: { id }, body: { configuration: { settings: { greeting: '12' } } } });
    assert.strictEqual(await readSetting(home, id, profile), '12');
  });
  await report.check('a tool that is switched off is off for Docker too', async () => {
    await api.updateTool({ params: { id, tool: tool.name }, body: { enabled: false } });
    const kept = await readTools(home, id, profile);
    assert.ok(Array.isArray(kept) && !kept.includes(tool.name), `Docker has ${JSON.stringify(kept)}`);
    await api.updateTool({ params: { id, tool: tool.name }, body: { enabled: true } });
  });
  await report.check('its gateway stops, and no container of it stays', async () => {
    const gateway = await api.stopGateway({ params: { profile } });
    assert.equal(gateway.state, 'stopped');
    assert.deepEqual(await findContainers(home, id), []);
  });
}

/** What docker mcp itself says, not what the daemon believes. */
async function readServer(home: DockerHome, name: string, profile: string) {
  const { stdout, stderr } = await home.docker('mcp', 'profile', 'show', profile, '--format', 'json');
  if (!stdout) throw new Error(stderr);
  const { servers } = JSON.parse(stdout);
  return servers.find((server: { snapshot: { server: { name: string } } }) => server.snapshot.server.name === name);
}

async function readYaml(home: DockerHome, file: string): Promise<Record<string, unknown>> {
  const { readFile } = await import('node:fs/promises');
  const { parse } = await import('yaml');
  return parse(await readFile(join(home.path, '.docker', 'mcp', file), 'utf8')) ?? {};
}

async function readSetting(home: DockerHome, name: string, profile: string): Promise<unknown> {
  if (home.dialect === 'profile') return (await readServer(home, name, profile)).config?.greeting;
  return ((await readYaml(home, 'config.yaml'))[name] as { greeting?: unknown } | undefined)?.greeting;
}

async function readTools(home: DockerHome, name: string, profile: string): Promise<unknown> {
  if (home.dialect === 'profile') return (await readServer(home, name, profile)).tools;
  return (await readYaml(home, 'tools.yaml'))[name];
}

async function findContainers(home: DockerHome, name: string): Promise<string[]> {
  const { stdout } = await home.docker('ps', '--all', '--quiet', '--filter', `label=docker-mcp-name=${name}`);
  return stdout.split('\n').filter(Boolean);
}

async function checkNothingLeft(report: Report, home: DockerHome, names: Names): Promise<void> {
  await report.check('docker mcp has neither the server nor its catalog any more', async () => {
    const commands = {
      profile: [
        ['profile', 'list', '--format', 'json'],
        ['catalog', 'list', '--format', 'json'],
      ],
      legacy: [['server', 'ls', '--json']],
    };
    for (const words of commands[home.dialect]) {
      const { exitCode, stdout, stderr } = await home.docker('mcp', ...words);
      assert.equal(exitCode, 0, stderr);
      assert.ok(!stdout.includes(names.server) && !stdout.includes(names.catalog), stdout);
    }
  });
  await report.check('no container is left', async () => {
    const left = await findContainers(home, names.server);
    // Also when it failed, nothing of a test may stay on a person's engine.
    for (const container of left) await home.docker('rm', '--force', container);
    assert.deepEqual(left, []);
  });
}
