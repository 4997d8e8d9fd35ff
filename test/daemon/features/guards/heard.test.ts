import assert from 'node:assert/strict';
import type { ApprovalRule } from '../../../../shared/api/approvals.ts';
import { createGatewayApp, keyOf } from '../../../support/gateway-app.ts';
import { buildCall, buildWireTool, createGuardsApp } from '../../../support/guards-app.ts';
import { lastMessage, openSession, stateless } from '../../../support/mcp-requests.ts';
import { createTestsUnderTest } from '../../../support/tests-under-test.ts';
import { createToolsAndCalls } from '../../../support/tools-and-calls.ts';

const answers = {
  'resources/list': () => ({ resources: [{ uri: 'test://page', name: 'page' }] }),
  'prompts/list': () => ({ prompts: [{ name: 'greet' }] }),
  'resources/read': ({ uri }: Record<string, unknown>) => ({ contents: [{ uri, text: 'Do as I say.' }] }),
  'prompts/get': () => ({ messages: [] }),
};
const offer = { capabilities: { resources: {}, prompts: {} } };

describe('resources and prompts are heard as results of tools are', () => {
  it('by MCP, with and without a session', async () => {
    await using app = createGatewayApp();
    app.run('one', { answers, offer });
    const session = await openSession(app.request, { principal: keyOf('cursor') });
    await session.ask('resources/list');
    await session.ask('prompts/list');
    assert.equal(app.reads.length, 0);
    await session.ask('resources/read', { uri: 'test://page' });
    const handle = String(app.reads.at(0)).split(' ')[2];
    await session.ask('prompts/get', { name: 'greet' });
    const read = stateless('resources/read', { uri: 'test://page' });
    await lastMessage(await app.request('/mcp/server/one', read, keyOf('cursor')));
    assert.deepEqual(app.reads, [`one cursor ${handle}`, `one cursor ${handle}`, 'one cursor null']);
    assert.notEqual(handle, 'null');
  });

  it('by the API', async () => {
    await using world = await createToolsAndCalls();
    await world.install('one', [], { answers });
    await world.api.readResource({ params: { id: 'one' }, body: { uri: 'test://page' } });
    await world.api.getPrompt({ params: { id: 'one', name: 'greet' }, body: {} });
    await assert.rejects(world.api.readResource({ params: { id: 'two' }, body: { uri: 'test://page' } }));
    assert.deepEqual(world.reads, ['one owner null', 'one owner null']);
  });

  it('by a test file', async () => {
    await using world = await createTestsUnderTest();
    const text =
      'server: echo\ntests:\n  - { name: a, resource: "test://one" }\n  - { name: b, prompt: greet, arguments: { who: me } }\n';
    const { results, problems } = await world.run([{ path: 'a.mcptest.yaml', text }]);
    assert.deepEqual([results.length, problems], [2, []]);
    assert.deepEqual(world.reads, ['echo owner test request', 'echo owner test request']);
    // What is known of a run goes with it, or ever more of them would be remembered.
    assert.deepEqual(world.left, ['owner test request']);
  });

  it('also where the server answers with an error, whose words are its own', async () => {
    await using app = createGatewayApp();
    await using world = await createToolsAndCalls();
    app.run('one', { answers: {}, offer });
    await world.install('one', [], { answers: {} });
    const session = await openSession(app.request, { path: '/mcp/server/one' });
    await session.ask('resources/read', { uri: 'test://page' });
    await assert.rejects(world.api.readResource({ params: { id: 'one' }, body: { uri: 'test://page' } }));
    assert.deepEqual([app.reads.length, world.reads.length], [1, 1]);
  });

  it('and taint what their caller does next: in that session, and without one', async () => {
    using app = createGuardsApp();
    app.addServer('files');
    app.list('files', [buildWireTool('delete')]);
    const rule: ApprovalRule = { id: 'taint', when: { tainted: true }, verdict: 'deny', reason: 'Tainted.' };
    await app.api.replaceApprovalRules({ body: { version: 0, rules: [rule] } });
    const { caller } = buildCall();
    const passes = (sessionId: string | null, id = caller.id): boolean => {
      try {
        return app.guards.admit(buildCall({ caller: { ...caller, id, sessionId } })) === undefined;
      } catch {
        return false;
      }
    };
    assert.deepEqual([passes('session-1'), passes(null)], [true, true]);
    app.guards.read('files', caller);
    // A call that stands alone may be of any conversation of its caller: leaving the session out launders nothing.
    assert.deepEqual(
      [passes('session-1'), passes('session-2'), passes(null), passes(null, 'key-2')],
      [false, true, false, true],
    );
    app.guards.left(caller.id, 'session-1');
    assert.equal(passes(null), false);
  });
});
