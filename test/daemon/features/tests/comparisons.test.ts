import assert from 'node:assert/strict';
import type { Comparison, NewComparison } from '../../../../shared/api/comparisons.ts';
import { problem } from '../../../../shared/api/problem.ts';
import { until } from '../../../support/in-process-daemon.ts';
import { buildOperation, buildServer } from '../../../support/server-builder.ts';
import { createTestsUnderTest, type TestsUnderTest } from '../../../support/tests-under-test.ts';

type Wanted = Omit<NewComparison, 'calls'>;

/** Servers of two programs, and installs that may fail; what is left at the end is looked at. */
async function createWorld(scripts: Record<string, string> = { echo: 'echo', other: 'echo' }) {
  const there = new Map(Object.keys(scripts).map(id => [id, 'running']));
  const done: string[] = [];
  let operation = buildOperation({ state: 'running' });
  const configuration = { arguments: [], environment: { A: '1' }, secretReferences: [], restart: 'always' };
  const world = {
    done,
    there,
    installed: [] as unknown[],
    endInstall(change: Partial<typeof operation>) {
      operation = buildOperation({ endedAt: operation.startedAt, ...change });
    },
  };
  const tests: TestsUnderTest = await createTestsUnderTest({
    // A version that is installed beside is found by how its name begins.
    scripts: new Proxy(scripts, { get: (target, id) => target[String(id).replace(/-compared-.*/, '')] }),
    savedCalls: async () => [
      { tool: 'add', arguments: { a: 1, b: 2 } },
      { tool: 'add', arguments: { a: 1, b: 2 } },
      { tool: 'echo', arguments: { message: 'x' } },
    ],
    servers: {
      server(id) {
        const state = there.get(id);
        if (state === undefined) throw problem('SERVER_001', { detail: `No server is called "${id}".`, next: '' });
        return { ...buildServer({ id, state: state as never }), configuration } as never;
      },
      exists: id => there.has(id),
      start: async id => {
        there.set(id, 'running');
        done.push(`start ${id}`);
      },
      stop: async id => {
        there.set(id, 'stopped');
        done.push(`stop ${id}`);
      },
      remove: async id => {
        there.delete(id);
        done.push(`remove ${id}`);
      },
      install: async request => {
        world.installed.push(request);
        if (request.kind === 'install' && request.serverId) there.set(request.serverId, 'stopped');
        return operation;
      },
      operation: () => operation,
      cancelOperation: async () => world.endInstall({ state: 'cancelled' }),
    },
  });
  const ended = (id: string): Promise<Comparison> =>
    until(async () => {
      const comparison = await tests.api.getComparison({ params: { id } });
      return comparison.endedAt === null ? undefined : comparison;
    }, 'the end of the comparison');
  return {
    ...world,
    world,
    tests,
    ended,
    compare: async (body: Wanted) => ended((await tests.api.createComparison({ body })).id),
    [Symbol.asyncDispose]: () => tests[Symbol.asyncDispose](),
  };
}

describe('comparisons', () => {
  it('of two servers tell their tools, and make on both only calls that read', async () => {
    await using it = await createWorld();
    const { state, tools, unchangedTools, calls, notReplayed, latencyRatio, breaking } = await it.compare({
      serverId: 'echo',
      other: { serverId: 'other' },
    });
    assert.deepEqual([state, tools, unchangedTools, breaking], ['succeeded', [], 5, false]);
    assert.deepEqual(
      calls.map(({ tool, same, before, after }) => [tool, same, before.outcome, after.outcome]),
      [['add', true, 'ok', 'ok']],
    );
    assert.deepEqual(notReplayed, [{ tool: 'echo', reason: 'It does not say that it only reads (readOnlyHint).' }]);
    assert.ok((latencyRatio ?? 0) > 0);
    assert.deepEqual(it.tests.failures, []);
  });

  it('of another version install it beside, with the same settings, and remove it again', async () => {
    await using it = await createWorld();
    it.world.endInstall({ state: 'succeeded' });
    const { state } = await it.compare({ serverId: 'echo', other: { version: '9.9.9' } });
    assert.equal(state, 'succeeded');
    const [request] = it.installed as { serverId: string; from: unknown; configuration: unknown }[];
    assert.match(request?.serverId ?? '', /^echo-compared-/);
    assert.deepEqual(request?.from, { package: 'some-server', version: '9.9.9' });
    assert.deepEqual(Object(request?.configuration).environment, { A: '1' });
    assert.deepEqual([...it.there.keys()], ['echo', 'other']);
    assert.equal(it.there.get('echo'), 'running');
  });

  it('remove what they have installed when the install fails, and when somebody cancels', async () => {
    await using it = await createWorld();
    const failing = await it.tests.api.createComparison({ body: { serverId: 'echo', other: { version: '9.9.9' } } });
    await until(() => it.installed.length === 1);
    const detail = 'There is no such version.';
    it.world.endInstall({ state: 'failed', problem: problem('INSTALL_001', { detail, next: 'Look.' }).problem });
    const failed = await it.ended(failing.id);
    assert.deepEqual([failed.state, failed.problem?.code, failed.problem?.detail], ['failed', 'INSTALL_001', detail]);
    it.world.endInstall({ state: 'running', endedAt: null });
    const { id } = await it.tests.api.createComparison({ body: { serverId: 'echo', other: { version: '9.9.9' } } });
    await until(() => it.installed.length === 2);
    assert.ok(it.tests.tests.isTemporary([...it.there.keys()].at(-1) ?? ''));
    assert.equal((await it.tests.api.cancelComparison({ params: { id } })).state, 'cancelled');
    assert.deepEqual([...it.there.keys()], ['echo', 'other']);
    assert.ok(!it.tests.tests.isTemporary('echo'));
  });

  it('stop again what they have started', async () => {
    await using it = await createWorld();
    it.there.set('other', 'stopped');
    await it.compare({ serverId: 'echo', other: { serverId: 'other' } });
    assert.deepEqual(it.done, ['start other', 'stop other']);
  });

  it('are listed by server with the newest first, without what they found', async () => {
    await using it = await createWorld();
    const first = await it.compare({ serverId: 'echo', other: { serverId: 'other' } });
    const second = await it.compare({ serverId: 'echo', other: { serverId: 'other' } });
    const query = { sort_order: 'desc', limit: 1 } as const;
    const { items, total } = await it.tests.api.listServerComparisons({ params: { id: 'echo' }, query });
    assert.deepEqual([items.map(({ id, state }) => [id, state]), total], [[[second.id, 'succeeded']], 2]);
    assert.ok(!('tools' in Object(items[0])) && !('calls' in Object(items[0])));
    const next = await it.tests.api.listServerComparisons({ params: { id: 'echo' }, query: { ...query, page: 2 } });
    assert.deepEqual(
      next.items.map(({ id }) => id),
      [first.id],
    );
    const others = await it.tests.api.listServerComparisons({ params: { id: 'other' } });
    assert.deepEqual([others.items, others.total], [[], 0]);
    await assert.rejects(it.tests.api.listServerComparisons({ params: { id: 'nobody' } }), /No server is called/);
  });

  it('are refused where there is nothing to compare', async () => {
    await using it = await createWorld();
    const refused = async (body: Wanted, message: RegExp) =>
      await assert.rejects(it.tests.api.createComparison({ body }), message);
    await refused({ serverId: 'nobody', other: { version: '1.0.0' } }, /No server is called/);
    await refused({ serverId: 'echo', other: { serverId: 'nobody' } }, /No server is called/);
    await refused({ serverId: 'echo', other: { serverId: 'echo' } }, /compared with itself/);
    await refused({ serverId: 'echo', other: { version: '1.2.3' } }, /is version 1\.2\.3 already/);
  });
});
