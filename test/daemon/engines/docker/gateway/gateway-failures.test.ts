import assert from 'node:assert/strict';
import { gatewayTimes } from '../../../../../daemon/engines/docker/gateway/profile-gateway.port.ts';
import { isProblemError, problem } from '../../../../../shared/api/problem.ts';
import { isAlive } from '../../../../support/supervised.ts';
import { call, createGatewayBench, type GatewayBench, planOf, policy, probe, textOf, until } from './gateway-bench.ts';

describe('a gateway that fails', () => {
  let bench: GatewayBench;
  afterEach(() => bench[Symbol.asyncDispose]());
  const status = () => bench.gateways.gateways.status('dev');
  const start = (name: string, more = {}, limits = {}) =>
    bench.supervisor.start(name, planOf(probe(name, more)), policy(limits));
  const echo = async (name: string, text: string) =>
    textOf(await bench.supervisor.session(name).callTool('probe_echo', { text }, call));
  const restarted = (pid: number | null) =>
    until(() => status().state === 'running' && status().pid !== pid, 'another process');

  it('is started again when it is killed under load, and calls work after that', async () => {
    bench = await createGatewayBench();
    await Promise.all([start('one'), start('two')]);
    const { pid } = status();
    const load = Array.from({ length: 40 }, (_, index) => echo(index % 2 === 0 ? 'one' : 'two', `text ${index}`));
    process.kill(pid ?? 0, 'SIGKILL');
    for (const result of await Promise.allSettled(load)) {
      if (result.status === 'rejected')
        assert.ok(isProblemError(result.reason) && result.reason.code === 'SERVER_003', String(result.reason));
    }
    await restarted(pid);
    assert.match(await echo('one', 'again'), /again/);
    assert.match(await echo('two', 'again'), /again/);
    assert.deepEqual(bench.states('one'), ['starting', 'running', 'restarting', 'starting', 'running']);
    assert.equal(status().restarts, 1);
    assert.ok(bench.sweeps > 0);
    await until(async () => (await bench.docker.runningContainers()).length <= 2, 'no container of the dead gateway');
  });

  it('is not started again once it ends too often, and says so at each of its servers', async () => {
    bench = await createGatewayBench();
    await start('one');
    for (let round = 1; round <= 5; round++) {
      const { pid } = status();
      process.kill(pid ?? 0, 'SIGKILL');
      await until(
        () => status().pid !== pid && ['running', 'crash-looping'].includes(status().state),
        `round ${round}`,
      );
    }
    assert.equal(status().state, 'crash-looping');
    assert.equal(bench.supervisor.health('one').state, 'crash-looping');
    assert.equal(bench.supervisor.health('one').problem?.code, 'SERVER_008');
    await assert.rejects(async () => bench.supervisor.session('one'), { code: 'SERVER_003' });
    await start('one');
    assert.match(await echo('one', 'a person helps'), /a person helps/);
  });

  it('rests if its server is never to be restarted', async () => {
    bench = await createGatewayBench();
    await start('one', {}, { restart: 'never' });
    process.kill(status().pid ?? 0, 'SIGKILL');
    await until(() => bench.supervisor.health('one').state === 'failed', 'failed');
    assert.equal(status().nextTryAt, null);
  });

  it('waits for an engine that is not there, and runs once it is', async () => {
    bench = await createGatewayBench();
    await bench.docker.setFailure({ engine: 'down' });
    await assert.rejects(start('one'), { code: 'DOCKER_003' });
    assert.equal(bench.supervisor.health('one').state, 'restarting');
    assert.equal(bench.supervisor.health('one').problem?.code, 'DOCKER_003');
    await bench.docker.setFailure({});
    await until(() => bench.supervisor.health('one').state === 'running', 'running');
    assert.match(await echo('one', 'back'), /back/);
  });

  it('waits for an engine also when nothing can be planned without it, and again when it went away', async () => {
    bench = await createGatewayBench();
    let isDown = true;
    const down = problem('DOCKER_003', { detail: 'The engine does not answer.' });
    const plan = async () => {
      if (isDown) throw down;
      return await planOf(probe('one'))();
    };
    await assert.rejects(bench.supervisor.start('one', plan, policy()), { code: 'DOCKER_003' });
    assert.equal(bench.supervisor.health('one').state, 'restarting');
    assert.ok(bench.supervisor.health('one').nextTryAt);
    isDown = false;
    await until(() => bench.supervisor.health('one').state === 'running', 'running');
    isDown = true;
    const { pid } = status();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(() => bench.supervisor.health('one').problem?.code === 'DOCKER_003', 'it waits');
    isDown = false;
    await until(() => bench.supervisor.health('one').state === 'running', 'running again');
    assert.match(await echo('one', 'back'), /back/);
  });

  it('no longer waits for an engine once it is stopped', async () => {
    bench = await createGatewayBench();
    let asked = 0;
    const plan = async () => {
      asked += 1;
      throw problem('DOCKER_003', { detail: 'The engine does not answer.' });
    };
    await assert.rejects(bench.supervisor.start('one', plan, policy()), { code: 'DOCKER_003' });
    await bench.supervisor.stop('one');
    const before = asked;
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(asked, before);
    assert.equal(bench.supervisor.health('one').state, 'stopped');
  });

  it('tells of another reason by what it said last', async () => {
    bench = await createGatewayBench();
    const definition = { ...probe('hub').definition, image: 'mcp/example:latest' };
    await assert.rejects(start('hub', { definition }), { message: /digest/ });
    assert.equal(bench.supervisor.health('hub').state, 'failed');
    assert.equal(status().state, 'failed');
  });

  it('replaces a container that has ended with a new session', async () => {
    bench = await createGatewayBench();
    await start('one');
    assert.match(await echo('one', 'first'), /first/);
    const { pid } = status();
    for (const container of await bench.docker.runningContainers()) process.kill(container.pid, 'SIGKILL');
    const outcome = await echo('one', 'second').catch(error => error);
    if (typeof outcome !== 'string') assert.equal(outcome.code, 'SERVER_003', String(outcome));
    await until(async () => (await echo('one', 'third').catch(() => '')).includes('third'), 'a new container');
    assert.equal(status().pid, pid);
  });

  it('serves those that run while another one hangs', async () => {
    bench = await createGatewayBench();
    await start('one');
    const { pid } = status();
    let isDecided = false;
    const hanging = start('deaf', { command: ['hang'] }, { startSeconds: 2 }).finally(() => {
      isDecided = true;
    });
    hanging.catch(() => {});
    await until(() => bench.gateways.running().length === 2, 'the gateway that shall take over');
    assert.match(await echo('one', 'still'), /still/);
    assert.equal(isDecided, false);
    await assert.rejects(hanging, { code: 'SERVER_005' });
    assert.equal(status().pid, pid);
    assert.equal(bench.gateways.running().length, 1);
    assert.deepEqual(bench.states('one'), ['starting', 'running']);
  });

  it('serves those that run when another one would break the whole start', async () => {
    bench = await createGatewayBench();
    await start('one');
    const { pid } = status();
    const definition = { ...probe('hub').definition, image: 'mcp/example:latest' };
    await assert.rejects(start('hub', { definition }), { message: /digest/ });
    assert.equal(status().state, 'running');
    assert.equal(status().pid, pid);
    assert.match(await echo('one', 'still'), /still/);
    assert.equal(status().servers.find(({ name }) => name === 'hub')?.state, 'left-out');
  });

  it('lets calls end that run while another one takes over', async () => {
    bench = await createGatewayBench();
    await start('one');
    const slow = bench.supervisor.session('one').callTool('probe_slow', { ms: 1_200 }, call);
    await start('two');
    assert.equal((await slow).isError ?? false, false);
  });

  it('tells a call that is cut off by a restart why, and that it may be called again', async () => {
    bench = await createGatewayBench({ supervisor: { gatewayTimes: { ...gatewayTimes, drain: 50 } } });
    await Promise.all([start('one'), start('two')]);
    const slow = bench.supervisor.session('one').callTool('probe_slow', { ms: 15_000 }, call);
    slow.catch(() => {});
    // Until it has reached the server.
    await until(() => bench.gatewayLines.some(line => line.includes('Calling tool')), 'the call');
    await bench.supervisor.stop('two');
    await assert.rejects(slow, { code: 'SERVER_003', message: /because it was given other servers/ });
    assert.match(await echo('one', 'again'), /again/);
  });

  it('ends with everything when its daemon closes it in the middle of a start', async () => {
    bench = await createGatewayBench();
    const starting = start('deaf', { command: ['hang'] });
    starting.catch(() => {});
    await until(() => status().pid !== null, 'a process');
    const { pid } = status();
    await bench.gateways.close();
    await assert.rejects(starting);
    assert.equal(await isAlive(pid ?? 0), false);
  });
});

describe('a gateway with Docker Desktop', () => {
  it('runs from the profile when all of its servers run and Docker has the secrets', async () => {
    await using bench = await createGatewayBench({ status: { platform: 'desktop' } });
    const catalog = await bench.docker.writeCatalog('lab', { one: probe('one').definition });
    const created = await bench.docker.run(['mcp', 'catalog', 'create', 'lab/x:v1', '--from-legacy-catalog', catalog]);
    assert.equal(created.exitCode, 0, created.stderr);
    const words = ['mcp', 'profile', 'create', '--name', 'dev', '--server', 'catalog://lab/x:v1/one'];
    const made = await bench.docker.run(words);
    assert.equal(made.exitCode, 0, made.stderr);
    await bench.gateways.gateways.profileChanged('dev', [probe('one')]);
    await bench.supervisor.start('one', planOf(probe('one')), policy());
    const status = bench.gateways.gateways.status('dev');
    assert.equal(status.mode, 'profile');
    assert.equal(status.editsApply, 'by-restart');
    // Docker's own tools are served in this mode, and no server has them.
    const tools = (await bench.supervisor.session('one').listTools(call)).map(({ name }) => name);
    assert.ok(tools.includes('probe_echo') && !tools.includes('mcp-add'), tools.join());
    await bench.gateways.gateways.profileChanged('dev', [probe('one', { settings: { region: 'south' } })]);
    assert.equal(bench.gateways.gateways.status('dev').changesWaiting, true);
  });
});
