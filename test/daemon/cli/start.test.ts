import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stopProcessGroup, waitForNoProcessOf } from '../../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('npm start', () => {
  let folder: TemporaryFolder;
  const started: ChildProcess[] = [];
  before(async () => {
    folder = await createTemporaryFolder('start');
  });
  after(async function () {
    this.timeout(60_000);
    for (const child of started) await stopProcessGroup(child);
    assert.deepEqual(await waitForNoProcessOf(folder.path), [], 'nothing is left');
    await folder.remove();
  });

  /** Starts it in a process group of its own, as a shell does; resolves to the milliseconds until it shows `pattern`. */
  async function start(pattern: RegExp, milliseconds: number) {
    const begin = Date.now();
    const child = spawn('npm', ['start', '--', '--port', '0', '--home', join(folder.path, 'home')], {
      cwd: root,
      detached: true,
      env: { ...process.env, CI: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece;
      });
    }
    while (!pattern.test(output)) {
      assert.ok(Date.now() - begin < milliseconds && child.exitCode === null, output);
      await pause(20);
    }
    return { child, milliseconds: Date.now() - begin, output: () => output };
  }

  it('builds what is not built, starts Quayside and shows the way in', async function () {
    this.timeout(90_000);
    const { output } = await start(/Ctrl-C stops Quayside/, 80_000);
    assert.match(output(), /Sign in once {2}http:\/\/127\.0\.0\.1:\d+\//);
    assert.match(output(), /npx quayside install everything/);
  });

  it('joins it the second time, ready in under three seconds, and Ctrl-C leaves it running', async () => {
    const second = await start(/Ctrl-C ends this view/, 15_000);
    assert.ok(second.milliseconds < 3_000, `it took ${second.milliseconds} ms`);
    const ended = new Promise(resolve => second.child.once('exit', resolve));
    process.kill(-(second.child.pid ?? 0), 'SIGINT');
    await ended;
    await start(/Ctrl-C ends this view/, 15_000);
  });

  it('ends with its servers when the first one is interrupted', async function () {
    this.timeout(30_000);
    const [first] = started;
    assert.ok(first?.pid);
    process.kill(-first.pid, 'SIGINT');
    assert.deepEqual(await waitForNoProcessOf(folder.path, 20_000), []);
  });

  it('ends when npm alone is told to end, as a service manager does', async function () {
    this.timeout(60_000);
    const { child } = await start(/Ctrl-C stops Quayside/, 30_000);
    child.kill('SIGTERM');
    assert.deepEqual(await waitForNoProcessOf(folder.path, 20_000), []);
  });
});
