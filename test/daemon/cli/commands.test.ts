import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DaemonEvent } from '../../../shared/api/events.ts';
import { routes } from '../../../shared/api/routes.ts';
import { ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import { MCPServer, MCPServerDetail, TestResult } from '../../../shared/api/servers.ts';
import { CallResult } from '../../../shared/api/tool-calls.ts';
import { type CommandLine, createCommandLine, problemIn, testServer } from './command-line.ts';

describe('Commands for servers and tools', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  before(async () => {
    quayside = await createCommandLine('commands');
    for (const name of ['echo', 'slow']) {
      await quayside.json(['add', 'command', name, '--', process.execPath, testServer(name), '--flag', '-x']);
      await quayside.json(['start', name]);
    }
  });
  after(async () => {
    await quayside[Symbol.asyncDispose]();
  });

  it('list servers as a table and as the API answers', async () => {
    const { stdout } = await quayside.run(['servers']);
    assert.match(stdout, /^NAME +STATE +TOOLS +SOURCE\necho +Running +5 /);
    const page = routes.listServers.response.parse(await quayside.json(['servers', '--state', 'running']));
    assert.deepEqual(page.items.map(server => server.id).sort(), ['echo', 'slow']);
    assert.equal(routes.listServers.response.parse(await quayside.json(['servers', '--state', 'failed'])).total, 0);
  });

  it('hand everything after -- to the server, flags too', async () => {
    const result = CallResult.parse(await quayside.json(['call', 'echo', 'started']));
    assert.deepEqual(JSON.parse(String(result.content[0]?.['text'])).args, ['--flag', '-x']);
  });

  it('show one server', async () => {
    const detail = MCPServerDetail.parse(await quayside.json(['server', 'echo']));
    assert.equal(detail.serverVersion, '1.2.3');
    const { stdout } = await quayside.run(['server', 'echo']);
    assert.match(stdout, /^State +Running$/m);
    assert.match(stdout, /^Isolated +no: it runs with your rights/m);
  });

  it('call a tool with arguments of the types that it asks for', async () => {
    const result = CallResult.parse(await quayside.json(['call', 'echo', 'add', '--arg', 'a=2', '--arg', 'b=0.5']));
    assert.deepEqual(result.structuredContent, { sum: 2.5 });
    const text = CallResult.parse(await quayside.json(['call', 'echo', 'echo', '--arg', 'message=42']));
    assert.equal(text.content[0]?.['text'], 'Echo: 42');
  });

  it('print the result alone on the standard output, and the time beside it', async () => {
    const { code, stdout, stderr } = await quayside.run(['call', 'echo', 'echo', '--arg', 'message=hi']);
    assert.equal(code, 0);
    assert.equal(stdout, 'Echo: hi\n');
    assert.match(stderr, /^echo\/echo, [\d.]+ m?s, \d+ B\n$/);
  });

  it('make what a server says safe for a terminal', async () => {
    const message = 'message=\u001b[2Jgone\u202e';
    assert.equal(
      (await quayside.run(['call', 'echo', 'echo', '--arg', message])).stdout,
      'Echo: \\u001b[2Jgone\\u202e\n',
    );
    const { stdout } = await quayside.run(['call', 'echo', 'echo', '--arg', message, '--json']);
    assert.ok(stdout.includes('\\u202e') && !stdout.includes('\u202e'));
    assert.equal(JSON.parse(stdout).content[0].text, 'Echo: \u001b[2Jgone\u202e');
  });

  it('take all arguments as JSON, from a file and from the standard input, with --arg on top', async () => {
    const file = join(quayside.home, 'arguments.json');
    await writeFile(file, '{"a":1,"b":2}');
    const sum = async (args: string[], stdin?: string) =>
      CallResult.parse(await quayside.json(['call', 'echo', 'add', ...args], { ...(stdin ? { stdin } : {}) }))
        .structuredContent;
    assert.deepEqual(await sum(['--args', '{"a":1,"b":1}']), { sum: 2 });
    assert.deepEqual(await sum(['--args', `@${file}`]), { sum: 3 });
    assert.deepEqual(await sum(['--args', '-'], '{"a":3,"b":1}'), { sum: 4 });
    assert.deepEqual(await sum(['--args', `@${file}`, '--arg', 'b=9']), { sum: 10 });
  });

  it('exit with 3 when the tool reports an error', async () => {
    const { code, stdout, stderr } = await quayside.run(['call', 'echo', 'fail']);
    assert.equal(code, 3);
    assert.equal(stdout, 'It did not work\n');
    assert.match(stderr, /The tool reported an error/);
    const asJson = await quayside.run(['call', 'echo', 'fail', '--json']);
    assert.equal(asJson.code, 3);
    assert.equal(CallResult.parse(JSON.parse(asJson.stdout)).isError, true);
  });

  for (const [args, code] of [
    [['call', 'echo', 'break'], 'TOOL_004'],
    [['call', 'echo', 'nothing'], 'TOOL_001'],
    [['call', 'echo', 'add', '--args', '{"a":"x","b":1}'], 'TOOL_002'],
    [['call', 'slow', 'wait', '--arg', 'ms=20000', '--timeout', '1'], 'TOOL_003'],
    [['call', 'nobody', 'echo'], 'SERVER_001'],
    [['server', 'nobody'], 'SERVER_001'],
    [['add', 'remote', 'echo', 'http://127.0.0.1:9/mcp'], 'SERVER_002'],
    [['add', 'remote', 'far', 'ftp://127.0.0.1/'], 'REQUEST_001'],
    [['cancel', 'nothing'], 'OPERATION_001'],
    [['install', 'evrything'], 'CATALOG_001'],
  ] as const) {
    it(`exit with 2 and ${code} for ${args.join(' ')}`, async () => {
      const finished = await quayside.run([...args, '--json']);
      assert.equal(finished.code, 2, finished.stderr);
      assert.equal(finished.stdout, '');
      assert.equal(problemIn(finished).code, code);
    });
  }

  it('say title, detail, next step and code of a problem', async () => {
    const { code, stdout, stderr } = await quayside.run(['install', 'evrything']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    const next =
      'Next: See "quayside catalog". To install the npm package of that name: quayside install npm:evrything';
    const lines = [
      'There is no such catalog entry.',
      'The catalog has no entry "evrything".',
      next,
      'Code: CATALOG_001',
      '',
    ];
    assert.equal(stderr, lines.join('\n'));
  });

  it('say how to start a server that is stopped, or start it first', async () => {
    await quayside.json(['add', 'command', 'later', '--', process.execPath, testServer('echo')]);
    const refused = await quayside.run(['call', 'later', 'echo', '--arg', 'message=hi']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /later is stopped\.\nNext: Start it with "quayside start later", or add --start/);
    const called = await quayside.run(['call', 'later', 'echo', '--arg', 'message=hi', '--start']);
    assert.equal(called.stdout, 'Echo: hi\n');
    assert.equal(MCPServer.parse(await quayside.json(['stop', 'later'])).state, 'stopped');
    assert.equal(MCPServer.parse(await quayside.json(['restart', 'later'])).state, 'running');
    assert.equal((await quayside.run(['remove', 'later'])).stdout, 'Removed later.\n');
  });

  it('cancel a call with Ctrl-C, exit with 130, and the server hears of it', async () => {
    const counted = async (what = 'cancelled') =>
      Number(CallResult.parse(await quayside.json(['call', 'slow', what])).content[0]?.['text']);
    const before = await counted();
    const begun = await counted('begun');
    const call = quayside.start(['call', 'slow', 'wait', '--arg', 'ms=30000']);
    for (const limit = Date.now() + 10_000; (await counted('begun')) === begun; )
      assert.ok(Date.now() < limit, 'the call does not arrive');
    call.child.kill('SIGINT');
    const { code, stdout } = await call.finished;
    assert.equal(code, 130);
    assert.equal(stdout, '');
    for (const limit = Date.now() + 5_000; (await counted()) === before; )
      assert.ok(Date.now() < limit, 'not cancelled');
    assert.equal(await counted(), before + 1);
  });

  it('list tools and switch them off and on', async () => {
    const tools = routes.listTools.response.parse(await quayside.json(['tools']));
    assert.ok(tools.items.some(tool => tool.serverId === 'slow' && tool.name === 'wait'));
    const { stdout } = await quayside.run(['tools', 'echo']);
    assert.match(stdout, /^echo +echo +yes +echo +(?:\d+|-) +Gives the message back$/m);
    assert.equal((await quayside.run(['tool', 'disable', 'echo', 'echo'])).stdout, 'echo/echo is off.\n');
    const refused = await quayside.run(['call', 'echo', 'echo', '--arg', 'message=x', '--json']);
    assert.equal(problemIn(refused).code, 'TOOL_005');
    await quayside.json(['tool', 'enable', 'echo', 'echo']);
    assert.equal((await quayside.run(['call', 'echo', 'echo', '--arg', 'message=x'])).code, 0);
  });

  it('test a server step by step', async () => {
    const result = TestResult.parse(await quayside.json(['test', 'echo']));
    assert.equal(result.ok, true);
    await quayside.json(['add', 'command', 'bad', '--', process.execPath, testServer('exits-at-once')]);
    const failed = await quayside.run(['test', 'bad', '--json'], { milliseconds: 60_000 });
    assert.equal(failed.code, 2);
    assert.equal(TestResult.parse(JSON.parse(failed.stdout)).ok, false);
    assert.match(problemIn(failed).code, /^SERVER_00/);
    await quayside.json(['remove', 'bad']);
  });

  it('show and change a configuration setting by setting', async () => {
    await quayside.json(['add', 'command', 'set', '--env', 'KEPT=1', '--', process.execPath, testServer('echo')]);
    const changes = [
      'environment.ADDED=a=b',
      'limits.callSeconds=7',
      'restart=always',
      'network.inheritProxy=false',
      'title=Nice',
    ];
    const detail = MCPServerDetail.parse(await quayside.json(['config', 'set', 'set', ...changes]));
    assert.equal(detail.title, 'Nice');
    const read = async () => ServerConfiguration.parse(await quayside.json(['config', 'get', 'set']));
    const changed = await read();
    assert.deepEqual(changed.environment, { KEPT: '1', ADDED: 'a=b' });
    assert.equal(changed.limits.callSeconds, 7);
    assert.equal(changed.restart, 'always');
    assert.equal(changed.network.inheritProxy, false);
    assert.equal((await quayside.run(['config', 'get', 'set', 'limits.callSeconds'])).stdout, '7\n');
    await quayside.json(['config', 'set', 'set', 'environment.KEPT=', 'arguments=["a","b"]', 'workingDirectory=/tmp']);
    assert.deepEqual((await read()).environment, { ADDED: 'a=b' });
    assert.deepEqual((await read()).arguments, ['a', 'b']);
    await quayside.json(['config', 'set', 'set', 'workingDirectory=null']);
    assert.equal((await read()).workingDirectory, null);
    assert.equal((await quayside.run(['config', 'get', 'set', 'nonsense'])).code, 1);
    await quayside.json(['remove', 'set']);
  });

  it('list the catalog, and search it', async () => {
    const page = routes.listCatalog.response.parse(await quayside.json(['catalog']));
    assert.ok(page.items.some(entry => entry.id === 'everything'));
    const found = routes.listCatalog.response.parse(await quayside.json(['catalog', 'filesystem']));
    assert.ok(found.items.some(entry => entry.id === 'filesystem'));
    assert.match((await quayside.run(['catalog', 'zzzz-nothing'])).stdout, /Nothing in the catalog fits/);
  });

  it('ask for what a catalog entry needs, as a usage error', async () => {
    const { code, stderr } = await quayside.run(['install', 'filesystem']);
    assert.equal(code, 1);
    assert.match(stderr, /filesystem needs --input directories=… \(The folders/);
    const folder = await quayside.run(['install', 'filesystem', '--input', 'directories=/no/such/folder', '--json']);
    assert.equal(folder.code, 2);
    assert.equal(problemIn(folder).code, 'REQUEST_001');
  });

  it('give the token, the login link and the status', async () => {
    const token = (await quayside.run(['token'])).stdout.trim();
    assert.ok(token.length >= 32);
    const link = routes.createLoginLink.response.parse(await quayside.json(['login']));
    assert.match(link.url, /^http:\/\/127\.0\.0\.1:\d+\//);
    const rotated = (await quayside.run(['token', '--rotate'])).stdout.trim();
    assert.notEqual(rotated, token);
    assert.equal((await quayside.run(['servers'])).code, 0, 'the command line has the new one');
    assert.match((await quayside.run(['status'])).stdout, /^Servers +\d+ \(\d+ running, 0 failed\)$/m);
  });

  it('list and verify the audit log', async () => {
    const page = routes.listAudit.response.parse(await quayside.json(['audit', '--limit', '3']));
    assert.equal(page.items.length, 3);
    const verified = await quayside.run(['audit', 'verify']);
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, /The audit log is whole/);
    assert.equal(routes.verifyAudit.response.parse(await quayside.json(['audit', 'verify'])).ok, true);
  });

  it('follow events as JSON lines until Ctrl-C', async () => {
    const events = quayside.start(['events']);
    await events.until('stdout', /"type":"reset"/);
    await quayside.json(['restart', 'echo']);
    await events.until('stdout', /"server\.changed"/);
    events.child.kill('SIGINT');
    const { code, stdout } = await events.finished;
    assert.equal(code, 130);
    for (const line of stdout.trim().split('\n')) DaemonEvent.parse(JSON.parse(line));
  });

  it('end quietly when the reader of their output goes away', async () => {
    const events = quayside.start(['events']);
    await events.until('stdout', /reset/);
    events.child.stdout?.destroy();
    await quayside.json(['restart', 'echo']);
    const { code, stderr } = await events.finished;
    assert.equal(code, 0);
    assert.equal(stderr, '');
  });

  it('show an empty list of operations as such', async () => {
    assert.match((await quayside.run(['operations'])).stdout, /There were no operations yet/);
    assert.equal(routes.listOperations.response.parse(await quayside.json(['operations'])).total, 0);
  });
});
