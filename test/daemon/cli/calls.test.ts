import assert from 'node:assert/strict';
import { type CommandLine, createCommandLine, testServer } from './command-line.ts';

/** Answers of the API, as a script reads them. */
type Document = Record<string, unknown> & { id: string; items: Record<string, unknown>[]; total: number };

describe('the command line and what is called', function () {
  this.timeout(120_000);
  let cli: CommandLine;
  before(async () => {
    cli = await createCommandLine('calls-cli');
    for (const name of ['asks', 'echo']) {
      await cli.json(['add', 'command', name, '--', process.execPath, testServer(name)]);
      await cli.run(['start', name]);
    }
  });
  after(async () => {
    await cli.end();
    await cli[Symbol.asyncDispose]();
  });
  const json = async (...args: string[]) => (await cli.json(args)) as Document;
  const print = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli.run(args);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('declines what a server asks where nobody is to be asked, and says so', async () => {
    const { code, stdout, stderr } = await cli.run(['call', 'asks', 'ask', '--arg', 'what=form', '--no-input']);
    assert.deepEqual([code, stdout.trim()], [0, '{"action":"decline"}']);
    assert.match(stderr, /asks asks \(elicitation\): declined/);
  });

  it('prints resources and prompts', async () => {
    assert.match(await print('resources', 'asks'), /test:\/\/note[\s\S]*test:\/\/\{name\}/);
    assert.equal((await print('resources', 'read', 'asks', 'test://x')).trim(), 'This is test://x');
    assert.match(await print('prompts', 'asks'), /greet +who/);
    assert.equal(
      (await print('prompts', 'get', 'asks', 'greet', '--arg', 'who=Ada')).trim(),
      'user:\nSay hello to Ada',
    );
  });

  it('keeps, shows, counts, repeats, exports and deletes calls', async () => {
    assert.match(
      await print('calls', 'settings', '--server', 'echo', '--keep', 'everything', '--days', '9'),
      /echo: its arguments and its result too/,
    );
    await print('call', 'echo', 'echo', '--arg', 'message=hello there');
    const { items } = await json('calls', '--server', 'echo');
    const id = String(items[0]?.['id']);
    assert.match(await print('calls', 'show', id), /Tool +echo\/echo[\s\S]*"message": "hello there"/);
    assert.equal((await print('calls', 'replay', id)).trim(), 'Echo: hello there');
    assert.match(await print('calls', 'stats', '--server', 'echo'), /echo\/echo +2 +0 \(0\.0 %\)/);
    assert.equal(
      (await print('calls', 'export', '--server', 'echo', '--search', 'hello')).trim().split('\n').length,
      2,
    );
    assert.match(await print('calls', 'clear', '--server', 'echo', '--values', '--yes'), /2 calls lost/);
    assert.match(await print('calls', 'show', id), /Arguments were not kept/);
    assert.match(await print('calls', 'clear', '--server', 'echo', '--yes'), /2 calls deleted/);
    assert.match(await print('calls', 'settings', '--server', 'echo', '--as-usual'), /For 9 days/);
  });

  it('renames tools, and tells clashes, costs and what nobody calls', async () => {
    await cli.json(['add', 'command', 'second', '--', process.execPath, testServer('echo')]);
    await cli.run(['start', 'second']);
    assert.match(
      await print('tools', 'clashes'),
      /2 tools want the name echo:\n {2}\S+ is called [\s\S]*quayside tool rename/,
    );
    assert.match(
      await print('tools', 'clashes', 'keep', 'echo'),
      /^echo, kept as it is by owner[^\n]*:\n {2}\S+ is called/,
    );
    const { stdout: open } = await cli.run(['tools', 'clashes']);
    assert.doesNotMatch(open, /want the name echo:/);
    assert.match(open, /1 clash more decided: --decided/);
    assert.ok((await json('tools', 'clashes', 'keep', '--all')).items.length > 0);
    assert.match(await print('tools', 'clashes', 'reopen', 'echo'), /want the name echo:/);
    assert.equal((await cli.run(['tools', 'clashes', 'keep'])).code, 1);
    assert.match(await print('tool', 'rename', 'second', 'echo', 'shout'), /called shout at \/mcp/);
    const taken = await cli.run(['tool', 'rename', 'second', 'add', 'shout']);
    assert.match(taken.stderr, /TOOL_009/);
    assert.match(await print('tools', 'second'), /echo +yes +shout/);
    assert.match(await print('tool', 'rename', 'second', 'echo', '--reset'), /called second__echo/);
    assert.match(await print('tools', 'advice'), /were not called|Every tool|no history/);
    assert.match(await print('tools', 'costs'), /tokens in every conversation now, counted with o200k_base/);
    const { code } = await cli.run(['tool', 'rename', 'second', 'echo']);
    assert.equal(code, 1);
  });
});
