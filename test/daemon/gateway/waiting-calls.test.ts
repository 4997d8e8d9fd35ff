import assert from 'node:assert/strict';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../support/gateway-app.ts';
import { until } from '../../support/in-process-daemon.ts';
import { lastMessage, openSession, post } from '../../support/mcp-requests.ts';

describe('a call at the MCP endpoint that waits for a person', () => {
  let app: GatewayApp;
  let approve: () => void;
  let asked: number;
  beforeEach(() => {
    // Streams begin at once, and could be taken up again for a long time.
    app = createGatewayApp({ patienceMs: 1, graceMs: 60_000 });
    app.run('one', { answers: { 'tools/call': () => ({ content: [] }) } }, [tool('act'), tool('other')]);
    const decision = Promise.withResolvers<void>();
    approve = decision.resolve;
    asked = 0;
    app.guard = {
      admit({ signal }) {
        asked += 1;
        const { promise, reject } = Promise.withResolvers<void>();
        signal.addEventListener('abort', () => reject(signal.reason));
        return Promise.race([decision.promise, promise]);
      },
    };
  });
  afterEach(() => app[Symbol.asyncDispose]());

  const reached = () => app.upstreams.requests.filter(({ request }) => request.method === 'tools/call').length;

  it('is made once it is approved', async () => {
    const session = await openSession(app.request);
    const answer = session.ask('tools/call', { name: 'act' });
    await until(() => asked === 1);
    approve();
    assert.deepEqual((await answer).result, { content: [] });
    assert.equal(reached(), 1);
  });

  it('is not made any more when its caller is not let in any more, though its stream could come back', async () => {
    const session = await openSession(app.request, { principal: keyOf('a') });
    const response = await session.send('tools/call', { name: 'act' });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    app.lifelines.cut('key:a');
    await until(() => app.finished.length === 1, 'the end of the call');
    approve();
    await new Promise(setImmediate);
    assert.equal(app.finished[0]?.outcome, 'cancelled');
    assert.equal(reached(), 0);
  });

  it('is not made any more either when it came with others', async () => {
    const session = await openSession(app.request, { principal: keyOf('a'), revision: '2025-03-26' });
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'act' } };
    const answer = app.request('/mcp', post([call], { 'mcp-session-id': session.id }), keyOf('a'));
    await until(() => asked === 1);
    app.lifelines.cut('key:a');
    await answer;
    approve();
    assert.deepEqual([app.finished[0]?.outcome, reached()], ['cancelled', 0]);
  });

  it('is refused when its tool was switched off meanwhile', async () => {
    const session = await openSession(app.request);
    const answer = session.ask('tools/call', { name: 'act' });
    await until(() => asked === 1);
    app.run('one', { answers: { 'tools/call': () => ({ content: [] }) } }, [tool('other')]);
    approve();
    const { result } = await answer;
    assert.deepEqual([result.isError, result._meta['quayside/code'], reached()], [true, 'TOOL_005', 0]);
    assert.equal((await lastMessage(await session.send('tools/call', { name: 'other' }))).result.isError, undefined);
  });
});
