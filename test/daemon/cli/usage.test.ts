import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { createInterrupt } from '../../../daemon/cli/interrupt.ts';
import { findInstallation } from '../../../daemon/cli/link/installation.ts';
import { runCommandLine } from '../../../daemon/cli/program.ts';
import { type CommandLine, createCommandLine, problemIn } from './command-line.ts';

const mistakes: readonly (readonly [args: string[], message: RegExp])[] = [
  [['nonsense'], /Unknown command 'nonsense'/],
  [['servers', '--nonsense'], /Unknown option '--nonsense'/],
  [['servers', '--state', 'asleep'], /Allowed choices are stopped/],
  [['server'], /Missing required argument 'server'/],
  [['server', 'one', 'two'], /Too many arguments/],
  [['server', 'Bad Name'], /A name has 1 to 64 characters/],
  [['start', '-x'], /Unknown option '-x'/],
  [['call', 'echo', '../x'], /A tool name has/],
  [['call', 'echo', 'echo', '--args', '{'], /--args is not JSON/],
  [['call', 'echo', 'echo', '--args', '[1]'], /must be a JSON object/],
  [['call', 'echo', 'echo', '--args', '@/nowhere/at/all'], /cannot be read/],
  [['call', 'echo', 'echo', '--timeout', '0'], /whole number from 1 to 3600/],
  [['install', '../evil'], /neither a catalog entry's name nor an npm package/],
  [['install', 'a@1', '--version', '2'], /Two versions/],
  [['install', 'a@1', '--integrity', 'md5-x'], /not an integrity value/],
  [['config', 'set', 'echo', 'nonsense=1'], /There is no setting "nonsense"/],
  [['config', 'set', 'echo', 'limits.callSeconds=soon'], /takes a whole number/],
  [['daemon', '--port', '65536'], /whole number from 0 to 65535/],
  [['test', 'nowhere.mcptest.yaml'], /There is no file or folder/],
  [['test', '--reporter', 'loud'], /Allowed choices are spec, dot, failures/],
  [['compare', 'echo'], /either --version or --with/],
  [['operations', '--limit', '101'], /whole number from 1 to 100/],
];

/** Runs a command line in this process: a mistake must be found before anything else happens. */
async function runHere(args: string[], home: string) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await runCommandLine(args, {
    stdout,
    stderr,
    stdin: Readable.from([]),
    environment: { QUAYSIDE_HOME: home },
    interrupt: createInterrupt(new EventEmitter()),
    installation: findInstallation(import.meta.url),
  });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

describe('A command line that makes no sense', () => {
  let quayside: CommandLine;
  before(async () => {
    quayside = await createCommandLine('usage');
  });
  after(() => quayside[Symbol.asyncDispose]());

  for (const [args, message] of mistakes) {
    it(`quayside ${args.join(' ')} exits with 1, says why, and starts nothing`, async () => {
      const { code, stdout, stderr } = await runHere(args, quayside.home);
      assert.equal(code, 1, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /Next: See "quayside.* --help"\./);
      assert.equal(await quayside.discovery(), undefined);
    });
  }

  it('is told as JSON where JSON is wanted', async () => {
    const finished = await quayside.run(['server', '--json']);
    assert.equal(finished.code, 1);
    assert.equal(problemIn(finished).code, 'REQUEST_001');
    assert.equal(finished.stderr.trim().split('\n').length, 1);
  });

  it('shows the help on the error output if it is empty, and exits with 1', async () => {
    const { code, stdout, stderr } = await quayside.run([]);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /Usage: quayside/);
  });

  it('says that QUAYSIDE_PORT is no port', async () => {
    const { code, stderr } = await quayside.run(['servers'], { environment: { QUAYSIDE_PORT: 'http' } });
    assert.equal(code, 1);
    assert.match(stderr, /QUAYSIDE_PORT must be a port/);
  });
});

describe('Help and version', () => {
  let quayside: CommandLine;
  before(async () => {
    quayside = await createCommandLine('help');
  });
  after(() => quayside[Symbol.asyncDispose]());

  it('are printed on the standard output with exit code 0', async () => {
    for (const args of [['--help'], ['help'], ['call', '--help'], ['config', 'set', '--help'], ['--version'], ['-V']]) {
      const { code, stdout, stderr } = await quayside.run(args);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      assert.match(stdout, /Usage: quayside|^\d+\.\d+\.\d+\n$/);
    }
  });

  it('name the exit codes and the options that every command takes', async () => {
    const { stdout } = await quayside.run(['install', '--help']);
    for (const option of ['--json', '--home', '--no-start', '--integrity', '--allow-scripts'])
      assert.ok(stdout.includes(option));
  });
});
