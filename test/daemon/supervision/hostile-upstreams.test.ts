import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Upstream, WireObject } from '../../../daemon/supervision/upstream.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { callTool, createTestClient, request, type TestClient, textOf } from '../../support/downstream-client.ts';
import { until } from '../../support/in-process-daemon.ts';
import { type RemoteServer, startRemoteServer } from '../../support/remote-mcp-server.ts';
import { createSupervised, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

const megabytes = () => process.memoryUsage().rss / 1_048_576;

describe('a hostile upstream', () => {
  let supervised: Supervised;
  let client: TestClient;
  let bystander: TestClient;
  beforeEach(async () => {
    supervised = createSupervised();
    client = createTestClient();
    bystander = createTestClient();
    await supervised.supervisor.start('good', planScript('echo'), launchPolicy());
  });
  afterEach(() => supervised.supervisor.close());

  const open = async (args: string[] = [], more = {}): Promise<Upstream> => {
    await supervised.supervisor.start('bad', planScript('hostile', args), launchPolicy(more));
    return await supervised.supervisor.upstreams.of('bad', client);
  };
  /** Other servers, and other clients of them, notice nothing. */
  const othersGoOn = async () => {
    const good = await supervised.supervisor.upstreams.of('good', bystander);
    const { result } = await callTool(good, bystander, 'echo', { message: 'here' }, { timeoutSeconds: 5 });
    assert.equal(textOf(result), 'Echo: here');
    assert.deepEqual(bystander.told, []);
  };

  it('that answers twice, with other ids, or with junk beside, answers each call once', async () => {
    const upstream = await open();
    assert.equal(textOf((await callTool(upstream, client, 'twice')).result), 'first');
    assert.equal(textOf((await callTool(upstream, client, 'other-id')).result), 'yours');
    assert.equal(textOf((await callTool(upstream, client, 'junk')).result), 'after all that');
    assert.equal(textOf((await callTool(upstream, client, 'fine')).result), 'fine');
    const problem = await rejectsWith('TOOL_004', callTool(upstream, client, 'odd-answer'));
    assert.match(problem.detail, /neither a result nor an error/);
  });

  it('with a result of 100 MB fails that call, in little memory', async () => {
    const upstream = await open([], { messageBytes: 10_485_760 });
    const before = megabytes();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, megabytes() - before);
    }, 20);
    const [problem] = await Promise.all([
      rejectsWith('TOOL_007', callTool(upstream, client, 'huge', {}, { timeoutSeconds: 30 })),
      othersGoOn(),
    ]);
    clearInterval(watch);
    assert.match(problem.detail, /has 104,8\d\d,\d{3} bytes; at most 10,485,760 bytes/);
    assert.ok(most < 100, `${most} MB more`);
    assert.equal(textOf((await callTool(upstream, client, 'fine')).result), 'fine');
    assert.deepEqual(supervised.supervisor.upstreams.losses('bad'), [
      { what: 'message', reason: 'too-large', times: 1 },
    ]);
  });

  it('with a definition of 5 MB is listed as it is, or not at all if that is too much', async () => {
    const upstream = await open(['large-definition'], { messageBytes: 10_485_760 });
    const { tools } = await request(upstream, client, 'tools/list');
    const large = (tools as WireObject[]).find(({ name }) => name === 'large');
    assert.equal(String(large?.['description']).length, 5_242_880);
    await supervised.supervisor.stop('bad');
    const smaller = await open(['large-definition']);
    await rejectsWith('TOOL_007', request(smaller, client, 'tools/list'));
    assert.equal(textOf((await callTool(smaller, client, 'fine')).result), 'fine');
  });

  it('that sends 10,000 notifications a second is read more slowly, and others go on', async () => {
    const upstream = await open();
    await callTool(upstream, client, 'flood');
    await until(() => supervised.supervisor.upstreams.losses('bad').some(({ reason }) => reason === 'too-fast'));
    client.told.length = 0;
    const { user } = process.cpuUsage();
    const before = megabytes();
    await Promise.all([wait(500), othersGoOn()]);
    assert.ok(client.told.length < 3_000, `${client.told.length} in half a second`);
    assert.ok(process.cpuUsage().user - user < 400_000);
    assert.ok(megabytes() - before < 100);
  });

  it('that never reads fails its calls at their limit, and takes little memory', async () => {
    const upstream = await open();
    await callTool(upstream, client, 'never-reads');
    const before = megabytes();
    const message = 'z'.repeat(500_000);
    const calls = Array.from({ length: 32 }, () =>
      callTool(upstream, client, 'fine', { message }, { timeoutSeconds: 1 }),
    );
    const outcomes = await Promise.allSettled([...calls, othersGoOn()]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [...calls.map(() => 'rejected'), 'fulfilled'],
    );
    for (const call of calls)
      await assert.rejects(call, error => /^TOOL_0(?:03|04|10)$/.test((error as { code: string }).code));
    assert.ok(megabytes() - before < 100);
  });

  it('that ends in the middle of a frame fails what is under way at once, and can be called again', async () => {
    const upstream = await open([], { restart: 'always' });
    const [slow] = await Promise.all([
      rejectsWith('TOOL_010', callTool(upstream, client, 'mid-frame', {}, { timeoutSeconds: 60 })),
      othersGoOn(),
    ]);
    assert.match(slow.next ?? '', /Call it again/);
    assert.equal(textOf((await callTool(upstream, client, 'fine')).result), 'fine');
  });

  it('that works on as much as it may lets no more than so many wait', async () => {
    const limits = { concurrentCalls: 2, waitingCalls: 3 };
    await supervised.supervisor.start('slow', planScript('slow'), launchPolicy(limits));
    const upstream = await supervised.supervisor.upstreams.of('slow', client);
    const calls = Array.from({ length: 8 }, () => callTool(upstream, client, 'wait', { ms: 100 }));
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map(outcome => (outcome.status === 'fulfilled' ? 'ok' : outcome.reason.code)),
      ['ok', 'ok', 'ok', 'ok', 'ok', 'TOOL_011', 'TOOL_011', 'TOOL_011'],
    );
  });
});

describe('a hostile upstream over HTTP', () => {
  let supervised: Supervised;
  let remote: RemoteServer;
  const client = createTestClient();
  beforeEach(async () => {
    supervised = createSupervised();
    remote = await startRemoteServer();
  });
  afterEach(async () => {
    await supervised.supervisor.close();
    await remote.close();
  });

  for (const answers of ['json', 'stream'] as const) {
    it(`with a result of 100 MB as ${answers} fails that call, in little memory`, async () => {
      remote.behaviour.answers = answers;
      const policy = launchPolicy({ messageBytes: 10_485_760 });
      await supervised.supervisor.start('far', async () => ({ kind: 'http', url: remote.url, headers: {} }), policy);
      const upstream = await supervised.supervisor.upstreams.of('far', client);
      await rejectsWith('TOOL_007', callTool(upstream, client, 'large', { bytes: 104_857_600 }));
      assert.equal(textOf((await callTool(upstream, client, 'echo', { message: 'x' })).result), 'Echo: x');
    });
  }
});
