import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { findInstallation } from '../../../daemon/cli/link/installation.ts';
import { runCommandLine } from '../../../daemon/cli/program.ts';
import { Approval } from '../../../shared/api/approvals.ts';
import { LockFile, ServerLockDetail } from '../../../shared/api/locks.ts';
import { pageOf } from '../../../shared/api/route.ts';
import { buildWireTool } from '../../support/guards-app.ts';
import { type CommandLine, createCommandLine, type Finished, problemIn, testServer } from './command-line.ts';

function createText(): Writable & { text(): string } {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _, done) {
      pieces.push(String(piece));
      done();
    },
  });
  return Object.assign(stream, { text: () => pieces.join('') });
}

describe('Commands for locks and approvals', () => {
  const read = buildWireTool('read', { annotations: { readOnlyHint: true } });
  const remove = buildWireTool('remove', { description: 'Removes a file for good, and says its name.' });
  let quayside: CommandLine;
  let tools: string;
  let lockFile: string;
  /** In this process, at the daemon that a child process of the command line has started: forty children would take a minute. */
  const run = async (args: readonly string[], stderr = createText()): Promise<Finished> => {
    const stdout = createText();
    const code = await runCommandLine(['--home', quayside.home, '--no-start', ...args], {
      ...{ stdout, stderr, stdin: Readable.from([]), environment: {} },
      interrupt: { signal: new AbortController().signal, handle: () => () => {} },
      installation: findInstallation(import.meta.url),
    });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
  const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(['--json', ...args])).stdout);
  const lines = async (...args: string[]) => (await run(args)).stdout;
  const offer = (...list: object[]) => writeFile(tools, JSON.stringify(list));

  before(async function () {
    this.timeout(60_000);
    quayside = await createCommandLine('guards');
    tools = join(quayside.home, '..', 'tools.json');
    lockFile = join(quayside.home, '..', 'quayside.lock.json');
    await offer(read, remove);
    await quayside.json(['add', 'command', 'files', '--', process.execPath, testServer('mutating-tools'), tools]);
  });
  after(async function () {
    this.timeout(60_000);
    await quayside[Symbol.asyncDispose]();
  });

  it('begin with what was approved, and write it into a file', async () => {
    assert.match(await lines('lock'), /\nfiles +not started yet +0 +0 +0 +ask/);
    await run(['start', 'files']);
    assert.match(await lines('lock', 'status'), /\nfiles +as approved +2 +0 +0 +ask +owner \(/);
    assert.equal(await lines('lock', 'write', lockFile), 'Wrote quayside.lock.json with 1 server.\n');
    const file = LockFile.parse(JSON.parse(await readFile(lockFile, 'utf8')));
    assert.deepEqual(Object.keys(file.servers['files']?.tools ?? {}), ['read', 'remove']);
  });

  it('verify the file for CI, also of a server that has to be started for it', async () => {
    assert.equal((await run(['lock', 'verify', lockFile])).code, 0);
    await run(['stop', 'files']);
    await offer({ ...read, description: 'Reads.\u202e' }, remove);
    const started = await run(['lock', 'verify', lockFile, '--start']);
    assert.deepEqual([started.code, started.stderr], [1, '']);
    assert.match(
      started.stdout,
      /files\/read has another definition\.\n1 difference; 2 tools of 1 server in the file\./,
    );
    assert.match(await lines('server', 'files'), /stopped/i);
    const json = await run(['--json', 'lock', 'verify', lockFile]);
    assert.equal(json.code, 1);
    assert.deepEqual(JSON.parse(json.stdout).differences[0].kind, 'tool-changed');
    await writeFile(lockFile, '{');
    assert.deepEqual(
      [(await run(['lock', 'verify', lockFile])).code, (await run(['lock', 'verify', 'no'])).code],
      [1, 1],
    );
    await writeFile(lockFile, '{}');
    assert.equal(problemIn(await run(['--json', 'lock', 'verify', lockFile])).code, 'LOCK_003');
  });

  it('show what differs with nothing hidden in it, and approve what was shown', async () => {
    assert.match(await lines('lock', 'show', 'files'), /1 tool held back, 1 change to decide[\s\S]*read +changed/);
    const diff = await lines('lock', 'diff', 'files');
    assert.match(diff, /^read \(changed\)\n[\s\S]*\n\+ {2}"description": "Reads\.\[U\+202E\]"/);
    assert.equal((await run(['lock', 'approve', 'files'])).code, 1);
    assert.match(
      await lines('lock', 'reject', 'files', '--tool', 'read', '--yes'),
      /1 tool held back, 0 changes to decide/,
    );
    const lock = ServerLockDetail.parse(await json('lock', 'approve', 'files', '--tool', 'read', '--yes'));
    assert.equal(lock.state, 'approved');
    assert.equal(await lines('lock', 'diff', 'files'), 'Nothing of files differs from what was approved.\n');
    assert.match(await lines('lock', 'mode', 'files', 'approve-additions'), /New tools pass/);
    assert.equal((await run(['lock', 'mode', 'files', 'never'])).code, 1);
  });

  it('choose a preset, explain it, and take rules from a file', async () => {
    assert.match(
      await lines('approvals', 'preset', 'ask-destructive'),
      /Preset +ask-destructive[\s\S]*ask-destructive +ask/,
    );
    assert.match(await lines('approvals', 'explain', 'files', 'remove'), /^fits +ask-destructive[\s\S]*\nask: /);
    assert.match(await lines('approvals', 'explain', 'files', 'read'), /^allow: No rule fits/m);
    const rules = join(quayside.home, '..', 'rules.json');
    const rule = {
      id: 'tmp',
      when: { arguments: [{ pointer: '/path', glob: '/etc/*' }] },
      verdict: 'deny',
      reason: 'No.',
    };
    const ask = { id: 'ask', when: { annotations: { destructive: true } }, verdict: 'ask', reason: 'It may destroy.' };
    await writeFile(rules, JSON.stringify({ rules: [rule, ask], askSeconds: 60 }));
    assert.match(await lines('approvals', 'rules', '--from-file', rules), /none: rules of your own[\s\S]*\ntmp +deny/);
    const explained = await lines('approvals', 'explain', 'files', 'read', '--args', '{"path":"/etc/passwd"}');
    assert.match(explained, /^fits +tmp +No\.\ndeny: No\.\n$/);
  });

  it('let a call that waits pass, and tell who waits for the decision', async () => {
    await run(['start', 'files']);
    await offer({ ...read, description: 'Reads.\u202e' }, remove);
    const call = run(['call', 'files', 'remove', '--arg', 'path=/tmp/a\u200bb']);
    const shown = await firstWaiting();
    assert.match(await lines('approvals'), /waiting +owner .* files\/remove/);
    assert.match(await lines('approvals', 'show', shown.id), /"path": "\/tmp\/a\[U\+200B\]b"/);
    assert.equal((await run(['approvals', 'approve', shown.id, '--digest', `sha256:${'0'.repeat(64)}`])).code, 2);
    const wait = run(['approvals', 'wait', shown.id]);
    assert.match(
      await lines('approvals', 'approve', shown.id, '--digest', shown.digest),
      /Approved files\/remove, once\./,
    );
    assert.equal((await wait).code, 0);
    const { code, stdout } = await call;
    assert.deepEqual([code, stdout.includes('"name":"remove"')], [0, true]);
  });

  it('say that a call waits, of a test too, and which command lets it pass', async () => {
    const tests = join(quayside.home, '..', 'removes.mcptest.yaml');
    await writeFile(
      tests,
      'server: files\ntests:\n  - name: removes\n    tool: remove\n    arguments: { path: /tmp/b }\n',
    );
    const told = /the call of files\/remove back until somebody allows it: quayside approvals approve (\S+) /;
    for (const args of [
      ['call', 'files', 'remove', '--arg', 'path=/tmp/b'],
      ['test', tests],
    ]) {
      const said = createText();
      const call = run(args, said);
      const { id } = await firstWaiting();
      for (let tries = 0; tries < 500 && !told.test(said.text()); tries += 1)
        await new Promise(resolve => setTimeout(resolve, 20));
      assert.equal(told.exec(said.text())?.[1], id);
      assert.equal((await run(['approvals', 'approve', id, '--yes'])).code, 0);
      assert.equal((await call).code, 0);
    }
  });

  it('deny a call with a reason, and grant one before it is made', async () => {
    const call = run(['call', 'files', 'remove', '--arg', 'path=/tmp/c']);
    const { id } = await firstWaiting();
    assert.equal(await lines('approvals', 'deny', id, '--reason', 'not now'), 'Denied files/remove.\n');
    const refused = await call;
    assert.deepEqual([refused.code, /not now.*APPROVAL_001/s.test(refused.stderr)], [2, true]);
    assert.equal((await run(['approvals', 'wait', id, '--seconds', '5'])).code, 1);
    assert.match(
      await lines('calls', 'show', id),
      /Outcome +denied, APPROVAL_001, The call was not approved\n[\s\S]*not kept\.\n$/,
    );
    const granted = await lines(
      'approvals',
      'grant',
      'files',
      'remove',
      '--for',
      'owner',
      '--args',
      '{"path":"/tmp/d"}',
    );
    assert.match(granted, /^Granted files\/remove to owner, once, until /);
    assert.equal((await run(['call', 'files', 'remove', '--arg', 'path=/tmp/d'])).code, 0);
    const all = pageOf(Approval).parse(await json('approvals', 'list', '--all'));
    assert.deepEqual(all.items.map(({ state }) => state).toSorted(), ['denied', 'used', 'used', 'used', 'used']);
  });

  it('grant a method, say what else may be sent, and show it', async () => {
    const grant = ['approvals', 'grant', 'files', 'method:custom/run', '--for', 'owner'];
    const besides = '{"task":{"ttl":1},"_meta":{"example/as":"root\u200b"}}';
    const given = Approval.parse(await json(...grant, '--besides', besides));
    const shown = await lines('approvals', 'show', given.id);
    assert.match(shown, /files\/method:custom\/run[\s\S]*\n\nSent besides:\n\{\n {2}"task"[\s\S]*"root\[U\+200B\]"/);
    assert.match(
      await lines('approvals', 'show', Approval.parse(await json(...grant, '--any-meta')).id),
      /whatever its _meta/,
    );
    assert.equal((await run([...grant.with(3, 'method:*')])).code, 1);
    assert.equal((await run([...grant, '--args', '-', '--besides', '-'])).code, 1);
  });

  const firstWaiting = async (): Promise<Approval> => {
    for (let tries = 0; tries < 50; tries += 1) {
      const [first] = pageOf(Approval).parse(await json('approvals', 'list')).items;
      if (first) return first;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    throw new Error('No call waits.');
  };
});
