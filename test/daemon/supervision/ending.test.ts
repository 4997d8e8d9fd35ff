import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { testServerScript } from '../../support/fake-engine.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, isAlive, launchPolicy, planScript } from '../../support/supervised.ts';

const supervising = fileURLToPath(new URL('../../support/supervising-process.mjs', import.meta.url));

const noneAlive = async (pids: number[]) => (await Promise.all(pids.map(isAlive))).every(alive => !alive);
const allAlive = async (pids: number[]) => (await Promise.all(pids.map(isAlive))).every(alive => alive);

/** A process that supervises a stubborn server, and the ids of the server and of all that it started. */
async function superviseElsewhere(stateFolder: string): Promise<{ daemon: ChildProcess; pids: number[] }> {
  const args = [supervising, stateFolder, testServerScript('grandchildren')];
  const daemon = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(daemon.stdout, 'data');
  return { daemon, pids: JSON.parse(String(line)) };
}

/** The guardian that a process has started. */
async function guardianOf(pid: number): Promise<number> {
  for (const name of await readdir('/proc')) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('quayside-guardian') && new RegExp(`^\\d+ \\(sh\\) \\S ${pid} `).test(stat))
      return Number(name);
  }
  return assert.fail('there is no guardian');
}

describe('the end of a server', () => {
  const stateFolder = () => `/quayside-test/ending/${process.pid}/${Math.random()}`;

  it('ends all it has started, though it ignores SIGTERM and a part of it has left the group', async () => {
    const { supervisor } = createSupervised();
    await supervisor.start('one', planScript('grandchildren'), launchPolicy());
    const { content } = await supervisor.session('one').callTool('pids', {}, { timeoutSeconds: 5 });
    const pids: number[] = JSON.parse(String(content[0]?.['text']));
    assert.equal(pids.length, 3);
    assert.ok(await allAlive(pids));
    await supervisor.stop('one');
    assert.ok(await noneAlive(pids));
    await supervisor.close();
  });

  it('finds what has left the group with an empty environment', async () => {
    const { supervisor } = createSupervised();
    await supervisor.start('one', planScript('escapes'), launchPolicy());
    const { content } = await supervisor.session('one').callTool('pids', {}, { timeoutSeconds: 5 });
    const pids: number[] = JSON.parse(String(content[0]?.['text']));
    assert.equal(pids.length, 2);
    assert.ok(await allAlive(pids));
    await supervisor.stop('one');
    await until(() => noneAlive(pids), 'the end of all');
    await supervisor.close();
  });

  it('comes at once for one that obeys, and in bounded time for one that does not', async () => {
    const patient = createSupervised({ patience: { afterClose: 15_000, afterTerminate: 15_000 } }).supervisor;
    await patient.start('one', planScript('echo'), launchPolicy());
    const started = Date.now();
    await patient.stop('one');
    assert.ok(Date.now() - started < 15_000, 'it did not wait for more than the end');
    // Without a bound this never ends, and the test with it.
    const { supervisor } = createSupervised({ patience: { afterClose: 1_000, afterTerminate: 300 } });
    await supervisor.start('two', planScript('grandchildren'), launchPolicy());
    await supervisor.close();
  });

  it('comes with the end of the daemon, though that was killed without warning', async () => {
    const { daemon, pids } = await superviseElsewhere(stateFolder());
    daemon.kill('SIGKILL');
    await until(() => noneAlive(pids), 'the end of all', 5_000);
  });

  it('comes with the next daemon of the same folder if the guardian was killed as well', async () => {
    const folder = stateFolder();
    const { daemon, pids } = await superviseElsewhere(folder);
    const other = await superviseElsewhere(stateFolder());
    const guardian = await guardianOf(daemon.pid ?? 0);
    process.kill(daemon.pid ?? 0, 'SIGSTOP');
    process.kill(guardian, 'SIGKILL');
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    assert.ok(await allAlive(pids), 'nobody is there to end them');

    const { supervisor } = createSupervised({ stateFolder: folder });
    assert.equal(await supervisor.sweepOrphans(), 3);
    await until(() => noneAlive(pids), 'the end of all', 2_000);
    assert.equal(await supervisor.sweepOrphans(), 0);
    assert.ok(await allAlive(other.pids), 'those of another folder are left alone');
    other.daemon.kill('SIGKILL');
    await until(() => noneAlive(other.pids), 'the end of the others', 5_000);
    await supervisor.close();
  });

  it('does not come from the search for leftovers of earlier daemons', async () => {
    const { supervisor } = createSupervised();
    await supervisor.start('one', planScript('echo'), launchPolicy());
    assert.equal(await supervisor.sweepOrphans(), 0);
    await supervisor.session('one').ping({ timeoutSeconds: 5 });
    await supervisor.close();
  });

  it('does not come from a guardian that was replaced', async () => {
    const { daemon, pids } = await superviseElsewhere(stateFolder());
    const first = await guardianOf(daemon.pid ?? 0);
    process.kill(first, 'SIGKILL');
    await until(async () => (await guardianOf(daemon.pid ?? 0).catch(() => first)) !== first, 'a new guardian', 3_000);
    assert.ok(await allAlive(pids));
    daemon.kill('SIGKILL');
    await until(() => noneAlive(pids), 'the end of all', 5_000);
  });
});
