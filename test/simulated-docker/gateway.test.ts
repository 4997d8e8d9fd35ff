// The gateway of the simulated docker in sessions, against what was recorded of the real one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startRemoteServer } from '../support/remote-mcp-server.ts';
import { findPort, type GatewayProcess, hello, post, startGateway } from './gateway-process.ts';
import { createLab, type Lab, readLabRegistry } from './recorded-sequence.ts';

const token = 'a-token-of-this-test';

describe('the gateway of the simulated docker', () => {
  let lab: Lab;
  let started: GatewayProcess[];
  let files: string[];

  beforeEach(async () => {
    lab = await createLab('profile');
    started = [];
    await lab.docker.writeCatalog('local', readLabRegistry());
    files = ['--catalog', 'local.yaml', '--servers', 'probe', '--secrets', join(lab.work, 'lab.env')];
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await lab[Symbol.asyncDispose]();
  });

  const start = (flags: string[], options = {}) => {
    const gateway = startGateway(lab.docker, flags, options);
    started.push(gateway);
    return gateway;
  };
  const startHttp = async (flags: string[] = files, more: Record<string, string> = {}) => {
    const port = await findPort();
    const gateway = start([...flags, '--transport', 'streaming', '--host', '127.0.0.1', '--port', String(port)], {
      environment: { MCP_GATEWAY_AUTH_TOKEN: token, ...more },
    });
    return { gateway, port };
  };
  const open = async (port: number) => {
    const asOwner = { authorization: `Bearer ${token}` };
    const { session } = await post(port, { id: 1, method: 'initialize', params: hello }, asOwner);
    assert.ok(session, 'a session was expected');
    const headers = { ...asOwner, 'mcp-session-id': session };
    await post(port, { method: 'notifications/initialized' }, headers);
    return headers;
  };
  const call = (name: string, args: object = {}) => ({
    id: 9,
    method: 'tools/call',
    params: { name, arguments: args },
  });

  it('answers in event streams, with a session, and with the errors that were recorded', async () => {
    const { gateway, port } = await startHttp();
    await gateway.says('> Use Bearer token from MCP_GATEWAY_AUTH_TOKEN environment variable');
    const headers = await open(port);
    assert.equal((await post(port, call('probe_add', { a: 1, b: 2 }), headers)).message?.result.content[0].text, '3');
    assert.deepEqual((await post(port, call('nope'), headers)).message?.error, {
      code: -32602,
      message: 'unknown tool "nope"',
    });
    assert.deepEqual((await post(port, call('probe_throw'), headers)).message?.error, {
      code: -32000,
      message: 'calling "tools/call": the probe raised a protocol error',
    });
    assert.equal((await post(port, call('probe_die'), headers)).message?.error?.message, 'calling "tools/call": EOF');
    const lost = await post(port, call('probe_echo'), { ...headers, 'mcp-session-id': 'none' });
    assert.deepEqual([lost.status, lost.text], [404, 'session not found\n']);
    assert.equal((await post(port, '{bad', headers)).status, 400);
    gateway.child.kill('SIGTERM');
    assert.equal(await gateway.ended, 1);
    assert.ok(gateway.log().endsWith(`accept tcp 127.0.0.1:${port}: use of closed network connection\n`));
  });

  it('refuses a missing token and every origin but its own', async () => {
    const { gateway, port } = await startHttp();
    await gateway.says('> Gateway URL');
    const asOwner = { authorization: `Bearer ${token}` };
    const say = { id: 1, method: 'initialize', params: hello };
    assert.deepEqual((await post(port, say)).text, 'Unauthorized\n');
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'vscode-webview://abc'])
      assert.equal((await post(port, say, { ...asOwner, origin })).status, 403, origin);
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  });

  it('starts a container for each call, and one for each session with --long-lived', async () => {
    const short = await startHttp();
    await short.gateway.says('> Gateway URL');
    await post(short.port, call('probe_echo', { text: 'x' }), await open(short.port));
    assert.deepEqual(await lab.docker.runningContainers(), []);
    const long = await startHttp([...files, '--long-lived']);
    await long.gateway.says('> Gateway URL');
    const [one, two] = [await open(long.port), await open(long.port)];
    for (const headers of [one, one, two]) await post(long.port, call('probe_echo', { text: 'x' }), headers);
    assert.equal((await lab.docker.runningContainers()).length, 2);
  });

  it('waits for ever for a server that never answers, and /health waits with it', async () => {
    const { gateway, port } = await startHttp(['--catalog', 'local.yaml', '--servers', 'probe,broken-hang']);
    await gateway.says('  > probe: (8 tools)');
    await assert.rejects(fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(1_000) }));
    assert.ok(!gateway.log().includes('> Initialized'));
  });

  it('reads secrets from an inherited descriptor, once', async () => {
    const file = join(lab.work, 'handed.env');
    await writeFile(file, 'probe.api_key=from-a-descriptor\n');
    // A pipe's read end: cat fills it and ends.
    const feeder = spawn('cat', [file], { stdio: ['ignore', 'pipe', 'ignore'] });
    const gateway = start(['--catalog', 'local.yaml', '--servers', 'probe', '--secrets=/dev/fd/3', '--watch=false'], {
      descriptors: [feeder.stdout],
    });
    await gateway.ask(1, 'initialize', hello);
    const { result } = await gateway.ask(2, 'tools/call', { name: 'probe_env', arguments: { name: 'PROBE_API_KEY' } });
    assert.equal(result.content[0].text, 'PROBE_API_KEY=from-a-descriptor');
    assert.ok(!gateway.log().includes('from-a-descriptor'));
  });

  it('reads secrets from a FIFO at each reload, and tells its clients that lists changed', async () => {
    const fifo = join(lab.work, 'secrets');
    await promisify(execFile)('mkfifo', [fifo]);
    await chmod(fifo, 0o600);
    const feed = async (value: string) => {
      const writer = spawn('sh', ['-c', 'printf "probe.api_key=%s\\n" "$1" > "$2"', 'sh', value, fifo]);
      await new Promise(resolve => writer.once('close', resolve));
    };
    const registry = join(lab.work, 'registry.yaml');
    await writeFile(registry, 'registry:\n  probe:\n    ref: ""\n');
    const first = feed('one');
    const gateway = start(['--catalog', 'local.yaml', '--registry', registry, '--secrets', fifo]);
    await first;
    await gateway.ask(1, 'initialize', hello);
    const second = feed('two');
    await writeFile(registry, 'registry:\n  probe:\n    ref: ""\n  memory:\n    ref: ""\n');
    await second;
    await gateway.says('> Configuration updated, reloading...');
    await gateway.says('- Those servers are enabled: probe, memory');
    await gateway.hears(3, '/list_changed');
    const env = await gateway.ask(3, 'tools/call', { name: 'probe_env', arguments: { name: 'PROBE_API_KEY' } });
    assert.equal(env.result.content[0].text, 'PROBE_API_KEY=two');
    const { result } = await gateway.ask(4, 'tools/list');
    assert.ok(result.tools.some(({ name }: { name: string }) => name === 'mem__read_graph'));
    assert.ok(
      result.tools.some(({ name }: { name: string }) => name === 'mcp-find'),
      'own tools are on with --registry',
    );
    gateway.child.stdin?.end();
    assert.equal(await gateway.ended, 0);
  });

  it('hands over the reference of a secret in profile mode, and does not see later edits', async () => {
    const { docker } = lab;
    await docker.run(['mcp', 'catalog', 'create', 'lab/l:v1', '--from-legacy-catalog', 'local.yaml']);
    await docker.run(['mcp', 'profile', 'create', '--name', 'hot', '--server', 'catalog://lab/l:v1/probe']);
    await docker.run(['mcp', 'profile', 'config', 'hot', '--set', 'probe.region=eu']);
    const gateway = start(['--profile', 'hot']);
    await gateway.ask(1, 'initialize', hello);
    const env = await gateway.ask(2, 'tools/call', { name: 'probe_env', arguments: { name: 'PROBE_API_KEY' } });
    assert.equal(env.result.content[0].text, 'PROBE_API_KEY=se://docker/mcp/probe.api_key');
    await docker.run(['mcp', 'profile', 'server', 'remove', 'hot', 'probe']);
    await new Promise(resolve => setTimeout(resolve, 500));
    const { result } = await gateway.ask(3, 'tools/list');
    assert.ok(result.tools.some(({ name }: { name: string }) => name === 'probe_echo'));
  });

  it('reaches a remote server near this machine only if that is allowed', async () => {
    const remote = await startRemoteServer();
    try {
      await lab.docker.writeCatalog('far', { far: { type: 'remote', remote: { url: remote.url } } });
      const refused = await lab.docker.run([
        'mcp',
        'gateway',
        'run',
        '--catalog=far.yaml',
        '--servers=far',
        '--dry-run',
      ]);
      assert.match(refused.stderr, /> Can't start far: unsafe remote MCP URL for far: /);
      const environment = { DOCKER_MCP_ALLOW_INSECURE_REMOTE_URLS: '1' };
      const gateway = start(['--catalog=far.yaml', '--servers=far'], { environment });
      await gateway.ask(1, 'initialize', hello);
      const { result } = await gateway.ask(2, 'tools/call', { name: 'echo', arguments: { message: 'hi' } });
      assert.equal(result.content[0].text, 'Echo: hi');
    } finally {
      await remote.close();
    }
  });

  it('answers calls when its engine is gone, and ends on a malformed line', async () => {
    const gateway = start([...files, '--verbose']);
    await gateway.ask(1, 'initialize', hello);
    await lab.docker.setFailure({ engine: 'down' });
    const { error } = await gateway.ask(2, 'tools/call', { name: 'probe_echo', arguments: { text: 'x' } });
    assert.deepEqual(error, { code: 0, message: 'failed to connect: calling "initialize": EOF' });
    assert.match(gateway.log(), /- probe: docker: Cannot connect to the Docker daemon/);
    gateway.child.stdin?.write('{bad json}\n');
    assert.equal(await gateway.ended, 1);
    assert.ok(gateway.log().endsWith("invalid character 'b' looking for beginning of object key string\n"));
  });
});
