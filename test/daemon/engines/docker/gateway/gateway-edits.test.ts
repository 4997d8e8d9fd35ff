import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayCli } from '../../../../../daemon/engines/docker/cli/docker-cli.ts';
import { call, createGatewayBench, type GatewayBench, planOf, policy, probe, textOf } from './gateway-bench.ts';

/** As some versions of docker mcp: a reload lists everything again, by the configuration of the start. */
const disobedient = (cli: GatewayCli, catalogsFolder: string): GatewayCli => ({
  ...cli,
  async start(plan, lines) {
    if (plan.source.mode !== 'files') return await cli.start(plan, lines);
    const catalog = `kept-${plan.source.catalog}`;
    await copyFile(join(catalogsFolder, plan.source.catalog), join(catalogsFolder, catalog));
    return await cli.start({ ...plan, source: { ...plan.source, catalog } }, lines);
  },
});

describe('an edit of a profile while its gateway runs', () => {
  let bench: GatewayBench;
  afterEach(() => bench[Symbol.asyncDispose]());
  const status = () => bench.gateways.gateways.status('dev');
  const region = async (name: string) =>
    textOf(await bench.supervisor.session(name).callTool('probe_env', { name: 'PROBE_REGION' }, call));
  const toolsOf = async (name: string) => (await bench.supervisor.session(name).listTools(call)).map(tool => tool.name);

  it('takes effect without a restart where the gateway obeys it: tools and settings', async () => {
    bench = await createGatewayBench();
    const one = probe('one', { settings: { region: 'north' } });
    await Promise.all([
      bench.supervisor.start('one', planOf(one), policy()),
      bench.supervisor.start('two', planOf(probe('two')), policy()),
    ]);
    const { pid, editsApply } = status();
    assert.equal(editsApply, 'at-once');
    assert.match(await region('one'), /north/);
    bench.toolsChanged.length = 0;
    await bench.gateways.gateways.profileChanged('dev', [
      { ...one, settings: { region: 'south' }, tools: ['probe_env'] },
      probe('two'),
    ]);
    assert.equal(status().pid, pid, bench.gatewayLines.join('\n'));
    assert.deepEqual(await toolsOf('one'), ['probe_env']);
    assert.match(await region('one'), /south/);
    assert.ok((await toolsOf('two')).length > 1);
    assert.ok(bench.toolsChanged.includes('one'));
    await assert.rejects(bench.supervisor.session('one').callTool('probe_echo', { text: 'x' }, call), {
      code: 'TOOL_001',
    });
  });

  it('is done by a restart where the gateway reads changed files and goes on with what it had', async () => {
    bench = await createGatewayBench({ cli: disobedient });
    let one = probe('one', { settings: { region: 'north' } });
    await bench.supervisor.start('one', () => planOf(one)(), policy());
    const { pid } = status();
    assert.equal(status().editsApply, 'at-once');
    one = { ...one, settings: { region: 'south' } };
    await bench.gateways.gateways.profileChanged('dev', [one]);
    assert.notEqual(status().pid, pid);
    assert.match(await region('one'), /south/);
    assert.equal(status().editsApply, 'by-restart');
    assert.ok(bench.gatewayLines.some(line => line.includes('takes effect with a restart')));
  });

  it('is done by a restart where nothing proves that the gateway obeyed', async () => {
    bench = await createGatewayBench();
    // A server without a single tool: its list looks the same before and after.
    let one = probe('one', { settings: { region: 'north' }, tools: [] });
    await bench.supervisor.start('one', () => planOf(one)(), policy());
    const { pid } = status();
    one = { ...one, settings: { region: 'south' } };
    await bench.gateways.gateways.profileChanged('dev', [one]);
    assert.notEqual(status().pid, pid);
    assert.equal(status().state, 'running');
    assert.equal(status().editsApply, 'by-restart');
  });

  it('of a definition waits for a restart, and says so', async () => {
    bench = await createGatewayBench();
    const one = probe('one');
    await bench.supervisor.start('one', planOf(one), policy());
    const { pid } = status();
    const definition = { ...one.definition, description: 'another' };
    await bench.gateways.gateways.profileChanged('dev', [{ ...one, definition }]);
    assert.equal(status().changesWaiting, true);
    assert.equal(status().pid, pid);
    await bench.gateways.gateways.restart('dev');
    assert.equal(status().changesWaiting, false);
  });

  it('that changes nothing does nothing', async () => {
    bench = await createGatewayBench();
    await bench.supervisor.start('one', planOf(probe('one')), policy());
    const { pid } = status();
    await bench.gateways.gateways.profileChanged('dev', [probe('one')]);
    assert.equal(status().pid, pid);
    assert.equal(status().changesWaiting, false);
  });
});

describe('a gateway over its own input and output', () => {
  it('runs in the legacy dialect, opens no port, and restarts for an edit', async () => {
    await using bench = await createGatewayBench({ dialect: 'legacy' });
    let one = probe('one', { settings: { region: 'north' } });
    await bench.supervisor.start('one', () => planOf(one)(), policy());
    const status = bench.gateways.gateways.status('dev');
    assert.equal(status.transport, 'stdio');
    assert.equal(status.url, null);
    assert.equal(status.editsApply, 'by-restart');
    assert.match(status.modeReason ?? '', /own input and output/);
    const said = await bench.supervisor.session('one').callTool('probe_echo', { text: 'quiet' }, call);
    assert.match(textOf(said), /quiet/);
    one = { ...one, settings: { region: 'south' } };
    await bench.gateways.gateways.profileChanged('dev', [one]);
    const region = await bench.supervisor.session('one').callTool('probe_env', { name: 'PROBE_REGION' }, call);
    assert.match(textOf(region), /south/);
  });
});
