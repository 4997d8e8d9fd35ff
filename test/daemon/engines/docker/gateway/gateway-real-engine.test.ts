// Gateways over a real engine: the plugin is simulated, containers are containers.
import assert from 'node:assert/strict';
import type { ContainerOwnership } from '../../../../../daemon/engines/docker/api/container-control.ts';
import { createDockerEngine } from '../../../../../daemon/engines/docker/docker.engine.ts';
import type { DockerEngine } from '../../../../../daemon/engines/docker-engine.ts';
import type { Supervisor } from '../../../../../daemon/supervision/supervisor.ts';
import { isProblemError } from '../../../../../shared/api/problem.ts';
import { startTestEngine, type TestEngine } from '../../../../support/docker-engine/engine.ts';
import { buildBusybox, buildMcpServer, mcpImage } from '../../../../support/docker-engine/images.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../../../../support/simulated-docker/simulated-docker.ts';
import { rememberStored } from '../../../../support/stored-secrets.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/temporary-folder.ts';
import { call, planOf, policy, probe, textOf, until } from './gateway-bench.ts';

const serverOf = (name: string) =>
  probe(name, {
    source: { type: 'image', image: mcpImage, digest: null },
    definition: { name, type: 'server', image: mcpImage },
  });

describe('gateways on a real engine', function () {
  this.timeout(90_000);
  let real: TestEngine;
  let docker: SimulatedDocker;
  let folder: TemporaryFolder;
  let engine: DockerEngine;
  let supervisor: Supervisor;
  const states: string[] = [];

  before(async () => {
    real = await startTestEngine('gateway');
    await buildBusybox(real.docker);
    await buildMcpServer(real.docker);
  });
  after(() => real.stop());

  beforeEach(async () => {
    docker = await createSimulatedDocker({ dialect: 'profile', engine: { host: real.host } });
    folder = await createTemporaryFolder('real');
    const rows = new Map<string, ContainerOwnership>();
    const ownership = {
      all: () => [...rows.values()],
      save: (row: ContainerOwnership) => void rows.set(row.containerId, row),
      remove: (id: string) => void rows.delete(id),
    };
    engine = createDockerEngine({
      environment: { ...docker.environment, DOCKER_HOST: real.host },
      home: docker.home,
      stateFolder: folder.path,
      version: '0.0.0',
      memory: { ownership, storedSecrets: rememberStored() },
      onFailure: () => {},
    });
    states.length = 0;
    supervisor = engine.createSupervisor({
      onHealth: (id, { state }) => states.push(`${id} ${state}`),
      onOutput() {},
      onToolsChanged() {},
    });
  });
  afterEach(async () => {
    await engine.close();
    await docker.close();
    await folder.remove();
  });

  const echo = async (name: string, text: string) =>
    textOf(await supervisor.session(name).callTool('echo', { message: text }, call));
  const containers = async () =>
    await real.docker.listContainers({ all: true, filters: { label: ['docker-mcp=true'] } });
  const startBoth = () =>
    Promise.all(['one', 'two'].map(name => supervisor.start(name, planOf(serverOf(name)), policy())));

  it('mark their containers, and leave none when they end', async () => {
    await startBoth();
    assert.match(await echo('one', 'hello'), /hello/);
    const [running] = await containers();
    const inspected = await real.docker.getContainer(running?.Id ?? '').inspect();
    assert.ok(
      inspected.Config.Env.some(each => /^QUAYSIDE_GATEWAY=[0-9a-f]{32}$/.test(each)),
      inspected.Config.Env.join(),
    );
    await Promise.all([supervisor.stop('one'), supervisor.stop('two')]);
    await until(async () => (await containers()).length === 0, 'no container', 20_000);
  });

  it('are started again when they are killed under load; what the dead one left is swept, and nothing else', async () => {
    await real.cli(
      'run',
      '-d',
      '--label',
      'docker-mcp=true',
      '--label',
      'docker-mcp-name=one',
      '--name',
      'foreign',
      'quayside-test/busybox:1',
    );
    await startBoth();
    await Promise.all([echo('one', 'warm'), echo('two', 'warm')]);
    const before = (await containers()).map(({ Id }) => Id);
    const { pid } = engine.gateways.status('dev');
    const load = Array.from({ length: 20 }, (_, index) => echo(index % 2 ? 'one' : 'two', `${index}`));
    process.kill(-(pid ?? 0), 'SIGKILL');
    for (const result of await Promise.allSettled(load))
      if (result.status === 'rejected')
        assert.ok(isProblemError(result.reason) && result.reason.code === 'SERVER_003', String(result.reason));
    const both = () => ['one', 'two'].every(name => supervisor.health(name).state === 'running');
    await until(() => engine.gateways.status('dev').pid !== pid && both(), 'another gateway', 30_000);
    assert.match(await echo('one', 'again'), /again/);
    assert.match(await echo('two', 'again'), /again/);
    const foreign = (await containers()).find(({ Names }) => Names.includes('/foreign'));
    await until(
      async () => (await containers()).every(({ Id }) => Id === foreign?.Id || !before.includes(Id)),
      'the containers of the dead gateway to be gone',
      30_000,
    );
    assert.equal(foreign?.State, 'running');
    await real.cli('rm', '-f', 'foreign');
  });

  it('come back by themselves when the engine was ended and started again', async () => {
    await startBoth();
    assert.match(await echo('one', 'before'), /before/);
    await real.kill();
    await until(
      async () => {
        const failure: unknown = await echo('one', 'while').catch(error => error);
        return isProblemError(failure) ? failure : undefined;
      },
      'a call that fails',
      30_000,
    );
    await real.start();
    await until(async () => /after/.test(await echo('one', 'after').catch(() => '')), 'calls that work', 60_000);
    await until(async () => /after/.test(await echo('two', 'after').catch(() => '')), 'calls of the other', 60_000);
  });
});
