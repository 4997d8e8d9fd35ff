// "quayside test" as a child process, with a real server behind a real daemon.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { comesOfRunMs } from '../../../shared/api/run-pace.ts';
import { TestRun } from '../../../shared/api/tests.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { type CommandLine, createCommandLine, type RunOptions, testServer } from './command-line.ts';

const passing = `server: echo
environment: [WORD]
tests:
  - name: says it again
    tool: echo
    arguments: { message: '\${env:WORD}' }
    expect: { matches: '^Echo: .+$' }
    tags: [fast]
  - name: keeps a picture of it
    tool: add
    arguments: { a: 1, b: 2 }
    expect: { snapshot: true }
`;
const failing = `server: echo
tests:
  - name: says something else
    tool: echo
    arguments: { message: hi }
    expect:
      equals: 'Echo: ho'
`;

describe('quayside test', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  let folder: TemporaryFolder;
  const at = (name: string) => join(folder.path, name);
  const run = (args: string[], options: RunOptions = {}) =>
    quayside.run(['test', ...args], {
      cwd: folder.path,
      ...options,
      environment: { CI: '', WORD: 'xyzzy-plugh', ...options.environment },
    });

  before(async () => {
    folder = await createTemporaryFolder('test-files');
    quayside = await createCommandLine('test-files');
    await mkdir(at('more'));
    await writeFile(at('good.mcptest.yaml'), passing);
    await writeFile(at('more/bad.mcptest.yaml'), failing);
    await quayside.run(['add', 'command', 'echo', '--', process.execPath, testServer('echo')]);
  });
  after(async () => {
    assert.deepEqual(await quayside.end(), []);
    await quayside[Symbol.asyncDispose]();
    await folder.remove();
  });

  it('says that a server does not run, and starts it with --start', async () => {
    const stopped = await run(['good.mcptest.yaml']);
    assert.equal(stopped.code, 1);
    assert.match(stopped.stdout, /SERVER_003[\s\S]*A server does not run: --start starts it first\./);
    const { code, stdout } = await run(['good.mcptest.yaml', '--start']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ says it again .*\n.*✓ keeps a picture of it \(.*new snapshot\)/);
    assert.match(stdout, /Tests: 2 passed\..*\nSnapshots written: __snapshots__\/good\.mcptest\.snap\.yaml/);
    assert.match(
      await readFile(at('__snapshots__/good.mcptest.snap.yaml'), 'utf8'),
      /"keeps a picture of it": \|2\n {2}content:/,
    );
  });

  it('ends with 1 and shows where and how something is different', async () => {
    const { code, stdout } = await run([]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /more\/bad\.mcptest\.yaml:7:7 equals: The result is another one\.\n {8}-Echo: ho\n {8}\+Echo: hi/,
    );
    assert.match(stdout, /Tests: 1 failed, 2 passed\./);
  });

  it('runs what is named by a pattern, a tag or a part of its name', async () => {
    assert.match(
      (await run(['**/*.mcptest.yaml', '--tag', 'fast', '--filter', 'AGAIN', '--reporter', 'dot'])).stdout,
      /^\.\n\nTests: 1 passed\./,
    );
  });

  it('fails where nothing is run, and says what no test has', async () => {
    const { code, stdout } = await run(['good.mcptest.yaml', '--filter', 'agian']);
    assert.equal(code, 1);
    assert.match(stdout, /Tests: nothing was run\..*\nNo test has "agian" in its name\./);
  });

  it('refuses a report that cannot be written before it runs anything, and makes the folder of one that can', async () => {
    const refused = await run(['good.mcptest.yaml', '--junit', 'good.mcptest.yaml/results.xml']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /good\.mcptest\.yaml\/results\.xml cannot be written\./);
    await run(['good.mcptest.yaml', '--junit', 'reports/of/today.xml']);
    assert.match(await readFile(at('reports/of/today.xml'), 'utf8'), /<testsuites /);
  });

  it('keeps no snapshot behind a link', async () => {
    const elsewhere = at('elsewhere');
    await mkdir(elsewhere);
    await mkdir(at('linked'));
    await writeFile(at('linked/a.mcptest.yaml'), passing);
    await symlink(elsewhere, at('linked/__snapshots__'));
    const folder = await run(['linked']);
    assert.equal(folder.code, 1);
    assert.match(folder.stderr, /is a link, or no plain file in a plain folder/);
    await rm(at('linked/__snapshots__'));
    await mkdir(at('linked/__snapshots__'));
    await symlink(at('good.mcptest.yaml'), at('linked/__snapshots__/a.mcptest.snap.yaml'));
    assert.match((await run(['linked', '--update-snapshots'])).stderr, /is a link/);
    assert.deepEqual(await readdir(elsewhere), []);
    assert.equal(await readFile(at('good.mcptest.yaml'), 'utf8'), passing);
    await rm(at('linked'), { recursive: true });
  });

  it('writes JUnit XML and JSON, without values of the environment', async () => {
    const { code, stdout } = await quayside.run(['--json', 'test', '--junit', 'results.xml'], {
      cwd: folder.path,
      environment: { WORD: 'xyzzy-plugh' },
    });
    assert.equal(code, 1);
    const xml = await readFile(at('results.xml'), 'utf8');
    assert.match(xml, /<testsuites name="quayside" tests="3" failures="1" errors="0" /);
    assert.match(xml, /<failure message="The result is another one\." type="equals">more\/bad\.mcptest\.yaml:7:7 /);
    const { state, results } = TestRun.parse(JSON.parse(stdout));
    assert.equal(state, 'failed');
    assert.ok(results[0]?.trace.some(({ kind }) => kind === 'result'));
    assert.doesNotMatch(stdout + xml, /xyzzy/);
  });

  it('fails on a missing snapshot where CI is set, and makes snapshots anew when asked', async () => {
    await writeFile(at('fresh.mcptest.yaml'), passing);
    const missing = await run(['fresh.mcptest.yaml'], { environment: { CI: 'true' } });
    assert.equal(missing.code, 1);
    assert.match(missing.stdout, /There is no snapshot of this test yet/);
    await writeFile(at('good.mcptest.yaml'), passing.replace('a: 1', 'a: 5'));
    assert.match(
      (await run(['good.mcptest.yaml'])).stdout,
      /snapshot: The result is not the one of the snapshot[\s\S]*keep it with --update-snapshots\.$/m,
    );
    assert.match((await run(['good.mcptest.yaml', '--update-snapshots'])).stdout, /snapshot updated/);
  });

  it('sends more than one request can hold in several, and tells them as one run', async () => {
    await mkdir(at('large/__snapshots__'), { recursive: true });
    const kept = `"of before": |2\n${`  ${'x'.repeat(998)}\n`.repeat(1_900)}`;
    for (const name of ['a', 'b', 'c']) {
      await writeFile(at(`large/${name}.mcptest.yaml`), passing);
      await writeFile(at(`large/__snapshots__/${name}.mcptest.snap.yaml`), kept);
    }
    const { code, stdout } = await quayside.run(['--json', 'test', 'large', '--junit', 'large.xml'], {
      cwd: folder.path,
      environment: { CI: '', WORD: 'xyzzy-plugh' },
    });
    assert.equal(code, 0, stdout);
    const document = JSON.parse(stdout);
    const { counts, files } = TestRun.parse(document);
    assert.deepEqual([counts.passed, document.runs.length], [6, 2]);
    assert.deepEqual(files, ['large/a.mcptest.yaml', 'large/b.mcptest.yaml', 'large/c.mcptest.yaml']);
    assert.match(await readFile(at('large.xml'), 'utf8'), /<testsuites name="quayside" tests="6" failures="0" /);
    assert.match(await readFile(at('large/__snapshots__/c.mcptest.snap.yaml'), 'utf8'), /"keeps a picture of it"/);
    // Written as JSON, each of these takes two bytes.
    await writeFile(at('large/__snapshots__/b.mcptest.snap.yaml'), kept.replaceAll('xx', '""').repeat(2));
    const refused = await run(['large']);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /large\/b\.mcptest\.yaml and its snapshots are too large for one request \(5 MiB\)\. Split/,
    );
    await rm(at('large'), { recursive: true });
  });

  it('says what is wrong with a file, and exits with 1', async () => {
    await writeFile(at('broken.mcptest.yaml'), 'server: echo\ntests:\n  - name: a\n    tool: b\n    expcet: {}\n');
    const { code, stdout } = await run(['broken.mcptest.yaml']);
    assert.equal(code, 1);
    assert.match(stdout, /✗ broken\.mcptest\.yaml:5:5 "expcet" is not known here\./);
  });

  it('writes a first file from the tools of a server', async () => {
    const { code, stdout } = await run(['init', 'echo', '--file', 'first.mcptest.yaml']);
    assert.equal(code, 0);
    assert.match(stdout, /Wrote first\.mcptest\.yaml with 5 tests\. 4 tests of tools that may change something/);
    assert.match((await run(['first.mcptest.yaml'])).stdout, /✓ add answers[\s\S]*Tests: 1 passed, 4 skipped\./);
    assert.match((await run(['init', 'echo', '--file', 'first.mcptest.yaml'])).stderr, /is there already/);
    assert.match(await readFile(at('mcptest.schema.json'), 'utf8'), /"Tests of MCP servers"/);
  });

  it('shows how the tests of a server went', async () => {
    const { code, stdout } = await run(['history', 'echo']);
    assert.equal(code, 0);
    assert.match(stdout, /more\/bad\.mcptest\.yaml +says something else +✗+ +0 %/);
    assert.match(stdout, /Runs: [✓✗]+ {2}The last one: \d+ passed, /);
  });

  it('still checks a server by its name', async () => {
    const { code, stdout } = await run(['echo']);
    assert.equal(code, 0);
    assert.match(stdout, /list-tools +ok/);
  });

  it('runs again when a file changes and when the server comes back, until Ctrl-C', async () => {
    const watching = quayside.start(['test', 'good.mcptest.yaml', '--watch'], {
      cwd: folder.path,
      environment: { CI: '', WORD: 'xyzzy-plugh' },
    });
    await watching.until('stdout', /Tests: 2 passed\.[\s\S]*Waiting for changes/);
    await writeFile(at('good.mcptest.yaml'), failing);
    await watching.until('stdout', /Tests: 1 failed\.[\s\S]*Waiting for changes/);
    // What the server says just after its tests ran comes of them.
    await pause(comesOfRunMs.back);
    await quayside.run(['restart', 'echo']);
    await watching.until('stdout', /(?:Tests: 1 failed\.[\s\S]*){2}Waiting for changes/);
    watching.child.kill('SIGINT');
    assert.equal((await watching.finished).code, 130);
  });

  it('compares two servers', async () => {
    await quayside.run(['add', 'command', 'twin', '--', process.execPath, testServer('echo')]);
    const same = await quayside.run(['compare', 'echo', '--with', 'twin'], { cwd: folder.path });
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout, /echo and twin: 0 tools differ, 5 unchanged\./);
    const refused = await quayside.run(['compare', 'echo', '--version', '1.0.0']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /TEST_003/);
  });
});
