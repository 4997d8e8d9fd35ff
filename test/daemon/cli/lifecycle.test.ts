import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../../../daemon/cli/link/discovery.ts';
import { DaemonStatus } from '../../../shared/api/daemon.ts';
import { routes } from '../../../shared/api/routes.ts';
import { type CommandLine, createCommandLine, problemIn } from './command-line.ts';

describe('The command line without a daemon', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  beforeEach(async () => {
    quayside = await createCommandLine('lifecycle');
  });
  afterEach(() => quayside[Symbol.asyncDispose]());

  it('status says so, exits with 2, and starts none', async () => {
    const finished = await quayside.run(['status', '--json']);
    assert.equal(finished.code, 2);
    assert.equal(finished.stdout, '');
    assert.equal(problemIn(finished).code, 'DAEMON_002');
    assert.equal(await quayside.discovery(), undefined);
  });

  it('--no-start makes every other command say so too', async () => {
    const finished = await quayside.run(['servers', '--no-start', '--json']);
    assert.equal(finished.code, 2);
    assert.equal(problemIn(finished).code, 'DAEMON_002');
    assert.equal(await quayside.discovery(), undefined);
  });

  it('starts one in the background when a command needs it, and says so once', async () => {
    const first = await quayside.run(['servers', '--json']);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /starting one in the background/);
    assert.equal(routes.listServers.response.parse(JSON.parse(first.stdout)).total, 0);

    const second = await quayside.run(['servers']);
    assert.equal(second.stderr, '');
    assert.match(second.stdout, /There are no servers yet/);

    const status = DaemonStatus.parse(await quayside.json(['status']));
    assert.equal(status.persistent, false);
    assert.equal(status.stateFolder, quayside.home);
    assert.equal((await quayside.discovery())?.pid, status.pid);
  });

  it('stops it, and stopping what does not run is no error', async () => {
    await quayside.run(['servers']);
    const discovery = await quayside.discovery();
    assert.ok(discovery);
    assert.equal((await quayside.run(['daemon', 'stop'])).code, 0);
    assert.equal(isAlive(discovery.pid), false);
    assert.equal((await quayside.run(['status'])).code, 2);
    const again = await quayside.run(['daemon', 'stop']);
    assert.equal(again.code, 0);
    assert.match(again.stdout, /No daemon is running/);
  });

  it('starts one daemon for several commands at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => quayside.run(['servers', '--json'])));
    for (const { code, stderr } of all) assert.equal(code, 0, stderr);
    const discovery = await quayside.discovery();
    assert.ok(discovery);
    await quayside.run(['daemon', 'stop']);
    assert.deepEqual(await quayside.end(), [], 'no second daemon is left');
  });

  it('takes no notice of a discovery file whose daemon is dead, or that is damaged', async () => {
    await quayside.run(['servers']);
    const discovery = await quayside.discovery();
    assert.ok(discovery);
    process.kill(discovery.pid, 'SIGKILL');
    while (isAlive(discovery.pid)) await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal((await quayside.run(['servers'])).code, 0);
    await quayside.run(['daemon', 'stop']);
    await writeFile(join(quayside.home, 'daemon.json'), '{"pid":');
    assert.equal((await quayside.run(['servers'])).code, 0);
  });

  it('says that a daemon hangs, and how to end it', async () => {
    await quayside.run(['servers']);
    const discovery = await quayside.discovery();
    assert.ok(discovery);
    process.kill(discovery.pid, 'SIGSTOP');
    try {
      const { code, stderr } = await quayside.run(['servers']);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`process ${discovery.pid}\\) and does not answer`));
      assert.match(stderr, new RegExp(`kill ${discovery.pid}`));
    } finally {
      process.kill(discovery.pid, 'SIGCONT');
    }
  });

  it('says that the state folder cannot be written', async () => {
    await mkdir(quayside.home, { recursive: true });
    await writeFile(join(quayside.home, 'file'), '');
    const finished = await quayside.run(['servers', '--json', '--home', join(quayside.home, 'file', 'home')]);
    assert.equal(finished.code, 2);
    assert.equal(problemIn(finished).code, 'DAEMON_006');
  });
});

describe('quayside daemon', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  beforeEach(async () => {
    quayside = await createCommandLine('foreground');
  });
  afterEach(() => quayside[Symbol.asyncDispose]());

  it('runs the daemon until Ctrl-C, and leaves nothing behind', async () => {
    const daemon = quayside.start(['daemon', '--port', '0']);
    await daemon.until('stdout', /is ready at http:\/\/127\.0\.0\.1:\d+/);
    const status = DaemonStatus.parse(await quayside.json(['status']));
    assert.equal(status.persistent, true);
    const start = Date.now();
    daemon.child.kill('SIGINT');
    assert.equal((await daemon.finished).code, 0);
    assert.ok(Date.now() - start < 10_000);
    assert.equal(isAlive(status.pid), false);
    assert.equal(await quayside.discovery(), undefined);
  });

  it('ends when another command stops it', async () => {
    const daemon = quayside.start(['daemon', '--port', 'none']);
    await daemon.until('stdout', /is ready at /);
    assert.equal((await quayside.discovery())?.url, null);
    await quayside.run(['daemon', 'stop']);
    assert.equal((await daemon.finished).code, 0);
  });

  it('refuses to be the second one for a state folder', async () => {
    const first = quayside.start(['daemon', '--port', '0']);
    await first.until('stdout', /is ready/);
    const second = await quayside.run(['daemon', '--port', '0', '--json']);
    assert.equal(second.code, 2);
    assert.equal(problemIn(second).code, 'DAEMON_010');
    first.child.kill('SIGTERM');
    assert.equal((await first.finished).code, 0);
  });

  it('says which program holds the port', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => holder.once('listening', resolve));
    const address = holder.address();
    assert.ok(typeof address === 'object' && address);
    try {
      const finished = await quayside.run(['daemon', '--port', String(address.port), '--json']);
      assert.equal(finished.code, 2);
      const problem = problemIn(finished);
      assert.equal(problem.code, 'DAEMON_004');
      assert.match(problem.detail, new RegExp(String(address.port)));
      if (process.platform === 'linux') assert.match(problem.detail, new RegExp(`process ${process.pid}`));
    } finally {
      holder.close();
    }
  });
});
