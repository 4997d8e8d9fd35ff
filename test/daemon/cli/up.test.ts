import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { isAlive } from '../../../daemon/cli/link/discovery.ts';
import { type CommandLine, createCommandLine, testServer } from './command-line.ts';

describe('quayside up, which npm start runs', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  beforeEach(async () => {
    quayside = await createCommandLine('up');
  });
  afterEach(() => quayside[Symbol.asyncDispose]());

  const pidOfDaemon = async () => {
    const discovery = await quayside.discovery();
    assert.ok(discovery);
    return discovery.pid;
  };

  it('starts a daemon, shows the way in and the catalog, follows events, and ends with Ctrl-C', async () => {
    const own = quayside.start(['up']);
    await own.until('stdout', /Ctrl-C stops Quayside/);
    const shown = own.stdout();
    assert.match(shown, /Quayside \d+\.\d+\.\d+ is ready\./);
    assert.match(shown, /Page {10}http:\/\/127\.0\.0\.1:\d+/);
    assert.match(shown, /MCP clients {3}http:\/\/127\.0\.0\.1:\d+\/mcp/);
    assert.match(shown, /Sign in once {2}http:\/\/127\.0\.0\.1:\d+\/\S+/);
    for (const entry of ['everything', 'filesystem', 'memory', 'sequential-thinking'])
      assert.match(shown, new RegExp(`^  ${entry} `, 'm'));
    assert.match(shown, /npx quayside install everything/);

    await quayside.run(['add', 'command', 'echo', '--', process.execPath, testServer('echo')]);
    await quayside.run(['start', 'echo']);
    await own.until('stdout', /echo running/);

    const pid = await pidOfDaemon();
    const begin = Date.now();
    own.child.kill('SIGINT');
    const { code } = await own.finished;
    assert.equal(code, 0);
    assert.ok(Date.now() - begin < 10_000, 'in bounded time');
    assert.equal(isAlive(pid), false);
    assert.deepEqual(await quayside.end(), [], 'servers included');
  });

  it('joins a daemon that runs, with a link of its own, and leaves it running', async () => {
    const first = quayside.start(['up']);
    await first.until('stdout', /Ctrl-C stops Quayside/);
    const pid = await pidOfDaemon();
    const second = quayside.start(['up']);
    await second.until('stdout', /Ctrl-C ends this view/);
    assert.match(second.stdout(), /runs already/);
    const linkOf = (text: string) => /Sign in once {2}(\S+)/.exec(text)?.[1];
    assert.notEqual(linkOf(second.stdout()), linkOf(first.stdout()));
    second.child.kill('SIGINT');
    assert.equal((await second.finished).code, 0);
    assert.equal(isAlive(pid), true);

    const third = quayside.start(['up']);
    await third.until('stdout', /Ctrl-C ends this view/);
    first.child.kill('SIGTERM');
    assert.equal((await first.finished).code, 0);
    const { code, stderr } = await third.finished;
    assert.equal(code, 0);
    assert.match(stderr, /Quayside has stopped/);
  });

  it('replaces an older daemon, which loses nothing', async () => {
    const old = quayside.start(['daemon', '--port', '0'], { version: '0.0.1' });
    await old.until('stdout', /is ready/);
    await quayside.run(['add', 'command', 'echo', '--', process.execPath, testServer('echo')]);
    const pid = await pidOfDaemon();
    const own = quayside.start(['up']);
    await own.until('stdout', /Ctrl-C stops Quayside/);
    assert.match(own.stderr(), /Replacing the daemon of version 0\.0\.1/);
    assert.equal(isAlive(pid), false);
    assert.notEqual(await pidOfDaemon(), pid);
    assert.match((await quayside.run(['servers'])).stdout, /^echo /m);
    own.child.kill('SIGINT');
    await Promise.all([own.finished, old.finished]);
  });

  it('says which port to take instead of one that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => holder.once('listening', resolve));
    const address = holder.address();
    assert.ok(typeof address === 'object' && address);
    try {
      for (const [environment, command] of [
        [{ npm_lifecycle_event: 'start' }, 'npm start -- --port'],
        [{ npm_lifecycle_event: '' }, 'quayside up --port'],
      ] as const) {
        const { code, stderr } = await quayside.run(['up', '--port', String(address.port)], { environment });
        assert.equal(code, 2);
        assert.match(stderr, /The port is taken/);
        assert.match(stderr, new RegExp(`${command} ${address.port + 1}`));
      }
    } finally {
      holder.close();
    }
  });
});
