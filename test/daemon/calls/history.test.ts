import assert from 'node:assert/strict';
import type { CallSettingsChange } from '../../../shared/api/calls.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { problem } from '../../../shared/api/problem.ts';
import { buildCall } from '../../support/guards-app.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { createToolsAndCalls, type ToolsAndCalls, userPrincipal, wireTool } from '../../support/tools-and-calls.ts';

const canary = 'hunter2-canary-4711';

describe('the history of calls', () => {
  let world: ToolsAndCalls;
  beforeEach(async () => {
    world = await createToolsAndCalls();
    await world.install('one', [wireTool('echo'), wireTool('fail'), wireTool('big')], {
      answers: {
        'tools/call fail': () => ({ content: [{ type: 'text', text: 'no' }], isError: true }),
        'tools/call big': () => ({ content: [{ type: 'text', text: 'é'.repeat(50_000) }] }),
      },
    });
    await world.install('two', [wireTool('other')]);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const call = (id: string, tool: string, args: Record<string, unknown> = {}) =>
    world.api.callTool({ params: { id, tool }, body: { arguments: args } });
  const list = async (query = {}) => (await world.api.listCalls({ query })).items;
  const keep = (body: CallSettingsChange) => world.api.updateCallSettings({ body });

  it('tells who called what, how long it took and how it ended, and nothing of what was said', async () => {
    const { id } = await call('one', 'echo', { message: canary });
    await call('one', 'fail');
    await assert.rejects(call('one', 'nothing'), hasCode('TOOL_001'));
    world.deny.with = () => problem('APPROVAL_001', { detail: 'no' });
    await assert.rejects(call('two', 'other'), hasCode('APPROVAL_001'));
    const calls = await list();
    assert.deepEqual(
      calls.map(each => [each.serverId, each.tool, each.outcome, each.code, each.via, each.caller]),
      [
        ['two', 'other', 'denied', 'APPROVAL_001', 'api', 'owner (token)'],
        ['one', 'nothing', 'failed', 'TOOL_001', 'api', 'owner (token)'],
        ['one', 'fail', 'tool-error', null, 'api', 'owner (token)'],
        ['one', 'echo', 'ok', null, 'api', 'owner (token)'],
      ],
    );
    const detail = await world.api.getCall({ params: { id } });
    assert.deepEqual([detail.argumentsState, detail.resultState, detail.canReplay], ['none', 'none', false]);
    assert.equal(detail.requestBytes, Buffer.byteLength(JSON.stringify({ message: canary })));
    assert.ok(detail.bytes > 40);
    assert.equal(world.database.serialize().includes(canary), false);
  });

  it('names errors of the protocol by their number', async () => {
    world.upstreams.start('two', { answers: {} });
    await assert.rejects(call('two', 'other'), hasCode('TOOL_004'));
    const [last] = await list({ code: '-32601' });
    assert.deepEqual([last?.code, last?.protocolError, last?.outcome], [null, -32_601, 'failed']);
  });

  it('keeps arguments and results only where somebody wants it, by tool, by server, or for all', async () => {
    await keep({ keep: 'arguments', rules: [{ serverId: 'two', tool: null, keep: 'nothing', redactResults: null }] });
    await keep({ rules: [{ serverId: 'two', tool: 'other', keep: 'everything', redactResults: null }] });
    const states = async (id: string, tool: string) => {
      const made = await call(id, tool, { message: 'hi' });
      const { argumentsState, resultState } = await world.api.getCall({ params: { id: made.id } });
      return [argumentsState, resultState];
    };
    assert.deepEqual(await states('one', 'echo'), ['whole', 'none']);
    assert.deepEqual(await states('two', 'other'), ['whole', 'whole']);
    await keep({ rules: [{ serverId: 'two', tool: 'other', keep: null, redactResults: null }] });
    assert.deepEqual(await states('two', 'other'), ['none', 'none']);
    await assert.rejects(
      keep({ rules: [{ serverId: 'no', tool: null, keep: 'arguments', redactResults: null }] }),
      hasCode('SERVER_001'),
    );
  });

  it('has no secret in what it keeps, neither by its shape, nor by its name, nor a value of the vault', async () => {
    await keep({ keep: 'everything' });
    world.secrets.push(canary);
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const args = {
      note: `use ${token} now`,
      nested: [{ password: 'tiger-in-the-tank' }],
      text: `x ${canary} y`,
      plain: 'stays',
    };
    const { id } = await call('one', 'echo', args);
    const detail = await world.api.getCall({ params: { id } });
    assert.deepEqual(detail.arguments, {
      note: 'use ••• now',
      nested: [{ password: '•••' }],
      text: 'x ••• y',
      plain: 'stays',
    });
    assert.deepEqual([detail.argumentsState, detail.canReplay], ['hidden', false]);
    const dump = world.database.serialize();
    for (const secret of [canary, token, 'tiger-in-the-tank']) assert.equal(dump.includes(secret), false, secret);
    await assert.rejects(world.api.replayCall({ params: { id }, body: {} }), hasCode('CALL_002'));
  });

  it('cuts what is long, at a whole character', async () => {
    await keep({ keep: 'everything', valueBytes: 1_001 });
    const { id } = await call('one', 'big');
    const { result, resultState } = await world.api.getCall({ params: { id } });
    assert.equal(resultState, 'cut');
    assert.ok(typeof result === 'string' && Buffer.byteLength(result) <= 1_001 && !result.includes('\ufffd'));
  });

  it('says of two calls whether they were the same, by a hash that tells nothing', async () => {
    await call('one', 'echo', { a: 1, b: [2] });
    await call('one', 'echo', { b: [2], a: 1 });
    await call('one', 'echo', { a: 2 });
    const [third, second, first] = await list();
    assert.equal(first?.sameAs, second?.sameAs);
    assert.notEqual(first?.sameAs, third?.sameAs);
    assert.equal((await list({ same_as: first?.sameAs ?? '' })).length, 2);
    const other = await createToolsAndCalls();
    await other.install('one', [wireTool('echo')]);
    await other.api.callTool({ params: { id: 'one', tool: 'echo' }, body: { arguments: { a: 1, b: [2] } } });
    assert.notEqual((await other.api.listCalls({})).items[0]?.sameAs, first?.sameAs);
    await other[Symbol.asyncDispose]();
  });

  it('is filtered, sorted and searched', async () => {
    await keep({ keep: 'everything' });
    await call('one', 'echo', { city: 'Lisbon' });
    world.time.now += 60_000;
    await call('one', 'fail');
    world.asks(userPrincipal());
    await call('two', 'other', { city: '100% Porto' });
    const tools = async (query: object) => (await list(query)).map(({ tool }) => tool);
    assert.deepEqual(await tools({ server: 'one' }), ['fail', 'echo']);
    assert.deepEqual(await tools({ outcome: 'tool-error' }), ['fail']);
    assert.deepEqual(await tools({ caller: 'user ada' }), ['other']);
    assert.deepEqual(await tools({ q: 'Lisbon' }), ['echo']);
    assert.deepEqual(await tools({ q: '100% P' }), ['other']);
    assert.deepEqual(await tools({ q: '1__% P' }), []);
    assert.deepEqual(await tools({ since: new Date(world.time.now).toISOString(), sort_order: 'asc' }), [
      'fail',
      'other',
    ]);
    assert.deepEqual(await tools({ until: new Date(world.time.now).toISOString() }), ['echo']);
    assert.deepEqual(await tools({ slower_than: 86_000_000 }), []);
    assert.deepEqual(await tools({ sort_by: 'tool', sort_order: 'asc' }), ['echo', 'fail', 'other']);
  });

  it('shows an auditor that there was a call, and not with what; others only their servers', async () => {
    await keep({ keep: 'everything' });
    const { id } = await call('one', 'echo', { city: 'Lisbon' });
    world.asks(userPrincipal({ roles: ['auditor'] }));
    const seen = await world.api.getCall({ params: { id } });
    assert.deepEqual(
      [seen.argumentsState, seen.arguments, seen.resultState, seen.canReplay],
      ['not-yours', undefined, 'not-yours', false],
    );
    assert.deepEqual(await list({ q: 'Lisbon' }), []);
    const { text } = await world.api.exportCalls({ query: { values: true } });
    assert.equal(text.includes('Lisbon'), false);
    await assert.rejects(world.api.deleteCalls({ body: {} }), hasCode('ACCESS_002'));
    world.asks(userPrincipal({ roles: ['viewer'] }));
    await assert.rejects(world.api.listCalls({}), hasCode('ACCESS_002'));
    world.asks(userPrincipal({ kind: 'key', roles: ['operator'], servers: ['two'] }));
    assert.deepEqual(await list(), []);
    await assert.rejects(world.api.getCall({ params: { id } }), hasCode('CALL_001'));
    assert.deepEqual((await world.api.getCallStatistics({})).items, []);
  });

  it('makes a call again, by the way of any call', async () => {
    await keep({ keep: 'arguments' });
    const first = await call('one', 'echo', { message: 'again' });
    const second = await world.api.replayCall({ params: { id: first.id }, body: {} });
    assert.deepEqual(second.content, first.content);
    assert.equal(world.admitted.length, 2);
    assert.deepEqual(world.admitted[1]?.arguments, { message: 'again' });
    world.deny.with = () => problem('APPROVAL_001', { detail: 'no' });
    await assert.rejects(world.api.replayCall({ params: { id: first.id }, body: {} }), hasCode('APPROVAL_001'));
    await assert.rejects(world.api.replayCall({ params: { id: 'no' }, body: {} }), hasCode('CALL_001'));
  });

  it('says of a method that nobody knows what it was, and that only its client can send it again', async () => {
    await keep({ keep: 'arguments' });
    world.calls.recorder.finished({
      call: { ...buildCall(), id: 'method-1', serverId: 'one', tool: 'method:custom/run' },
      ...{ outcome: 'ok', code: null, startedAt: world.time.now, durationMs: 1, bytes: 2, result: {} },
    });
    await call('one', 'echo');
    const [found, ...others] = await list({ tool: 'method:custom/run' });
    assert.deepEqual([found?.id, found?.tool, others.length], ['method-1', 'method:custom/run', 0]);
    const { arguments: kept, canReplay } = await world.api.getCall({ params: { id: 'method-1' } });
    assert.deepEqual([kept, canReplay], [buildCall().arguments, false]);
    await assert.rejects(world.api.replayCall({ params: { id: 'method-1' }, body: {} }), hasCode('CALL_002'));
  });

  it('is exported piece by piece, as JSON lines or CSV', async () => {
    for (let made = 0; made < 3; made += 1) await call('one', 'echo', { made });
    const csv = await world.api.exportCalls({ query: { format: 'csv' } });
    const [heading, first] = csv.text.split('\r\n');
    assert.match(heading ?? '', /^number,id,startedAt,serverId/);
    assert.match(first ?? '', /^1,[0-9a-f-]{36},2026-06-01T12:00:00.000Z,one,echo,owner/);
    const rest = await world.api.exportCalls({ query: { after: 2 } });
    assert.equal(rest.calls, 1);
    assert.equal(JSON.parse(rest.text).number, 3);
  });

  it('is deleted by a filter, or loses only what was kept of arguments', async () => {
    await keep({ keep: 'everything' });
    await call('one', 'echo', { city: 'Lisbon' });
    await call('two', 'other', { city: 'Porto' });
    assert.equal((await world.api.deleteCalls({ body: { server: 'one', values: true } })).deleted, 1);
    assert.deepEqual(
      (await list()).map(each => [each.tool, each.argumentsKept]),
      [
        ['other', true],
        ['echo', false],
      ],
    );
    assert.equal((await world.api.deleteCalls({ body: { server: 'two' } })).deleted, 1);
    assert.equal((await list()).length, 1);
    assert.equal((await world.api.deleteCalls({ body: {} })).deleted, 1);
    // Who exports goes on where they were: a number is never given twice.
    await call('one', 'echo');
    assert.equal((await list())[0]?.number, 3);
  });

  it('is told to pages in few events', async () => {
    for (let made = 0; made < 60; made += 1) await call('one', 'echo', { made });
    world.calls.recorder.flush();
    const told = () =>
      world.events.filter(
        (event): event is Extract<DaemonEvent, { type: 'call.finished' }> => event.type === 'call.finished',
      );
    await until(() => told().reduce((sum, { calls, more }) => sum + calls.length + more, 0) === 60);
    assert.ok(told().length <= 5, String(told().length));
    assert.ok(told().every(({ calls }) => calls.length <= 20));
  });

  it('says which tools nobody has called, and what they cost', async () => {
    const none = await world.api.getToolAdvice({});
    assert.deepEqual([none.items, none.tokens], [[], 0]);
    assert.match(none.detail, /no history of calls yet/);
    await call('one', 'echo');
    world.time.now += 40 * 86_400_000;
    await call('two', 'other');
    await world.tools.counted();
    const advice = await world.api.getToolAdvice({ query: { days: 30 } });
    assert.deepEqual(advice.items.map(({ tool, lastCalledAt }) => [tool, lastCalledAt !== null]).toSorted(), [
      ['big', false],
      ['echo', true],
      ['fail', false],
    ]);
    assert.ok(advice.tokens > 10 && advice.items.every(({ tokens }) => (tokens ?? 0) > 3));
    assert.match(advice.detail, /3 of 4 tools were not called in 30 days/);
    const longer = await world.api.getToolAdvice({ query: { days: 90 } });
    assert.match(longer.detail, /2 of 4 tools were not called since 2026-06-01, when the history begins/);
    assert.match(longer.items[0]?.detail ?? '', /^Not called since 2026-06-01, when the history begins; costs/);
  });
});
