// The runner on programs that behave badly: bounded, told by class, nothing left running.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { CliError, type CliFailure } from '../../../daemon/engines/cli-error.ts';
import { json } from '../../../daemon/engines/docker/cli/answers.ts';
import { classify } from '../../../daemon/engines/docker/cli/classify.ts';
import {
  type CliCommand,
  type CliLimits,
  type CliOutput,
  type CliRecord,
  type CliRunner,
  createCliRunner,
} from '../../../daemon/engines/run.ts';
import { createChildMarker } from '../../../daemon/supervision/child-marker.ts';
import { createGuardian, type Guardian } from '../../../daemon/supervision/guardian.ts';
import { findProcessesOf, waitForNoProcessOf } from '../../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const script = join(import.meta.dirname, '../../support/replay/hostile-cli.mjs');

describe('the runner of command line programs', () => {
  let folder: TemporaryFolder;
  let guardian: Guardian;
  const runners: CliRunner[] = [];

  const records: CliRecord[] = [];

  const createRunner = (limits: Partial<CliLimits> = {}): CliRunner => {
    const marker = createChildMarker(folder.path);
    guardian = createGuardian({ marker: marker.run, platform: process.platform, runtime: process.execPath });
    const runner = createCliRunner({
      program: process.execPath,
      environment: { PATH: process.env['PATH'] ?? '', PLACE: folder.path },
      marker,
      guardian,
      classify,
      allowed: [{ words: [script], flags: ['--known'] }],
      limits: { retryPause: 10, ...limits },
      onEnd: record => records.push(record),
    });
    runners.push(runner);
    return runner;
  };

  beforeEach(async () => {
    folder = await createTemporaryFolder('run');
  });

  afterEach(async () => {
    await Promise.all(runners.splice(0).map(runner => runner.close(300)));
    guardian.close();
    const left = await waitForNoProcessOf(folder.path, 3_000);
    await folder.remove();
    assert.deepEqual(left, [], 'nothing is left running');
  });

  const command = (
    mode: string,
    more: Partial<CliCommand<CliOutput>> & { value?: string } = {},
  ): CliCommand<CliOutput> => {
    const { value, ...rest } = more;
    return {
      operation: `try ${mode}`,
      args: [script, mode, ...(value === undefined ? [] : [value])],
      kind: 'read',
      time: 'quick',
      parse: output => output,
      ...rest,
    };
  };

  const failureOf = async (running: Promise<unknown>): Promise<CliError> => {
    const error = await running.then(
      value => value,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof CliError, `a CliError and not ${String(error).slice(0, 200)}`);
    return error;
  };
  const isFailure = async (running: Promise<unknown>, failure: CliFailure): Promise<CliError> => {
    const error = await failureOf(running);
    assert.equal(error.failure, failure);
    return error;
  };

  it('takes 50 MB of JSON where that much is allowed', async () => {
    const runner = createRunner();
    const { args } = command('json', { value: '50' });
    const names = z.array(z.object({ name: z.string() }));
    const parsed = await runner.run({ operation: 'take much', args, kind: 'read', time: 'long', ...json(names) });
    assert.equal(parsed.length, 51);
    assert.equal(parsed.at(-1)?.name, 'last');
  });

  it('ends a program that answers with more than the limit', async () => {
    const runner = createRunner({ stdout: 4 * 1_048_576 });
    const error = await isFailure(runner.run(command('json', { value: '50' })), 'too-large');
    assert.equal(error.exitCode, null);
  });

  it('ends a program that writes without an end and without a line end', async () => {
    await isFailure(createRunner({ stdout: 1_048_576 }).run(command('babble')), 'too-large');
  });

  it('ends a program that never ends, although it ignores SIGTERM', async () => {
    const runner = createRunner({ quick: 300, patience: 200 });
    const error = await isFailure(runner.run(command('endless')), 'timeout');
    assert.ok(error.durationMs >= 300);
  });

  it('ends what a program has forked, in its group and out of it, when it is given up', async () => {
    const runner = createRunner({ quick: 600, patience: 200 });
    await isFailure(runner.run(command('fork-and-stay')), 'timeout');
    assert.deepEqual(findProcessesOf(folder.path), [], 'at once');
  });

  for (const mode of ['fork', 'escape'])
    it(`ends what a program has left behind when it ends by itself (${mode})`, async () => {
      await createRunner().run(command(mode));
      assert.deepEqual(await waitForNoProcessOf(folder.path, 1_000), []);
    });

  it('keeps the end of what a program complains about', async () => {
    const error = await isFailure(createRunner({ stderr: 10_000 }).run(command('complain')), 'not-found');
    assert.ok(error.stderr.length <= 4_000);
    assert.equal(error.subject, 'there is no profile "nope"');
    assert.equal(error.exitCode, 1);
  });

  it('ends a program when the caller has enough', async () => {
    const runner = createRunner({ patience: 200 });
    const controller = new AbortController();
    const running = runner.run(command('endless'), { signal: controller.signal });
    while (findProcessesOf(folder.path).length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    controller.abort();
    await isFailure(running, 'cancelled');
    assert.deepEqual(findProcessesOf(folder.path), []);
  });

  it('starts nothing for a caller who has enough already', async () => {
    const file = join(folder.path, 'log');
    await writeFile(file, '');
    await isFailure(createRunner().run(command('slow', { value: file }), { signal: AbortSignal.abort() }), 'cancelled');
    assert.equal(await readFile(file, 'utf8'), '');
  });

  it('ends everything when it is closed, and takes no more', async () => {
    const runner = createRunner({ patience: 200 });
    const running = runner.run(command('endless'));
    const stream = await runner.start({ operation: 'stay', args: [script, 'fork-and-stay'] });
    await Promise.all([isFailure(running, 'cancelled'), runner.close(300)]);
    assert.equal((await stream.ended).asked, true);
    assert.deepEqual(findProcessesOf(folder.path), []);
    await isFailure(runner.run(command('echo', { stdin: 'x' })), 'cancelled');
  });

  it('leaves nothing behind when the daemon is killed', async () => {
    const daemon = spawn(process.execPath, [join(import.meta.dirname, '../../support/replay/running-process.mjs')], {
      env: { ...process.env, PLACE: folder.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(daemon.stdout, 'data');
    assert.ok(findProcessesOf(folder.path).length >= 3, 'the program and its forks run');
    daemon.kill('SIGKILL');
    assert.deepEqual(await waitForNoProcessOf(folder.path, 5_000), []);
  });

  it('tries a read again while the database is locked, and no mutation', async () => {
    const runner = createRunner();
    const file = join(folder.path, 'left');
    await writeFile(file, '2');
    records.length = 0;
    assert.equal((await runner.run(command('locked', { value: file }))).stdout, '"done"');
    assert.deepEqual(
      records.map(({ failure }) => failure),
      ['database-locked', 'database-locked', undefined],
      'each try is told to the log',
    );
    await writeFile(file, '1');
    await isFailure(runner.run(command('locked', { value: file, kind: 'mutation' })), 'database-locked');
    assert.equal(await readFile(file, 'utf8'), '0', 'it was run once');
  });

  it('gives a read up that stays locked', async () => {
    const file = join(folder.path, 'left');
    await writeFile(file, '99');
    await isFailure(createRunner({ retries: 2 }).run(command('locked', { value: file })), 'database-locked');
    assert.equal(await readFile(file, 'utf8'), '96');
  });

  it('runs mutations one at a time', async () => {
    const runner = createRunner();
    const file = join(folder.path, 'log');
    await Promise.all([1, 2, 3, 4].map(() => runner.run(command('slow', { value: file, kind: 'mutation' }))));
    assert.equal(await readFile(file, 'utf8'), 'begin\nend\n'.repeat(4));
  });

  it('hands a value over on standard input, byte for byte', async () => {
    const value = 'a\u0000b\r\n\u{1f511} without an end';
    assert.equal((await createRunner().run(command('echo', { stdin: value }))).stdout, value);
  });

  it('hands a text over in descriptor 3, which stands in no argument and in no file', async () => {
    const lines: string[] = [];
    const secret = 'probe.api_key=canary-4711-canary';
    const stream = await createRunner().start({
      operation: 'read a descriptor',
      args: [script, 'third'],
      descriptor3: `${secret}\n`,
      onOutput: line => lines.push(line),
    });
    assert.equal((await stream.ended).exitCode, 0);
    assert.deepEqual(lines, [secret, secret], 'it can be read more than once');
    assert.ok(!stream.argv.join(' ').includes('canary'));
  });

  it('tells no secret, no token and no colours', async () => {
    const secret = 'p/ss word+';
    const running = createRunner().run(
      command('leak', { environment: { LEAKED: secret }, secrets: [secret], value: secret }),
    );
    const error = await isFailure(running, 'unknown');
    const told = JSON.stringify([records.at(-1), error.stderr, error.argv, error.subject, error.message]);
    assert.match(error.stderr, /^error with •••, ••• and Bearer •••\n {4}- API_KEY: •••/);
    assert.ok(!told.includes(secret) && !told.includes('s3cr') && !told.includes('abcdefghij'), told);
    assert.equal(error.exitCode, 3);
  });

  it('gives a program the environment that it is told, and nothing of its own', async () => {
    process.env['CANARY_OF_THE_DAEMON'] = 'yes';
    const { stdout } = await createRunner().run(command('environment', { environment: { EXTRA: '1' } }));
    delete process.env['CANARY_OF_THE_DAEMON'];
    const names = Object.keys(JSON.parse(stdout)).toSorted();
    assert.deepEqual(names, ['EXTRA', 'PATH', 'PLACE', 'QUAYSIDE_CHILD_OF']);
  });

  it('refuses a command that is not on the list, and a value that could be read as a flag', async () => {
    const runner = createRunner();
    for (const args of [
      ['-e', '1'],
      [script, 'echo', '--inspect'],
      [script, 'echo', '-'],
      [script, '\0'],
      ['x'.repeat(9)],
    ])
      await isFailure(runner.run({ ...command('echo'), args }), 'refused');
    await isFailure(runner.run({ ...command('echo'), args: [script, 'x'.repeat(200_000)] }), 'refused');
  });

  it('says that a program, or the folder it is to run in, is not there', async () => {
    const runner = createRunner();
    await isFailure(runner.run(command('echo', { program: join(folder.path, 'none') })), 'program-missing');
    const plain = join(folder.path, 'plain');
    await writeFile(plain, 'no program');
    await isFailure(runner.run(command('echo', { program: plain })), 'program-missing');
    const error = await failureOf(runner.run(command('echo', { workingDirectory: join(folder.path, 'gone') })));
    assert.equal(error.failure, 'validation');
    assert.match(error.subject ?? '', /there is no folder/);
  });

  it('cuts what a streamed program says into lines, however long they are', async () => {
    const lines: string[] = [];
    const runner = createRunner();
    const stream = await runner.start({
      operation: 'complain',
      args: [script, 'complain'],
      onError: line => lines.push(line),
    });
    assert.deepEqual(await stream.ended, { exitCode: 1, signal: null, asked: false });
    assert.equal(lines.length, 5_001);
    assert.equal(lines.at(-1), 'profile nope not found');
  });

  it('ends what a streamed program has left behind when it ends by itself', async () => {
    const stream = await createRunner({ patience: 200 }).start({ operation: 'fork', args: [script, 'fork'] });
    assert.deepEqual(await stream.ended, { exitCode: 0, signal: null, asked: false });
    assert.deepEqual(await waitForNoProcessOf(folder.path, 3_000), []);
  });

  it('stops a streamed program and all that it has forked', async () => {
    const runner = createRunner();
    const stream = await runner.start({ operation: 'stay', args: [script, 'fork-and-stay'] });
    while (findProcessesOf(folder.path).length < 3) await new Promise(resolve => setTimeout(resolve, 5));
    await stream.stop(200);
    assert.deepEqual(findProcessesOf(folder.path), []);
    assert.deepEqual(await stream.ended, { exitCode: null, signal: 'SIGKILL', asked: true });
  });
});
