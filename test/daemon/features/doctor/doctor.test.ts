import assert from 'node:assert/strict';
import { doctorHandlers } from '../../../../daemon/features/doctor/doctor.routes.ts';
import { createDoctor } from '../../../../daemon/features/doctor/doctor.service.ts';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import type { DoctorCheck } from '../../../../shared/api/doctor.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { createHandlersApp, type HandlersApp } from '../../../support/handlers-app.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';
import { aGateway, aServer, createNeeds, type FakeNeeds, healthyDocker } from './fake-needs.ts';

const dockerWith = (change: Partial<DockerStatus>) => () => ({ ...healthyDocker, ...change });

describe('The doctor', () => {
  let folder: TemporaryFolder;
  let needs: FakeNeeds;
  let app: HandlersApp;
  before(async () => {
    folder = await createTemporaryFolder('doctor');
  });
  after(() => folder.remove());

  const withNeeds = (change: Parameters<typeof createNeeds>[1] = {}) => {
    needs = createNeeds(folder.path, change);
    app = createHandlersApp(doctorHandlers(createDoctor(needs)));
  };
  const examine = async (change: Parameters<typeof createNeeds>[1]): Promise<Map<string, DoctorCheck>> => {
    withNeeds(change);
    const { checks } = await app.api.runDoctor();
    assert.deepEqual(app.failures, []);
    return new Map(checks.map(check => [check.id, check]));
  };

  it('finds nothing in good health, in the order of its checks, and changes nothing', async () => {
    withNeeds();
    const { checks, state } = await app.api.runDoctor();
    // Port, disk, proxy and docker-init are those of the machine that runs the tests.
    const ofMachine = new Set(['gateways.port', 'daemon.disk', 'docker.init']);
    assert.deepEqual(
      checks.filter(({ id, state: each }) => each !== 'ok' && !ofMachine.has(id)).map(({ id, detail }) => [id, detail]),
      [],
    );
    assert.notEqual(state, 'error');
    assert.equal(checks[0]?.id, 'daemon.node');
    assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length);
    assert.deepEqual(needs.done, []);
  });

  it('skips what says nothing without docker, and says why', async () => {
    const problem = toProblem('DOCKER_001', { detail: 'There is no docker command on PATH.', next: 'Install Docker.' });
    const docker = { path: null, version: null };
    const plugin = { ...healthyDocker.plugin, installed: false };
    const rows = await examine({ dockerStatus: dockerWith({ available: false, problem, docker, plugin }) });
    assert.equal(rows.get('docker.command')?.state, 'error');
    assert.match(String(rows.get('docker.command')?.fix?.label), /Install Docker/);
    for (const id of [
      'docker.plugin',
      'docker.version',
      'docker.engine',
      'docker.usable',
      'servers.images',
      'containers.orphans',
    ]) {
      assert.equal(rows.get(id)?.state, 'skipped', id);
      assert.match(String(rows.get(id)?.cause), /^It needs this first: /);
    }
    assert.equal(rows.get('tools.clashes')?.state, 'ok');
  });

  it('explains why the user may not use the engine', async () => {
    const problem = toProblem('DOCKER_004', { detail: 'Your user may not use the engine.' });
    // Any socket-like path will do to find a group: the state folder's.
    const engine = { ...healthyDocker.engine, reachable: false, host: `unix://${folder.path}` };
    const rows = await examine({ dockerStatus: dockerWith({ available: false, problem, engine }) });
    const row = rows.get('docker.engine');
    assert.equal(row?.state, 'error');
    assert.match(String(row?.detail), /belongs to the group "\w+"/);
    assert.match(String(row?.fix?.command), /^sudo usermod -aG \w+ /);
    assert.match(String(row?.cause), /rootless/);
  });

  const warning = (code: 'DOCKER_005' | 'DOCKER_016') => toProblem(code, { detail: 'Found.', next: 'Do this.' });
  const slot = { name: 'github.token', environmentVariable: 'GITHUB_TOKEN', description: null, required: true };
  const tool = (name: string) => ({ tools: [{ name }] });
  const reference = { secretId: 's', environmentVariable: 'GITHUB_TOKEN', required: true };
  const schema = { type: 'object', required: ['region'], properties: { region: { type: 'string' } } };

  const cases: [what: string, change: Parameters<typeof createNeeds>[1], id: string, state: string, words: RegExp][] = [
    [
      'an unsafe version',
      {
        dockerStatus: dockerWith({
          plugin: { ...healthyDocker.plugin, safe: false },
          warnings: [warning('DOCKER_016')],
        }),
      },
      'docker.version',
      'warning',
      /Found/,
    ],
    [
      'an engine that is not handed on',
      { dockerStatus: dockerWith({ warnings: [warning('DOCKER_005')] }) },
      'docker.context',
      'error',
      /Found/,
    ],
    ['own tools', { dockerStatus: dockerWith({ ownTools: true }) }, 'docker.own-tools', 'warning', /dynamic-tools/],
    ['no catalog', { catalogs: async () => [] }, 'catalogs.entries', 'warning', /no catalog/],
    [
      'an empty catalog',
      {
        catalogs: async () => [
          { ref: 'lab/x:v1', title: '', engine: 'docker', entries: 0, problem: null, cached: false },
        ],
      },
      'catalogs.entries:lab/x:v1',
      'warning',
      /no entries/,
    ],
    [
      'a clock that differs',
      { docker: { ...createNeeds('/').docker, engineTime: async () => new Date(Date.now() + 90_000).toISOString() } },
      'docker.clock',
      'warning',
      /ahead/,
    ],
    [
      'missing settings',
      { servers: () => [aServer('a', { settingsSchema: schema })] },
      'servers.settings:a',
      'error',
      /region is required/,
    ],
    [
      'settings of the wrong type',
      {
        servers: () => [
          aServer('a', {
            settingsSchema: schema,
            configuration: { ...aServer('a').configuration, settings: { region: 12 } },
          }),
        ],
      },
      'servers.settings:a',
      'error',
      /region must be a text/,
    ],
    [
      'missing secrets',
      { servers: () => [aServer('a', { secretSlots: [slot] })] },
      'servers.secrets:a',
      'error',
      /github\.token \(GITHUB_TOKEN\)/,
    ],
    [
      'secrets without a value',
      {
        secretHasValue: () => false,
        servers: () => [
          aServer('a', {
            secretSlots: [slot],
            configuration: { ...aServer('a').configuration, secretReferences: [reference] },
          }),
        ],
      },
      'servers.secrets:a',
      'error',
      /GITHUB_TOKEN/,
    ],
    [
      'a folder that is not allowed',
      { servers: () => [aServer('a', { definition: { volumes: ['/home/me:/data'] } })] },
      'servers.folders:a',
      'error',
      /\/home\/me is not below/,
    ],
    [
      'an absent image',
      { images: { find: async () => undefined }, servers: () => [aServer('a')] },
      'servers.images:',
      'warning',
      /not on the engine/,
    ],
    [
      'an image for another machine',
      { images: { find: async () => ({ mismatch: 'It is made for arm64.' }) }, servers: () => [aServer('a')] },
      'servers.images:',
      'error',
      /arm64/,
    ],
    [
      'tools of one name, in profile mode',
      {
        gateways: { ...createNeeds('/').gateways, list: () => [aGateway({ mode: 'profile' })] },
        servers: () => [aServer('a', { definition: tool('x') }), aServer('b', { definition: tool('x') })],
      },
      'tools.clashes:dev',
      'error',
      /x of a and b/,
    ],
    [
      'tools of one name, in file mode',
      { servers: () => [aServer('a', { definition: tool('x') }), aServer('b', { definition: tool('x') })] },
      'tools.clashes:dev',
      'ok',
      /x of a and b/,
    ],
    [
      'a gateway that keeps ending',
      { gateways: { ...createNeeds('/').gateways, list: () => [aGateway({ state: 'crash-looping' })] } },
      'gateways.state:dev',
      'error',
      /does not run/,
    ],
    [
      'orphans',
      { sweep: async dryRun => ({ removed: [{ id: 'a'.repeat(12), server: 'echo', image: 'i' }], left: [], dryRun }) },
      'containers.orphans',
      'warning',
      /1 container .* echo/,
    ],
    [
      'left-over files',
      { leftovers: { find: async () => ['/x/quayside-1.yaml'], remove: async () => {} } },
      'gateways.files',
      'warning',
      /quayside-1/,
    ],
    [
      'a failed server',
      {
        servers: () => [
          aServer('a', {
            server: { state: 'failed', problem: toProblem('SERVER_004', { detail: 'It cannot start.' }) },
          }),
        ],
      },
      'servers.state:a',
      'error',
      /cannot start/,
    ],
    [
      'a weak vault',
      { vaultWarnings: () => [toProblem('SECRET_011', { detail: 'The key lies beside the lock.' })] },
      'vault.state',
      'warning',
      /beside the lock/,
    ],
    [
      'a proxy without exceptions',
      { environment: { HTTPS_PROXY: 'http://proxy:1' } },
      'daemon.proxy',
      'warning',
      /NO_PROXY/,
    ],
    [
      'a certificate that is not there',
      { environment: { NODE_EXTRA_CA_CERTS: '/nowhere.pem' } },
      'daemon.proxy',
      'warning',
      /cannot be read/,
    ],
  ];
  for (const [what, change, id, state, words] of cases) {
    it(`finds ${what}`, async () => {
      const rows = await examine(change);
      const row = rows.get(id) ?? [...rows.values()].find(each => id.endsWith(':') && each.id.startsWith(id));
      assert.equal(row?.state, state, JSON.stringify(row));
      assert.match(String(row?.detail), words);
      if (state !== 'ok') assert.ok(row?.cause || row?.fix, 'neither a cause nor a way out');
    });
  }

  it('finds WSL without an engine', async () => {
    const engine = { ...healthyDocker.engine, reachable: false };
    const status = dockerWith({ available: false, problem: warning('DOCKER_005'), engine });
    const { docker } = createNeeds(folder.path, { dockerStatus: status });
    const surroundings = async () => ({ insideContainer: false, wsl: true });
    const rows = await examine({ docker: { ...docker, surroundings } });
    assert.match(String(rows.get('docker.surroundings')?.detail), /WSL/);
    assert.match(String(rows.get('docker.surroundings')?.fix?.label), /WSL integration/);
  });

  it('bounds each check and all of them, and goes on when one of them breaks', async () => {
    const failures: string[] = [];
    const broken = createNeeds(folder.path, {
      sweep: () => new Promise(() => {}),
      catalogs: async () => {
        throw new Error('canary-in-error');
      },
      onFailure: (_error, what) => void failures.push(what),
    });
    const report = await createDoctor(broken, { each: 200, all: 400 }).run();
    const rows = new Map(report.checks.map(check => [check.id, check]));
    assert.match(String(rows.get('containers.orphans')?.detail), /no answer in time/);
    assert.match(String(rows.get('catalogs.entries')?.cause), /check itself failed/);
    assert.deepEqual(failures, ['doctor catalogs.entries']);
    assert.ok(!JSON.stringify(report).includes('canary-in-error'));
    assert.equal(rows.get('servers.settings')?.state, 'ok');
  });
});
