import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createKeptClashRepository } from '../../../daemon/features/tools/kept-clashes.repository.ts';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { ToolChange } from '../../../shared/api/tools.ts';
import { hasCode } from '../../support/problems.ts';
import { createToolsAndCalls, type ToolsAndCalls, userPrincipal, wireTool } from '../../support/tools-and-calls.ts';

describe('clashes of names', () => {
  let world: ToolsAndCalls;
  /** Tools that the catalog tells of servers that have not run. */
  const expected = new Map<string, string[]>();
  beforeEach(async () => {
    expected.clear();
    world = await createToolsAndCalls({
      expectedTools: async ids => ids.map(serverId => ({ serverId, tools: expected.get(serverId) ?? [] })),
      catalogTools: async entry => ({ serverId: entry, tools: ['fetch'] }),
    });
    await world.install('one', [wireTool('echo')]);
    await world.install('two', [wireTool('echo')]);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const change = (id: string, tool: string, body: ToolChange) => world.api.updateTool({ params: { id, tool }, body });
  const list = async () => (await world.api.listToolClashes({})).items;
  const state = async (name = 'echo') => {
    const clash = (await list()).find(each => each.name === name);
    return (
      clash && [
        clash.open,
        clash.answer,
        ...clash.tools.map(each => `${each.serverId} ${each.answer} ${each.gatewayName}`),
      ]
    );
  };
  const keep = async (name = 'echo') => {
    const { tools } = (await list()).find(each => each.name === name) as ToolClash;
    return await world.api.keepToolClash({
      params: { name },
      body: { tools: tools.map(({ serverId, tool }) => ({ serverId, tool })) },
    });
  };

  it('are open until somebody has decided, and say how they stand', async () => {
    assert.deepEqual(await state(), [true, 'prefixed', 'one own echo', 'two prefixed two__echo']);
    await change('two', 'echo', { name: 'shout' });
    assert.deepEqual(await state(), [false, 'renamed', 'one own echo', 'two renamed shout']);
    await change('two', 'echo', { name: null, enabled: false });
    assert.deepEqual(await state(), [false, 'hidden', 'one own echo', 'two hidden two__echo']);
    await change('two', 'echo', { enabled: true, name: 'two__echo' });
    assert.deepEqual(await state(), [false, 'prefixed', 'one own echo', 'two prefixed two__echo']);
    await change('two', 'echo', { name: null });
    assert.deepEqual(await state(), [true, 'prefixed', 'one own echo', 'two prefixed two__echo']);
    await change('one', 'echo', { enabled: false });
    await change('two', 'echo', { enabled: false });
    assert.equal(await state(), undefined);
  });

  it('are kept as they are, on record, until it is taken back', async () => {
    const before = world.events.length;
    const kept = await keep();
    assert.deepEqual(
      [kept.open, kept.answer, kept.decidedBy, kept.decidedAt],
      [false, 'kept', 'owner (token)', '2026-06-01T12:00:00.000Z'],
    );
    assert.deepEqual(
      world.events.slice(before).map(({ type }) => type),
      ['clashes.changed'],
    );
    assert.deepEqual((await world.api.listToolClashes({ query: { state: 'open' } })).items, []);
    assert.equal((await world.api.listToolClashes({ query: { state: 'decided' } })).items.length, 1);
    assert.deepEqual(world.app.audit.at(-1), { action: 'keepToolClash', resource: 'echo', outcome: 'allowed' });
    const open = await world.api.reopenToolClash({ params: { name: 'echo' } });
    assert.deepEqual([open.open, open.answer, open.decidedBy], [true, 'prefixed', null]);
  });

  it('stay kept over a restart, a rename and its end, and are open again when a server joins', async () => {
    await keep();
    assert.deepEqual([...createKeptClashRepository(world.database).all().keys()], ['echo']);
    await change('two', 'echo', { name: 'shout' });
    await change('two', 'echo', { name: null });
    assert.equal((await state())?.[1], 'kept');
    await world.install('three', [wireTool('echo')]);
    assert.deepEqual((await state())?.slice(0, 2), [true, 'prefixed']);
    await keep();
    assert.deepEqual((await state())?.slice(0, 2), [false, 'kept']);
    // Another server of the same name is another one.
    world.database.prepare("delete from servers where id = 'three'").run();
    world.tools.invalidate();
    assert.equal((await state())?.[1], 'kept');
    await world.install('three', [wireTool('echo')]);
    assert.deepEqual((await state())?.slice(0, 2), [true, 'prefixed']);
  });

  it('are not kept for a tool that nobody has seen, nor where there are none', async () => {
    const seen = [{ serverId: 'one', tool: 'echo' }];
    const wanted = world.api.keepToolClash({ params: { name: 'echo' }, body: { tools: seen } });
    await assert.rejects(wanted, hasCode('TOOL_012'));
    await assert.rejects(
      world.api.keepToolClash({ params: { name: 'other' }, body: { tools: seen } }),
      hasCode('TOOL_012'),
    );
    await assert.rejects(world.api.reopenToolClash({ params: { name: 'other' } }), hasCode('TOOL_012'));
    assert.equal((await state())?.[0], true);
  });

  it('are found before a server has run, and can be ended before', async () => {
    expected.set('idle', ['echo', 'fetch', 'not a name']);
    expected.set('later', ['fetch']);
    await world.install('idle', []);
    await world.install('later', []);
    const silent = [true, 'prefixed', 'one own echo', 'two prefixed two__echo', 'idle prefixed idle__echo'];
    assert.deepEqual(await state(), silent);
    assert.deepEqual(await state('fetch'), [true, 'prefixed', 'idle own fetch', 'later prefixed later__fetch']);
    const planned = await world.api.listToolClashes({ query: { entry: 'new' } });
    assert.equal(planned.items.find(({ name }) => name === 'fetch')?.tools[2]?.gatewayName, 'new__fetch');
    const named = await world.api.listToolClashes({ query: { entry: 'new', name: 'other' } });
    assert.equal(named.items.find(({ name }) => name === 'fetch')?.tools[2]?.gatewayName, 'other__fetch');

    const fix = (await list())
      .find(({ name }) => name === 'fetch')
      ?.tools.find(({ serverId }) => serverId === 'later')
      ?.fixes.find(({ kind }) => kind === 'rename');
    assert.ok(fix);
    const renamed = await change(fix.serverId, fix.tool, fix.change);
    assert.deepEqual([renamed.gatewayName, renamed.tokens], ['fetch_later', null]);
    assert.deepEqual(await state('fetch'), [false, 'renamed', 'idle own fetch', 'later renamed fetch_later']);
    await change('idle', 'echo', { enabled: false });
    assert.equal((await state())?.[4], 'idle hidden idle__echo');
    await assert.rejects(change('later', 'nothing', { enabled: false }), hasCode('TOOL_001'));

    world.offers('later', [wireTool('fetch')]);
    await world.tools.refresh('later');
    assert.equal(world.tools.exposed().find(({ serverId }) => serverId === 'later')?.name, 'fetch_later');
  });

  it('are shown to those alone who may see all of their servers', async () => {
    world.asks(userPrincipal({ kind: 'key', servers: ['one'] }));
    assert.deepEqual(await list(), []);
  });

  it('tell of a server that came or went', async () => {
    const told = () => world.events.filter(({ type }) => type === 'clashes.changed').length;
    const before = told();
    await world.install('three', []);
    assert.equal(told(), before + 1);
    world.tools.invalidate();
    assert.equal(told(), before + 1);
  });
});

describe('a decision to keep a clash', () => {
  const tools = fc.uniqueArray(fc.constantFrom('a x', 'b x', 'c x', 'd y'), { minLength: 1 });

  it('is read back as it was written, for each name', async () => {
    const world = await createToolsAndCalls();
    for (const id of ['a', 'b', 'c', 'd']) await world.install(id, []);
    const kept = createKeptClashRepository(world.database);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('x', 'y'), tools), { maxLength: 8 }), acts => {
        const model = new Map<string, string[]>();
        for (const name of ['x', 'y']) kept.reopen(name);
        for (const [name, some] of acts) {
          const ids = some.map(key => ({ serverId: key.slice(0, 1), tool: key.slice(2) }));
          kept.keep(name, ids, { at: '2026-06-01T12:00:00.000Z', by: 'somebody' });
          model.set(name, some);
        }
        const read = [...kept.all()].map(([name, { tools: found }]) => [name, [...found].toSorted()]);
        assert.deepEqual(read.toSorted(), [...model].map(([name, some]) => [name, some.toSorted()]).toSorted());
      }),
      { numRuns: 30 },
    );
    await world[Symbol.asyncDispose]();
  });
});
