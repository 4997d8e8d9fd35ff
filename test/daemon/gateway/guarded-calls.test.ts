import assert from 'node:assert/strict';
import { besidesOf } from '../../../daemon/features/approvals/sent-besides.ts';
import type { ToolCall } from '../../../daemon/supervision/tool-call.ts';
import { createGatewayApp, type GatewayApp, tool } from '../../support/gateway-app.ts';
import { lastMessage, openSession, stateless } from '../../support/mcp-requests.ts';

describe('what a guard is shown of a call', () => {
  let app: GatewayApp;
  let seen: ToolCall[];
  beforeEach(() => {
    app = createGatewayApp();
    const echo = (params: object) => ({ content: [], structuredContent: { ...params } });
    app.run('one', { answers: { 'tools/call': echo, 'custom/run': echo } }, [tool('echo')]);
    seen = [];
    app.guard = {
      admit(call) {
        seen.push(call);
        return undefined;
      },
    };
  });
  afterEach(() => app[Symbol.asyncDispose]());

  const more = { task: { ttl: 60_000 }, other: [1] };
  const meta = { 'example/as': 'root' };
  const sent = () => app.upstreams.requests.at(-1)?.request.params;

  it('is all that reaches the server, and nothing of what ends before it', async () => {
    const params = { name: 'echo', arguments: { a: 1 }, ...more };
    const session = await openSession(app.request);
    await session.ask('tools/call', { ...params, _meta: { ...meta, progressToken: 7 } });
    await lastMessage(await app.request('/mcp', stateless('tools/call', params, { meta })));
    for (const call of seen) assert.deepEqual(besidesOf(call.params), { ...more, _meta: meta });
    assert.deepEqual(
      seen.map(call => call.arguments),
      [{ a: 1 }, { a: 1 }],
    );
    assert.deepEqual(sent(), { ...params, _meta: meta });
  });

  it('is the same for a method that nobody knows, under a name that no tool has', async () => {
    const params = { name: 'a member', arguments: 'another' };
    const session = await openSession(app.request, { path: '/mcp/server/one' });
    const { result } = await session.ask('custom/run', { ...params, _meta: { ...meta, progressToken: 7 } });
    assert.deepEqual(result.structuredContent.name, 'a member');
    await lastMessage(await app.request('/mcp/server/one', stateless('custom/run', params, { meta })));
    assert.equal(seen.length, 2);
    for (const call of seen) {
      assert.deepEqual([call.tool, call.arguments], ['method:custom/run', params]);
      assert.deepEqual(besidesOf(call.params), { _meta: meta });
    }
  });

  it('is never a method that is none, and none of several servers', async () => {
    const one = await openSession(app.request, { path: '/mcp/server/one' });
    for (const method of ['x'.repeat(129), 'custom run', 'caf\u00e9', '', '*', 'custom/?'])
      assert.equal((await one.ask(method)).error?.code, -32_601, method);
    const together = await openSession(app.request);
    assert.equal((await together.ask('custom/run')).error?.code, -32_601);
    assert.deepEqual([seen.length, app.upstreams.requests.length, app.finished.length], [0, 0, 0]);
  });
});
