import assert from 'node:assert/strict';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { ToolChange } from '../../../shared/api/tools.ts';
import { createToolsAndCalls, type ToolsAndCalls, userPrincipal, wireTool } from '../../support/tools-and-calls.ts';

const hasCode = (code: string) => (error: unknown) => isProblemError(error) && error.code === code;

describe('the list of tools', () => {
  let world: ToolsAndCalls;
  beforeEach(async () => {
    world = await createToolsAndCalls({
      catalogTools: async entry => ({ serverId: entry, tools: ['echo', 'own'] }),
      profiles: () => [{ profile: 'dev', serverIds: ['two'] }],
    });
    await world.install('one', [wireTool('echo'), wireTool('say')]);
    await world.install('two', [wireTool('echo', { title: 'Echo' })]);
  });
  afterEach(() => world[Symbol.asyncDispose]());
  const change = (id: string, tool: string, body: ToolChange) => world.api.updateTool({ params: { id, tool }, body });
  const names = () => world.tools.exposed().map(({ serverId, tool, name }) => `${serverId}/${tool} ${name}`);

  it('tells what each is called at the gateway, and takes another name, title and description for it', async () => {
    assert.deepEqual(names(), ['one/echo echo', 'one/say say', 'two/echo two__echo']);
    const renamed = await change('two', 'echo', { name: 'shout', description: 'Says it loudly.' });
    assert.deepEqual(
      [renamed.name, renamed.gatewayName, renamed.title, renamed.description],
      ['echo', 'shout', 'Echo', 'Says it loudly.'],
    );
    const shown = world.tools.named('shout');
    assert.deepEqual(
      [shown?.nameAlone, shown?.definition.description, shown?.definition.name],
      ['shout', 'Says it loudly.', 'echo'],
    );
    const reset = await change('two', 'echo', { name: null, description: null });
    assert.deepEqual(
      [reset.gatewayName, reset.description, reset.override],
      ['two__echo', 'does echo', { name: null, title: null, description: null }],
    );
  });

  it('lists each server’s tools in its own order, and follows it when the order is another one', async () => {
    const list = ['zeta', 'alpha', 'middle'];
    await world.install(
      'three',
      list.map(name => wireTool(name)),
    );
    const ofThree = () =>
      world.tools
        .exposed()
        .filter(({ serverId }) => serverId === 'three')
        .map(({ tool }) => tool);
    assert.deepEqual(ofThree(), list);
    world.offers(
      'three',
      list.toReversed().map(name => wireTool(name)),
    );
    await world.tools.refresh('three');
    assert.deepEqual(ofThree(), list.toReversed());
    await change('three', 'middle', { enabled: false });
    await change('three', 'middle', { enabled: true });
    assert.deepEqual(ofThree(), list.toReversed());
  });

  it('refuses a name that another tool has, is meant by, or had before it was renamed', async () => {
    for (const name of ['echo', 'say', 'one__say', 'one__echo'])
      await assert.rejects(change('two', 'echo', { name }), hasCode('TOOL_009'), name);
    await change('one', 'say', { name: 'talk' });
    await assert.rejects(change('two', 'echo', { name: 'say' }), hasCode('TOOL_009'));
    await assert.rejects(change('two', 'echo', { name: 'talk' }), hasCode('TOOL_009'));
    await assert.rejects(change('two', 'echo', { name: 'not a name' }), hasCode('REQUEST_001'));
    assert.equal((await change('two', 'echo', { name: 'two__echo' })).gatewayName, 'two__echo');
  });

  it('shows clashes with fixes that are sent as they are, and what an install would bring', async () => {
    const { items } = await world.api.listToolClashes({});
    assert.deepEqual(
      items.map(({ name, tools }) => [name, tools.map(({ gatewayName }) => gatewayName)]),
      [['echo', ['echo', 'two__echo']]],
    );
    const planned = await world.api.listToolClashes({ query: { entry: 'new' } });
    assert.deepEqual(
      planned.items[0]?.tools.map(({ serverId, gatewayName, installed }) => [serverId, gatewayName, installed]),
      [
        ['one', 'echo', true],
        ['two', 'two__echo', true],
        ['new', 'new__echo', false],
      ],
    );
    const fix = items[0]?.tools[1]?.fixes.find(({ kind }) => kind === 'rename');
    assert.ok(fix);
    await change(fix.serverId, fix.tool, fix.change);
    assert.deepEqual((await world.api.listToolClashes({ query: { state: 'open' } })).items, []);
    world.asks(userPrincipal({ kind: 'key', servers: ['two'] }));
    assert.deepEqual((await world.api.listToolClashes({ query: { entry: 'two' } })).items, []);
  });

  it('neither shows clients nor calls what is off or in quarantine', async () => {
    await change('one', 'say', { enabled: false });
    world.quarantined.add('one/echo');
    world.tools.invalidate();
    assert.deepEqual(names(), ['two/echo two__echo']);
    const call = (tool: string) => world.api.callTool({ params: { id: 'one', tool }, body: {} });
    await assert.rejects(call('say'), hasCode('TOOL_005'));
    await assert.rejects(call('echo'), hasCode('TOOL_008'));
    const { items } = await world.api.listServerTools({ params: { id: 'one' } });
    assert.deepEqual(
      items.map(({ name, enabled, quarantined }) => [name, enabled, quarantined]),
      [
        ['echo', true, true],
        ['say', false, false],
      ],
    );
    assert.deepEqual(world.admitted, []);
  });

  it('counts what each costs in a conversation, once for each text, and says with what', async () => {
    await world.tools.counted();
    const { items } = await world.api.listTools({ query: { sort_by: 'server_id' } });
    const [echo] = items;
    const text = JSON.stringify({ name: 'echo', description: 'does echo', inputSchema: { type: 'object' } });
    assert.equal(echo?.tokens, encode(text).length);
    const costs = await world.api.getTokenCosts({});
    assert.match(costs.countedWith, /o200k_base/);
    const sum = items.reduce((total, { tokens }) => total + (tokens ?? 0), 0);
    assert.deepEqual(
      [costs.total, costs.waiting, costs.servers.map(each => [each.serverId, each.tools])],
      [
        sum,
        0,
        [
          ['one', 2],
          ['two', 1],
        ],
      ],
    );
    assert.deepEqual(costs.profiles, [{ profile: 'dev', tools: 1, tokens: items[2]?.tokens }]);
    assert.ok(world.events.some(event => event.type === 'tools.changed'));
    world.upstreams.stop('two');
    const less = await world.api.getTokenCosts({});
    assert.deepEqual(
      [less.total, less.servers.map(({ running }) => running), less.profiles],
      [sum - (items[2]?.tokens ?? 0), [true, false], costs.profiles],
    );
    assert.equal(world.database.prepare('select count(*) from tool_tokens').pluck().get(), 3);
  });

  it('counts definitions of any size and with any words in them, and again when they change', async () => {
    await world.install('three', [
      wireTool('long', { description: 'a'.repeat(400_000) }),
      wireTool('control', { description: 'ends with <|endoftext|> here' }),
    ]);
    await world.tools.counted();
    const tokens = async (tool: string) =>
      (await world.api.listServerTools({ params: { id: 'three' } })).items.find(({ name }) => name === tool)?.tokens ??
      0;
    assert.ok((await tokens('long')) > 40_000);
    const before = await tokens('control');
    await change('three', 'control', { description: 'short' });
    await world.tools.counted();
    assert.ok((await tokens('control')) < before);
  });
});
