import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createPatientFetch } from '../../../daemon/supervision/patient-fetch.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { callTool, createTestClient } from '../../support/downstream-client.ts';
import { startEverythingServer } from '../../support/everything-server/http-server.ts';
import { until } from '../../support/in-process-daemon.ts';
import { type RemoteServer, startRemoteServer } from '../../support/remote-mcp-server.ts';
import { createSupervised, launchPolicy, type Supervised } from '../../support/supervised.ts';

const soon = { timeoutSeconds: 5 };

describe('a remote server', () => {
  let supervised: Supervised;
  let remote: RemoteServer;
  beforeEach(async () => {
    supervised = createSupervised();
    remote = await startRemoteServer();
  });
  afterEach(async () => {
    await supervised.supervisor.close();
    await remote.close();
  });

  const start = (url = remote.url, headers: Record<string, string> = {}, policy = launchPolicy()) =>
    supervised.supervisor.start('far', async () => ({ kind: 'http', url, headers }), policy);
  const session = () => supervised.supervisor.session('far');
  const health = () => supervised.supervisor.health('far');

  for (const answers of ['json', 'stream'] as const) {
    it(`runs, lists its tools and answers calls, as ${answers}`, async () => {
      remote.behaviour.answers = answers;
      await start(remote.url, { 'X-Key': 'value' });
      assert.deepEqual([health().state, health().pid, health().serverVersion], ['running', null, '9.9.9']);
      assert.equal((await session().listTools(soon)).length, 2);
      const { content } = await session().callTool('echo', { message: 'hi' }, soon);
      assert.deepEqual(content, [{ type: 'text', text: 'Echo: hi' }]);
      assert.ok(remote.requests.every(({ headers }) => headers['x-key'] === 'value'));
    });

    it(`sends an answer over the limit that is not taken, as ${answers}`, async () => {
      remote.behaviour.answers = answers;
      await start();
      const problem = await rejectsWith('TOOL_007', session().callTool('large', { bytes: 50_000_000 }, soon));
      assert.match(problem.detail, /at most 1,000,000 bytes/);
      assert.deepEqual((await session().callTool('echo', { message: 'x' }, soon)).content[0]?.['text'], 'Echo: x');
    });
  }

  it('tells when its tools change', async () => {
    await start();
    await until(() => remote.requests.some(({ method }) => method === 'GET'));
    supervised.toolsChanged.length = 0;
    await until(() => {
      remote.notify('notifications/tools/list_changed');
      return supervised.toolsChanged.includes('far');
    });
  });

  it('that wants a login says so, and no header’s value is shown', async () => {
    remote.behaviour.authorization = 'Bearer right';
    const problem = await rejectsWith('SERVER_004', start(remote.url, { Authorization: 'Bearer canary-wrong' }));
    assert.match(problem.detail, /did not let us in \(401\)/);
    assert.doesNotMatch(JSON.stringify([problem, supervised.health]), /canary/);
    await start(remote.url, { Authorization: 'Bearer right' });
    assert.equal(health().state, 'running');
  });

  it('that takes its login back says so when it is called', async () => {
    await start();
    remote.behaviour.authorization = 'Bearer new';
    const problem = await rejectsWith('TOOL_004', session().callTool('echo', { message: 'x' }, soon));
    assert.match(problem.detail, /does not let us in any more \(401\)/);
  });

  it('that nobody listens for cannot be reached', async () => {
    await remote.close();
    const problem = await rejectsWith('SERVER_004', start());
    assert.match(problem.detail, /cannot be reached \(ECONNREFUSED\)/);
  });

  it('that is a web page does not speak MCP', async () => {
    remote.behaviour.page = '<html>Hello</html>';
    await rejectsWith('SERVER_007', start());
  });

  it('that does not answer is given up at the time limit', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await rejectsWith('SERVER_005', start(`http://127.0.0.1:${port}/`, {}, launchPolicy({ startSeconds: 1 })));
    silent.close();
  });

  it('is not followed to another origin with the headers', async () => {
    const other = await startRemoteServer();
    remote.behaviour.redirect = other.url;
    await rejectsWith('SERVER_007', start(remote.url, { Authorization: 'Bearer canary' }));
    assert.equal(other.requests.length, 0);
    await other.close();
  });

  it('that cuts an answer off fails the call at once', async () => {
    remote.behaviour.answers = 'stream';
    await start();
    remote.behaviour.cutCalls = true;
    await rejectsWith('SERVER_003', session().callTool('echo', { message: 'x' }, { timeoutSeconds: 30 }));
  });

  it('is told to stop a call at the time limit', async () => {
    await start();
    remote.behaviour.silent = true;
    await rejectsWith('TOOL_003', session().callTool('echo', { message: 'x' }, { timeoutSeconds: 1 }));
    await until(() => remote.requests.some(({ rpc }) => rpc === 'notifications/cancelled'));
  });

  for (const end of ['at the time limit', 'when it is cancelled'] as const) {
    it(`is not read any more ${end}, whatever it sends`, async () => {
      remote.behaviour.answers = 'stream';
      await start();
      const flood = { isRead: false };
      remote.behaviour.flood = flood;
      const controller = new AbortController();
      const options = { timeoutSeconds: end === 'at the time limit' ? 0.3 : 30, signal: controller.signal };
      const call = session().callTool('echo', { message: 'x' }, options);
      setTimeout(() => controller.abort(new Error('enough')), end === 'at the time limit' ? 20_000 : 300).unref();
      await until(() => flood.isRead);
      await assert.rejects(call);
      await until(() => !flood.isRead, 'the end of the stream', 2_000);
      remote.behaviour.flood = undefined;
      assert.equal((await session().callTool('echo', { message: 'x' }, soon)).content.length, 1);
    });
  }

  it('is not asked for its event stream more than once a second, whatever it says', async () => {
    remote.behaviour.retry = 0;
    await start();
    await wait(1_500);
    const streams = remote.requests.filter(({ method }) => method === 'GET').length;
    assert.ok(streams >= 1 && streams <= 3, `${streams} times`);
  });

  it('that closes the stream of an answer is asked for the rest of it', async () => {
    const everything = await startEverythingServer(0, { sessionsOnly: true });
    await start(everything.url);
    const { content } = await session().callTool('test_reconnection', {}, soon);
    assert.deepEqual(content, [{ type: 'text', text: 'Reconnection test completed successfully' }]);
    await everything.close();
  });

  it('is told in a header what a tool wants there, also if its tools were not listed yet', async () => {
    const everything = await startEverythingServer();
    await start(everything.url);
    const client = createTestClient();
    const upstream = await supervised.supervisor.upstreams.of('far', client);
    const { result } = await callTool(upstream, client, 'test_custom_header', { region: 'Zürich' });
    assert.deepEqual(result['content'], [{ type: 'text', text: 'Region Zürich' }]);
    await everything.close();
  });

  it('may be silent for as long as a call may take', async () => {
    const impatient = createPatientFetch({ headersTimeout: 200, bodyTimeout: 200 });
    await start();
    remote.behaviour.silent = true;
    const { 'mcp-session-id': id = '' } = remote.requests.at(-1)?.headers ?? {};
    const body = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: {} });
    const init = { method: 'POST', body, headers: { 'mcp-session-id': String(id) } };
    // The limit is the agent's own: so the one of the daemon, which has none, does not end a call either.
    await assert.rejects(impatient(remote.url, init), error => /HEADERS_TIMEOUT/.test(inspect(error)));
    const patient = createPatientFetch()(remote.url, { ...init, signal: AbortSignal.timeout(1_500) });
    await assert.rejects(patient, { name: 'TimeoutError' });
  });

  it('that has forgotten the session is connected again', async () => {
    await start(remote.url, {}, launchPolicy({ restart: 'on-failure' }));
    remote.forgetSessions();
    await assert.rejects(session().callTool('echo', { message: 'x' }, soon));
    await until(() => health().state === 'running' && health().restarts === 1);
    assert.equal((await session().callTool('echo', { message: 'x' }, soon)).content.length, 1);
  });

  it('that goes away is tried again until it is back', async () => {
    const { url } = remote;
    await start(url, {}, launchPolicy({ restart: 'on-failure' }));
    await remote.close();
    await assert.rejects(session().callTool('echo', { message: 'x' }, soon));
    await until(() => health().restarts > 6 && health().state === 'restarting', 'more tries than a crash loop has');
    remote = await startRemoteServer(Number(new URL(url).port));
    await until(() => health().state === 'running');
  });

  it('is told that the session has ended when it is stopped', async () => {
    await start();
    await supervised.supervisor.stop('far');
    await until(() => remote.requests.some(({ method }) => method === 'DELETE'));
  });
});
