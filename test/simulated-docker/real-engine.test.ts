// The gateway of the simulated docker over a real engine: containers, their labels, and what stays of them.
import assert from 'node:assert/strict';
import type { TestEngine } from '../support/docker-engine/engine.ts';
import { mcpImage } from '../support/docker-engine/images.ts';
import { sharedEngineWithServer } from '../support/docker-engine/shared.ts';
import { until } from '../support/in-process-daemon.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { type GatewayProcess, hello, startGateway } from './gateway-process.ts';

const server = 'simulated-on-real';

describe('the simulated docker over a real engine', () => {
  let engine: TestEngine;
  let docker: SimulatedDocker;
  let gateway: GatewayProcess | undefined;

  before(async function prepare() {
    this.timeout(60_000);
    engine = await sharedEngineWithServer();
  });
  beforeEach(async () => {
    docker = await createSimulatedDocker({ dialect: 'profile', engine: { host: engine.host } });
    await docker.writeCatalog('real', { [server]: { image: mcpImage, secrets: [{ name: 'a.key', env: 'A_KEY' }] } });
  });
  afterEach(async () => {
    gateway?.child.kill('SIGKILL');
    gateway = undefined;
    for (const { Id } of await containers()) await engine.docker.getContainer(Id).remove({ force: true });
    await docker.close();
  });

  const containers = () =>
    engine.docker.listContainers({ all: true, filters: { label: [`docker-mcp-name=${server}`] } });
  const start = async (...flags: string[]) => {
    gateway = startGateway(docker, ['--catalog=real.yaml', `--servers=${server}`, ...flags]);
    await gateway.ask(1, 'initialize', hello);
    return gateway;
  };

  it('passes other commands on to the real docker', async () => {
    assert.equal((await docker.run(['image', 'inspect', mcpImage])).exitCode, 0);
    const { stdout } = await docker.run(['context', 'show']);
    assert.equal(stdout, 'simulated\n');
  });

  it('runs one labelled container for a session, with nothing of its own environment', async () => {
    const running = await start('--long-lived');
    const { result } = await running.ask(2, 'tools/call', { name: 'started', arguments: {} });
    const { environment } = JSON.parse(result.content[0].text);
    assert.equal(environment.A_KEY, '<UNKNOWN>');
    assert.equal(environment.DOCKER_CONFIG, undefined);
    const [found, ...more] = await containers();
    assert.equal(more.length, 0);
    assert.equal(found?.Labels['docker-mcp'], 'true');
    assert.equal(found?.Labels['docker-mcp-transport'], 'stdio');
    running.child.stdin?.end();
    assert.equal(await running.ended, 0);
    await until(async () => (await containers()).length === 0, 'the end of its container');
  });

  it('removes the container of each call when it is not long-lived', async () => {
    const running = await start();
    const { result } = await running.ask(2, 'tools/call', { name: 'echo', arguments: { message: 'hi' } });
    assert.equal(result.content[0].text, 'Echo: hi');
    assert.deepEqual(await containers(), []);
  });

  it('cannot start servers on an engine that only DOCKER_HOST names', async () => {
    const other = await createSimulatedDocker({ dialect: 'profile', engine: { host: 'unix:///nowhere/docker.sock' } });
    try {
      await other.writeCatalog('real', { [server]: { image: mcpImage } });
      const words = ['mcp', 'gateway', 'run', '--catalog=real.yaml', `--servers=${server}`, '--dry-run', '--verbose'];
      const { exitCode, stderr } = await other.run(words, { environment: { DOCKER_HOST: engine.host } });
      assert.equal(exitCode, 0);
      assert.match(stderr, new RegExp(`- ${server}: docker: Cannot connect to the Docker daemon at unix:///nowhere`));
      assert.match(stderr, new RegExp(`> Can't start ${server}: failed to connect: calling "initialize": EOF`));
    } finally {
      await other.close();
    }
  });
});
