import assert from 'node:assert/strict';
import { WireError, type WireObject } from '../../../../../daemon/supervision/upstream.ts';
import { callTool, createTestClient, request, textOf } from '../../../../support/downstream-client.ts';
import { createGatewayBench, type GatewayBench, planOf, policy, probe } from './gateway-bench.ts';

describe('a server behind Docker’s gateway, as our own gateway uses it', () => {
  let bench: GatewayBench;
  const client = createTestClient();
  afterEach(() => bench[Symbol.asyncDispose]());
  const start = (name: string, more = {}) => bench.supervisor.start(name, planOf(probe(name, more)), policy());

  it('has its own tools by their own names, and nothing of the others', async () => {
    bench = await createGatewayBench();
    await Promise.all([start('one'), start('two')]);
    const { upstreams } = bench.supervisor;
    const upstream = await upstreams.of('one', client);
    assert.deepEqual(upstream.offer.capabilities['tools'], { listChanged: true });
    assert.deepEqual(upstreams.offer('one')?.serverInfo, { name: 'one' });
    const { tools } = await request(upstream, client, 'tools/list');
    const names = (tools as WireObject[]).map(({ name }) => String(name));
    assert.ok(names.includes('probe_echo') && names.every(name => !name.includes('__')), names.join());
    const { result } = await callTool(upstream, client, 'probe_echo', { text: 'hello' });
    assert.match(textOf(result), /hello/);
    await assert.rejects(callTool(upstream, client, 'nothing_of_that'), { code: 'TOOL_001' });
    // Both may have prompts, and no name tells which: a guess could answer with those of the other.
    await assert.rejects(
      request(upstream, client, 'prompts/list'),
      error => error instanceof WireError && error.code === -32_601,
    );
    const lost = upstreams.losses('one').map(({ what, reason, times }) => `${what} ${reason} ${times}`);
    assert.deepEqual(lost.slice(0, 2), ['prompts/list not-forwarded 1', 'sampling/createMessage not-forwarded 0']);
  });

  it('is used on after a restart of the gateway, by whoever held it', async () => {
    bench = await createGatewayBench();
    await start('one');
    const upstream = await bench.supervisor.upstreams.of('one', client);
    await callTool(upstream, client, 'probe_echo', { text: 'before' });
    await bench.gateways.gateways.restart('dev');
    assert.match(textOf((await callTool(upstream, client, 'probe_echo', { text: 'after' })).result), /after/);
    await bench.supervisor.stop('one');
    assert.throws(() => bench.supervisor.upstreams.of('one', client), { code: 'SERVER_003' });
    assert.equal(bench.supervisor.upstreams.offer('one'), undefined);
  });
});
