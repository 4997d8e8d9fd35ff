import assert from 'node:assert/strict';
import type { MCPServer } from '../../../shared/api/servers.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('servers', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const add = (id: string, script = 'echo', configuration = {}) => addTestServer(daemon.api, id, script, configuration);

  it('can be created, read, changed and deleted', async () => {
    const created = await add('mine', 'echo', { restart: 'never', environment: { A: '1' } });
    assert.equal(created.state, 'stopped');
    assert.equal(created.isolated, false);
    const detail = await daemon.api.getServer({ params: { id: 'mine' } });
    assert.equal(detail.configuration.restart, 'never');
    const changed = await daemon.api.updateServer({
      params: { id: 'mine' },
      body: {
        title: 'Mine',
        configuration: {
          limits: { callSeconds: 5, concurrentCalls: 2 },
          session: 'per-client',
          network: { inheritProxy: false },
        },
      },
    });
    assert.equal(changed.title, 'Mine');
    assert.equal(changed.configuration.limits.callSeconds, 5);
    assert.equal(changed.configuration.limits.startSeconds, 30);
    assert.equal(changed.configuration.limits.concurrentCalls, 2);
    assert.equal(changed.configuration.session, 'per-client');
    assert.equal(changed.configuration.network.inheritProxy, false);
    assert.deepEqual(changed.configuration.environment, { A: '1' });
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    await assert.rejects(daemon.api.getServer({ params: { id: 'mine' } }), hasCode('SERVER_001'));
  });

  it('keep their names apart', async () => {
    await add('mine');
    await assert.rejects(add('mine'), hasCode('SERVER_002'));
  });

  it('start, answer, and stop', async () => {
    await add('mine');
    const started = await daemon.api.startServer({ params: { id: 'mine' } });
    assert.equal(started.state, 'running');
    assert.equal(started.serverVersion, '1.2.3');
    assert.ok(started.pid);
    const stopped = await daemon.api.stopServer({ params: { id: 'mine' } });
    assert.deepEqual([stopped.state, stopped.enabled, stopped.pid], ['stopped', false, null]);
    assert.throws(() => process.kill(started.pid ?? 0, 0), /ESRCH/);
  });

  it('say why one does not start, and stay wanted', async () => {
    await add('broken', 'exits-at-once');
    await assert.rejects(daemon.api.startServer({ params: { id: 'broken' } }), hasCode('SERVER_006'));
    const server = await daemon.api.getServer({ params: { id: 'broken' } });
    assert.equal(server.problem?.code, 'SERVER_006');
    assert.equal(server.enabled, true);
    assert.ok(server.problem?.next);
  });

  it('come back with the next daemon if they ran, and only then', async () => {
    await add('wanted');
    await add('unwanted');
    await daemon.api.startServer({ params: { id: 'wanted' } });
    await daemon.restart();
    const state = async (id: string) => (await daemon.api.getServer({ params: { id } })).state;
    assert.equal(await state('wanted'), 'running');
    assert.equal(await state('unwanted'), 'stopped');
  });

  it('start one broken server beside the others without holding them up', async () => {
    await add('good');
    await add('bad', 'exits-at-once');
    await daemon.api.startServer({ params: { id: 'good' } });
    await assert.rejects(daemon.api.startServer({ params: { id: 'bad' } }));
    await daemon.restart();
    assert.equal((await daemon.api.getServer({ params: { id: 'good' } })).state, 'running');
    assert.notEqual((await daemon.api.getServer({ params: { id: 'bad' } })).state, 'running');
  });

  it('are listed in pages, sorted, filtered and counted', async () => {
    for (const id of ['c', 'a', 'b']) await add(id);
    await daemon.api.startServer({ params: { id: 'b' } });
    const ids = ({ items }: { items: MCPServer[] }) => items.map(({ id }) => id);
    const first = await daemon.api.listServers({ query: { limit: 2 } });
    assert.deepEqual([ids(first), first.total], [['a', 'b'], 3]);
    assert.deepEqual(ids(await daemon.api.listServers({ query: { limit: 2, page: 2 } })), ['c']);
    assert.deepEqual(ids(await daemon.api.listServers({ query: { sort_order: 'desc' } })), ['c', 'b', 'a']);
    assert.deepEqual(ids(await daemon.api.listServers({ query: { state: 'running' } })), ['b']);
    assert.deepEqual(ids(await daemon.api.listServers({ query: { sort_by: 'state' } }))[0], 'b');
    assert.deepEqual(ids(await daemon.api.listServers({ query: { q: '%' } })), []);
  });

  it('are tested step by step, and left as they were', async () => {
    await add('mine');
    const result = await daemon.api.testServer({ params: { id: 'mine' } });
    assert.equal(result.ok, true);
    assert.deepEqual(
      result.steps.map(({ name, ok }) => [name, ok]),
      [
        ['start', true],
        ['initialize', true],
        ['ping', true],
        ['list-tools', true],
      ],
    );
    assert.match(result.steps.at(-1)?.detail ?? '', /5 tools/);
    assert.equal((await daemon.api.getServer({ params: { id: 'mine' } })).state, 'stopped');
    await add('broken', 'exits-at-once');
    const failed = await daemon.api.testServer({ params: { id: 'broken' } });
    assert.deepEqual([failed.ok, failed.problem?.code, failed.steps.length], [false, 'SERVER_006', 1]);
  });

  it('can be removed while they run', async () => {
    await add('mine');
    const { pid } = await daemon.api.startServer({ params: { id: 'mine' } });
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    assert.throws(() => process.kill(pid ?? 0, 0), /ESRCH/);
    assert.equal((await daemon.api.listServers()).total, 0);
  });

  it('tell what they print, and forget none of the last lines when they end', async () => {
    await add('crashing', 'crashes', { arguments: [testServerScript('crashes'), '1'], restart: 'never' });
    await daemon.api.startServer({ params: { id: 'crashing' } });
    await assert.rejects(
      daemon.api.callTool({ params: { id: 'crashing', tool: 'echo' }, body: { arguments: { message: 'x' } } }),
    );
    const server = await until(async () => {
      const detail = await daemon.api.getServer({ params: { id: 'crashing' } });
      return detail.state === 'failed' && detail;
    });
    assert.ok(server.output.some(line => line.includes('Something is broken inside.')));
  });
});
