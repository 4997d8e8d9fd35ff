import assert from 'node:assert/strict';
import type { McpSession } from '../../../daemon/supervision/session.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

const soon = { timeoutSeconds: 10 };

describe('a session', () => {
  let supervised: Supervised;
  beforeEach(() => {
    supervised = createSupervised();
  });
  afterEach(() => supervised.supervisor.close());

  const open = async (script: string, args: string[] = []): Promise<McpSession> => {
    await supervised.supervisor.start('one', planScript(script, args), launchPolicy());
    return supervised.supervisor.session('one');
  };

  it('passes tools and results on as the server sent them', async () => {
    const session = await open('echo');
    const add = (await session.listTools(soon)).find(({ name }) => name === 'add');
    assert.deepEqual([add?.title, add?.annotations], ['Add', { readOnlyHint: true, idempotentHint: true }]);
    assert.deepEqual(add?.['_meta'], { 'quayside.test/kept': true });
    const echoed = await session.callTool('echo', { message: 'hi' }, soon);
    assert.deepEqual(echoed, { content: [{ type: 'text', text: 'Echo: hi' }], _meta: { 'quayside.test/kept': true } });
    const sum = await session.callTool('add', { a: 1, b: 2 }, soon);
    assert.deepEqual(sum.structuredContent, { sum: 3 });
  });

  it('lists resources and prompts, and none where there are none', async () => {
    const session = await open('echo');
    assert.deepEqual(
      (await session.listResources(soon)).map(({ uri }) => uri),
      ['test://one'],
    );
    assert.deepEqual(await session.listPrompts(soon), [
      { name: 'greet', arguments: [{ name: 'who', required: true }] },
    ]);
    await session.ping(soon);
    await supervised.supervisor.stop('one');
    const other = await open('slow');
    assert.deepEqual([await other.listResources(soon), await other.listPrompts(soon)], [[], []]);
  });

  it('tells an error of the tool from an error of the protocol', async () => {
    const session = await open('echo');
    assert.equal((await session.callTool('fail', {}, soon)).isError, true);
    const problem = await rejectsWith('TOOL_004', session.callTool('break', {}, soon));
    assert.match(problem.detail, /Nothing works here \(-32603\)/);
  });

  it('skips an answer over the limit, says its size and the limit, and goes on', async () => {
    const session = await open('large-result');
    const [problem, small] = await Promise.all([
      rejectsWith('TOOL_007', session.callTool('large', { bytes: 50_000_000 }, { timeoutSeconds: 30 })),
      session.callTool('echo', { message: 'beside it' }, soon),
    ]);
    assert.match(problem.detail, /^The answer has 50,000,\d{3} bytes; at most 1,000,000 bytes are taken\.$/);
    assert.deepEqual(small.content, [{ type: 'text', text: 'Echo: beside it' }]);
    assert.deepEqual((await session.callTool('echo', { message: 'after' }, soon)).content[0]?.['text'], 'Echo: after');
    assert.equal(supervised.supervisor.health('one').state, 'running');
  });

  it('takes an answer just below the limit', async () => {
    const session = await open('large-result');
    const result = await session.callTool('large', { bytes: 990_000 }, soon);
    assert.equal(String(result.content[0]?.['text']).length, 990_000);
  });

  it('gives up at the time limit and tells the server', async () => {
    const session = await open('slow');
    const problem = await rejectsWith('TOOL_003', session.callTool('wait', { ms: 60_000 }, { timeoutSeconds: 1 }));
    assert.match(problem.detail, /within 1 second;/);
    await until(async () => (await session.callTool('cancelled', {}, soon)).content[0]?.['text'] === '1');
  });

  it('cancels a call at the server and rejects with the signal’s reason', async () => {
    const session = await open('slow');
    const controller = new AbortController();
    const reason = new Error('the person closed the page');
    const call = session.callTool('wait', { ms: 60_000 }, { ...soon, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    await assert.rejects(call, error => error === reason);
    await until(async () => (await session.callTool('cancelled', {}, soon)).content[0]?.['text'] === '1');
    await assert.rejects(
      session.callTool('wait', { ms: 1 }, { ...soon, signal: controller.signal }),
      error => error === reason,
    );
  });

  it('fails a call at once when the server ends meanwhile', async () => {
    const session = await open('crashes', ['1']);
    await rejectsWith('SERVER_003', session.callTool('echo', { message: 'x' }, { timeoutSeconds: 60 }));
  });

  it('reads every page of the tools, and hears when they change', async () => {
    const session = await open('changing-tools', ['5']);
    assert.equal((await session.listTools(soon)).length, 6);
    supervised.toolsChanged.length = 0;
    await session.callTool('grow', {}, soon);
    await until(() => supervised.toolsChanged.length === 1);
    assert.equal((await session.listTools(soon)).length, 7);
  });

  it('does not follow pages without an end, and says so', async () => {
    const session = await open('endless-pages');
    assert.equal((await session.listTools(soon)).length, 200);
    assert.match(
      supervised.supervisor.output('one').join(),
      /list of tools has more than 200 pages: only its first 200/,
    );
  });

  it('carries a large argument to a server that reads slowly', async () => {
    const session = await open('large-result');
    const message = 'y'.repeat(900_000);
    const results = await Promise.all([1, 2, 3].map(() => session.callTool('echo', { message }, soon)));
    assert.ok(results.every(result => String(result.content[0]?.['text']).length === 900_006));
  });
});
