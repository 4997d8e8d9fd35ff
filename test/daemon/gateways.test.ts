import assert from 'node:assert/strict';
import { createGatewayRepository } from '../../daemon/features/gateways/gateways.repository.ts';
import { gatewayHandlers } from '../../daemon/features/gateways/gateways.routes.ts';
import { createGatewayService } from '../../daemon/features/gateways/gateways.service.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { GatewayServer } from '../../shared/api/gateways.ts';
import { problem } from '../../shared/api/problem.ts';
import { createFakeGateways } from '../support/fake-gateways.ts';
import { createHandlersApp } from '../support/handlers-app.ts';

const inGateway = (id: string): GatewayServer => ({
  serverId: id,
  name: id,
  state: 'ready',
  problem: null,
  tools: 1,
  prompts: 0,
  resources: 0,
});

function createBench() {
  const database = openDatabase(':memory:');
  const repository = createGatewayRepository(database);
  const control = createFakeGateways();
  const events: unknown[] = [];
  const started: string[] = [];
  const failing = new Map<string, Error>();
  const list = () => started.map(inGateway);
  const service = createGatewayService({
    repository,
    control,
    profiles: () => [
      { id: 'dev', name: 'Dev Tools' },
      { id: 'ops', name: 'Ops' },
    ],
    servers: {
      inProfile: profile => (profile === 'dev' ? ['a', 'b', 'c'] : []),
      async start(id, caller) {
        assert.equal(caller, 'owner (token)');
        const failure = failing.get(id);
        if (failure) throw failure;
        started.push(id);
        control.set('dev', { state: 'running', servers: list() });
      },
      async stop(id) {
        started.splice(started.indexOf(id), 1);
        control.set('dev', { servers: list() });
      },
    },
    publish: event => events.push(event),
  });
  const app = createHandlersApp(gatewayHandlers(service));
  return { ...app, control, repository, service, events, started, failing, database };
}

describe('gateways', () => {
  let bench: ReturnType<typeof createBench>;
  beforeEach(() => {
    bench = createBench();
  });
  afterEach(() => {
    bench.service.close();
    bench.database.close();
  });
  const dev = { params: { profile: 'dev' } };

  it('are one of each profile, also of those that stand still', async () => {
    const page = await bench.api.listGateways({ query: { limit: 1, sort_order: 'desc' } });
    assert.equal(page.total, 2);
    assert.deepEqual(
      page.items.map(({ profile, title, state }) => [profile, title, state]),
      [['ops', 'Ops', 'stopped']],
    );
  });

  it('are not known without their profile', async () => {
    await assert.rejects(bench.api.getGateway({ params: { profile: 'nope' } }), { code: 'PROFILE_001' });
    await assert.rejects(bench.api.startGateway({ params: { profile: 'nope' } }), { code: 'PROFILE_001' });
  });

  it('start with all servers at first, and after a stop with those that ran', async () => {
    await bench.api.startGateway(dev);
    assert.deepEqual(bench.started, ['a', 'b', 'c']);
    await bench.service.stop('dev');
    bench.started.push('b');
    bench.control.set('dev', { state: 'running', servers: [inGateway('b')] });
    await bench.api.stopGateway(dev);
    assert.deepEqual(bench.started, []);
    assert.ok(bench.control.calls.includes('stop dev'));
    await bench.api.startGateway(dev);
    assert.deepEqual(bench.started, ['b']);
  });

  it('forget a server that has left the profile', async () => {
    bench.repository.saveLastServers('dev', ['gone', 'c']);
    await bench.api.startGateway(dev);
    assert.deepEqual(bench.started, ['c']);
  });

  it('run with the servers that could be started, and fail if none could', async () => {
    bench.failing.set('a', problem('SERVER_005', { detail: 'It did not answer.' }));
    assert.equal((await bench.api.startGateway(dev)).state, 'running');
    await bench.api.stopGateway(dev);
    bench.failing.set('b', problem('SERVER_005', { detail: 'It did not answer.' }));
    bench.failing.set('c', problem('SERVER_005', { detail: 'It did not answer.' }));
    await assert.rejects(bench.api.startGateway(dev), { code: 'SERVER_005' });
  });

  it('have nothing to run without servers', async () => {
    await assert.rejects(bench.api.startGateway({ params: { profile: 'ops' } }), {
      code: 'DOCKER_014',
      message: /no servers/,
    });
  });

  it('are restarted, or started if they stand still', async () => {
    await bench.api.restartGateway(dev);
    assert.deepEqual(bench.started, ['a', 'b', 'c']);
    await bench.api.restartGateway(dev);
    assert.ok(bench.control.calls.includes('restart dev'));
    bench.control.failure = problem('DOCKER_003', { detail: 'The engine does not answer.' });
    await assert.rejects(bench.api.restartGateway(dev), { code: 'DOCKER_003' });
  });

  it('remember whether Docker’s own tools are wanted', async () => {
    assert.equal((await bench.api.updateGateway({ ...dev, body: { ownTools: true } })).ownTools, true);
    assert.equal((await bench.api.getGateway(dev)).ownTools, true);
    bench.control.calls.length = 0;
    await bench.service.restore();
    assert.deepEqual(bench.control.calls, ['own tools of dev on']);
    assert.ok(bench.audit.some(({ action }) => action === 'updateGateway'));
  });

  it('tell of changes and of what they say', async () => {
    bench.control.set('dev', { state: 'starting' });
    bench.control.set('unknown', { state: 'starting' });
    bench.control.say('dev', ['hello']);
    assert.deepEqual(
      bench.events.map(event => (event as { type: string }).type),
      ['gateway.changed', 'gateway.output'],
    );
    assert.deepEqual((await bench.api.getGateway(dev)).output, ['hello']);
  });
});
