import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../../../support/supervised.ts';
import { call, createGatewayBench, type GatewayBench, planOf, policy, probe, textOf, until } from './gateway-bench.ts';

describe('a gateway of one profile', () => {
  let bench: GatewayBench;
  afterEach(() => bench[Symbol.asyncDispose]());
  const start = (name: string, more = {}) => bench.supervisor.start(name, planOf(probe(name, more)), policy());
  const status = () => bench.gateways.gateways.status('dev');

  it('is started once for servers that are started together, and each has its own tools by their own names', async () => {
    bench = await createGatewayBench();
    await Promise.all(['one', 'two', 'three'].map(name => start(name)));
    assert.equal(bench.gatewayLines.filter(line => line.includes('Reading configuration')).length, 1);
    const tools = await bench.supervisor.session('two').listTools(call);
    assert.ok(
      tools.some(({ name }) => name === 'probe_echo'),
      JSON.stringify(tools.map(({ name }) => name)),
    );
    assert.ok(tools.every(({ name }) => !name.includes('__')));
    const said = await bench.supervisor.session('two').callTool('probe_echo', { text: 'hello' }, call);
    assert.match(textOf(said), /hello/);
    const gateway = status();
    assert.equal(gateway.state, 'running');
    assert.equal(gateway.transport, 'http');
    assert.equal(gateway.mode, 'files');
    assert.match(gateway.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    assert.deepEqual(
      gateway.servers.map(({ state }) => state),
      ['ready', 'ready', 'ready'],
    );
    assert.deepEqual(bench.states('one'), ['starting', 'running']);
  });

  it('ends with its last server, and leaves no process, no container and no file', async () => {
    bench = await createGatewayBench();
    await Promise.all([start('one'), start('two')]);
    const pid = status().pid ?? 0;
    assert.ok(await isAlive(pid));
    await bench.supervisor.stop('one');
    await until(() => status().state === 'running' && status().servers.length === 1, 'the gateway of the rest');
    await assert.rejects(async () => bench.supervisor.session('one'), { code: 'SERVER_003' });
    const said = await bench.supervisor.session('two').callTool('probe_echo', { text: 'still here' }, call);
    assert.match(textOf(said), /still here/);
    await bench.supervisor.stop('two');
    assert.equal(status().state, 'stopped');
    assert.equal(await isAlive(pid), false);
    await until(async () => (await bench.docker.runningContainers()).length === 0, 'no containers');
    assert.deepEqual(await readdir(bench.docker.catalogsFolder), []);
    assert.deepEqual(await readdir(join(bench.stateFolder, 'gateways')), []);
  });

  it('takes a server that is started later, while calls of the others go on', async () => {
    bench = await createGatewayBench();
    await start('one');
    const later = start('two');
    const said = await bench.supervisor.session('one').callTool('probe_echo', { text: 'through it' }, call);
    assert.match(textOf(said), /through it/);
    await later;
    assert.equal(bench.supervisor.health('one').state, 'running');
    assert.deepEqual(
      status().servers.map(({ name, state }) => `${name} ${state}`),
      ['one ready', 'two ready'],
    );
  });

  it('is restarted when a person asks, with the same servers', async () => {
    bench = await createGatewayBench();
    await start('one');
    const before = status().pid;
    await bench.gateways.gateways.restart('dev');
    assert.notEqual(status().pid, before);
    assert.equal(status().state, 'running');
    assert.match(textOf(await bench.supervisor.session('one').callTool('probe_echo', { text: 'x' }, call)), /x/);
  });

  it('leaves out a server that never answers, by name, and runs the rest', async () => {
    bench = await createGatewayBench();
    const hanging = bench.supervisor.start(
      'deaf',
      planOf(probe('deaf', { command: ['hang'] })),
      policy({ startSeconds: 1 }),
    );
    const rest = start('one');
    await assert.rejects(hanging, { code: 'SERVER_005', message: /"deaf" was started, but did not answer/ });
    await rest;
    assert.equal(bench.supervisor.health('deaf').state, 'failed');
    assert.match(textOf(await bench.supervisor.session('one').callTool('probe_echo', { text: 'x' }, call)), /x/);
    const deaf = status().servers.find(({ name }) => name === 'deaf');
    assert.equal(deaf?.state, 'left-out');
    assert.match(deaf?.problem?.detail ?? '', /"deaf"/);
  });

  it('tells why a server crashes, in its own output, and runs the rest', async () => {
    bench = await createGatewayBench();
    const crashing = start('bad', { command: ['crash'] });
    const rest = start('one');
    await assert.rejects(crashing, { code: 'DOCKER_014', message: /missing PROBE_DSN/ });
    await rest;
    assert.equal(bench.supervisor.health('bad').state, 'failed');
    assert.ok(
      bench.supervisor.output('bad').some(line => line.includes('fatal')),
      bench.supervisor.output('bad').join('\n'),
    );
    assert.equal(bench.supervisor.health('one').state, 'running');
  });

  it('can be stopped while it starts', async () => {
    bench = await createGatewayBench();
    const starting = bench.supervisor.start('deaf', planOf(probe('deaf', { command: ['hang'] })), policy());
    starting.catch(() => {});
    await until(() => status().pid !== null, 'a process');
    const pid = status().pid ?? 0;
    await bench.supervisor.stop('deaf');
    await assert.rejects(starting, { code: 'SERVER_003' });
    assert.equal(await isAlive(pid), false);
    await until(() => status().state === 'stopped', 'stopped');
  });

  it('can be stopped before it was even planned', async () => {
    bench = await createGatewayBench();
    const planned = Promise.withResolvers<void>();
    const starting = bench.supervisor.start('one', () => planned.promise.then(planOf(probe('one'))), policy());
    starting.catch(() => {});
    await bench.supervisor.stop('one');
    planned.resolve();
    await assert.rejects(starting, { code: 'SERVER_003' });
    assert.equal(bench.supervisor.health('one').state, 'stopped');
    assert.deepEqual(bench.gateways.gateways.active(), []);
  });

  it('leaves nothing running when the daemon ends', async () => {
    bench = await createGatewayBench();
    await Promise.all([start('one'), start('two')]);
    const pid = status().pid ?? 0;
    await bench.gateways.close();
    assert.equal(await isAlive(pid), false);
    await until(async () => (await bench.docker.runningContainers()).length === 0, 'no containers');
    await assert.rejects(start('one'), { code: 'DAEMON_003' });
  });

  it('takes another port when somebody was faster', async () => {
    const { createServer } = await import('node:net');
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const taken = (other.address() as { port: number }).port;
    const ports = [taken];
    const { findFreePort } = await import('../../../../../daemon/engines/docker/gateway/free-port.ts');
    bench = await createGatewayBench({
      supervisor: { findPort: async () => ports.shift() ?? (await findFreePort()) },
    });
    await start('one');
    assert.equal(status().state, 'running');
    assert.ok(!status().url?.includes(`:${taken}/`));
    other.close();
  });
});
