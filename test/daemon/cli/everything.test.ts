import assert from 'node:assert/strict';
import { Operation } from '../../../shared/api/operations.ts';
import { routes } from '../../../shared/api/routes.ts';
import { MCPServer } from '../../../shared/api/servers.ts';
import { CallResult } from '../../../shared/api/tool-calls.ts';
import { type CommandLine, createCommandLine, problemIn } from './command-line.ts';

const installMilliseconds = 180_000;

describe('The main job from the terminal, with the real npm package', () => {
  let quayside: CommandLine;
  before(async () => {
    quayside = await createCommandLine('everything');
  });
  after(async function () {
    this.timeout(60_000);
    assert.deepEqual(await quayside.end(), []);
    await quayside[Symbol.asyncDispose]();
  });

  it('cancels an installation with Ctrl-C and keeps nothing of it', async function () {
    this.timeout(installMilliseconds);
    const installing = quayside.start(['install', 'everything', '--json'], { milliseconds: installMilliseconds });
    await pollUntil(async () => routes.listOperations.response.parse(await quayside.json(['operations'])).total > 0);
    installing.child.kill('SIGINT');
    const { code, stdout } = await installing.finished;
    assert.equal(code, 130);
    assert.equal(Operation.parse(JSON.parse(stdout)).state, 'cancelled');
    assert.equal(routes.listServers.response.parse(await quayside.json(['servers'])).total, 0);
  });

  it('installs everything with plain lines of progress', async function () {
    this.timeout(installMilliseconds);
    const { code, stdout, stderr } = await quayside.run(['install', 'everything'], {
      milliseconds: installMilliseconds,
    });
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Installed everything \(@modelcontextprotocol\/server-everything@\d[\w.]+\)\. Start it with: quayside start everything\n$/,
    );
    assert.ok(stderr.trim().split('\n').length > 1, stderr);
    assert.ok(!stderr.includes('\r'));
  });

  it('starts it, calls a tool, and stops it', async function () {
    this.timeout(60_000);
    assert.equal(MCPServer.parse(await quayside.json(['start', 'everything'])).state, 'running');
    const result = CallResult.parse(await quayside.json(['call', 'everything', 'echo', '--arg', 'message=hi']));
    assert.match(String(result.content[0]?.['text']), /hi/);
    assert.equal(result.isError, false);
    assert.equal(MCPServer.parse(await quayside.json(['stop', 'everything'])).state, 'stopped');
  });

  it('refuses to install it twice, and a package that is not the pinned one', async function () {
    this.timeout(installMilliseconds);
    const again = await quayside.run(['install', 'everything', '--json'], { milliseconds: installMilliseconds });
    assert.equal(again.code, 2);
    assert.equal(problemIn(again).code, 'SERVER_002');
    const args = [
      'install',
      '@modelcontextprotocol/server-memory',
      '--integrity',
      `sha512-${'A'.repeat(86)}==`,
      '--json',
    ];
    const other = await quayside.run(args, { milliseconds: installMilliseconds });
    assert.equal(other.code, 2);
    assert.equal(problemIn(other).code, 'INSTALL_002');
    assert.equal(Operation.parse(JSON.parse(other.stdout)).state, 'failed');
  });

  it('removes it', async () => {
    assert.equal((await quayside.run(['remove', 'everything'])).code, 0);
    assert.match((await quayside.run(['servers'])).stdout, /There are no servers yet/);
  });
});

async function pollUntil(test: () => Promise<boolean>, milliseconds = 20_000): Promise<void> {
  for (const limit = Date.now() + milliseconds; !(await test()); )
    assert.ok(Date.now() < limit, 'it did not come about');
}
