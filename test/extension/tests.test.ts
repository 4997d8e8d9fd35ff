// Test files in the Test Explorer, in the real host and with a real server.
import assert from 'node:assert/strict';
import { symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateExtension, type Parts, until } from './host.ts';
import { spyOnRuns } from './test-runs-spy.ts';

const good = `server: host-echo
tests:
  - name: says it again
    tool: echo
    arguments: { message: hi }
    expect: { equals: 'Echo: hi' }
  - name: adds \${a}
    tool: add
    arguments: { a: '\${a}', b: 1 }
    each: [{ a: 1 }, { a: 2 }]
    expect: { snapshot: true }
`;
const bad = `server: host-echo
tests:
  - name: says something else
    tool: echo
    arguments: { message: hi }
    expect:
      equals: 'Echo: ho'
`;
const echo = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'echo.mjs');

describe('test files in the editor', () => {
  let parts: Parts;
  let folder: vscode.Uri;
  let told: ReturnType<typeof spyOnRuns>;
  const at = (name: string) => vscode.Uri.joinPath(folder, name);
  const write = (name: string, text: string) => vscode.workspace.fs.writeFile(at(name), new TextEncoder().encode(text));
  const items = () => parts.tests.controller.items;
  const item = (name: string) => items().get(at(name).toString());
  const labels = (parent: vscode.TestItem | undefined) => [...(parent?.children ?? [])].map(([, child]) => child.label);

  before(async () => {
    parts = await activateExtension();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    await parts.link.connect();
    const configuration = { arguments: [echo], environment: { ELECTRON_RUN_AS_NODE: '1' } };
    await parts.link.api.createServer({
      body: { type: 'command', id: 'host-echo', command: process.execPath, configuration },
    });
    told = spyOnRuns(parts.tests.controller);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    told.restore();
    for (const name of ['good.mcptest.yaml', 'bad.mcptest.yaml', '__snapshots__'])
      await vscode.workspace.fs.delete(at(name), { recursive: true }).then(undefined, () => {});
    await parts.link.api.deleteServer({ params: { id: 'host-echo' } });
  });

  it('are found when they are written, with the tests in them and their rows', async () => {
    await write('good.mcptest.yaml', good);
    await write('bad.mcptest.yaml', bad);
    await until('the files are there', () => item('good.mcptest.yaml') && item('bad.mcptest.yaml'));
    await parts.tests.refresh();
    assert.deepEqual(labels(item('good.mcptest.yaml')), ['says it again', 'adds \x24{a}']);
    const [, adds] = [...(item('good.mcptest.yaml')?.children ?? [])].map(([, child]) => child);
    assert.deepEqual(labels(adds), ['adds 1', 'adds 2']);
    assert.equal(adds?.range?.start.line, 6);
  });

  it('pass, start their server, and write their snapshots', async () => {
    const file = item('good.mcptest.yaml');
    assert.ok(file);
    const run = await parts.tests.run(new vscode.TestRunRequest([file]));
    assert.equal(run?.state, 'passed', JSON.stringify(run?.results.flatMap(each => each.failures)));
    assert.deepEqual(told.passed, ['says it again', 'adds 1', 'adds 2']);
    const text = new TextDecoder().decode(
      await vscode.workspace.fs.readFile(at('__snapshots__/good.mcptest.snap.yaml')),
    );
    assert.match(text, /^"adds \$\{a\} \[1\]": \|2\n/m);
    assert.equal(parts.mirror.findServer('host-echo')?.state, 'running');
  });

  it('fail at the line of the expectation, with what was expected and what came', async () => {
    const file = item('bad.mcptest.yaml');
    assert.ok(file);
    const run = await parts.tests.run(new vscode.TestRunRequest([file]));
    assert.equal(run?.state, 'failed');
    const [failed] = told.failed;
    const [message] = failed?.messages ?? [];
    assert.equal(failed?.label, 'says something else');
    assert.equal(message?.message, 'equals: The result is another one.');
    assert.equal(message?.location?.uri.toString(), at('bad.mcptest.yaml').toString());
    assert.equal(message?.location?.range.start.line, 6);
    assert.deepEqual([message?.expectedOutput, message?.actualOutput], ['Echo: ho', 'Echo: hi']);
  });

  it('run one of their tests alone, with the text that is in the editor', async () => {
    const document = await vscode.workspace.openTextDocument(at('bad.mcptest.yaml'));
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(6, 0, 7, 0), "      equals: 'Echo: hi'\n");
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(document.isDirty);
    const [child] = [...(item('bad.mcptest.yaml')?.children ?? [])].map(([, each]) => each);
    assert.ok(child);
    const run = await parts.tests.run(new vscode.TestRunRequest([child]));
    assert.deepEqual(
      run?.results.map(({ outcome }) => outcome),
      ['passed'],
    );
  });

  it('keep no snapshot behind a link that leads out of the folder', async () => {
    await write('linked/a.mcptest.yaml', good);
    await symlink(folder.fsPath, at('linked/__snapshots__').fsPath);
    // The editor's watcher may miss what is written into a folder while it is made.
    await parts.tests.refresh();
    const file = item('linked/a.mcptest.yaml');
    assert.ok(file);
    await assert.rejects(parts.tests.run(new vscode.TestRunRequest([file])), /kept behind a link/);
    await unlink(at('linked/__snapshots__').fsPath);
  });

  it('go with their folder', async () => {
    assert.ok(item('linked/a.mcptest.yaml'));
    await vscode.workspace.fs.delete(at('linked'), { recursive: true });
    await parts.tests.refresh();
    assert.equal(item('linked/a.mcptest.yaml'), undefined);
    assert.ok(item('good.mcptest.yaml'));
  });

  it('are one run where one request cannot hold them all', async () => {
    const names = ['a', 'b', 'c'].map(name => `large/${name}`);
    const kept = `"of before": |2\n${`  ${'x'.repeat(998)}\n`.repeat(1_900)}`;
    for (const name of names) {
      await write(name.replace('/', '/__snapshots__/').concat('.mcptest.snap.yaml'), kept);
      await write(`${name}.mcptest.yaml`, good);
    }
    await parts.tests.refresh();
    const files = names.flatMap(name => item(`${name}.mcptest.yaml`) ?? []);
    const before = told.passed.length;
    const run = await parts.tests.run(new vscode.TestRunRequest(files));
    assert.deepEqual([run?.state, run?.files.length, run?.counts.passed], ['passed', 3, 9]);
    assert.equal(told.passed.length - before, 9);
    assert.equal(run?.snapshots.length, 3);

    // The second request is one that the daemon refuses.
    const { api } = parts.link;
    const { startTestRun } = api;
    let requests = 0;
    const refused = (...[input, options]: Parameters<typeof startTestRun>) =>
      startTestRun(++requests === 1 ? input : { body: { ...input.body, files: [] } }, options);
    Object.assign(api, { startTestRun: refused });
    try {
      const early = await parts.tests.run(new vscode.TestRunRequest(files));
      assert.deepEqual([requests, early?.state, early?.counts.passed], [2, 'cancelled', 6]);
      assert.equal(told.passed.length - before, 15);
    } finally {
      Object.assign(api, { startTestRun });
    }
    await vscode.workspace.fs.delete(at('large'), { recursive: true });
  });

  it('show what is wrong with them in the list and in the text', async () => {
    const document = await vscode.workspace.openTextDocument(at('bad.mcptest.yaml'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), 'nonsense: 1\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until('the mistake is told', () =>
      String(item('bad.mcptest.yaml')?.error ?? '').includes('"nonsense" is not known here'),
    );
    const [diagnostic] = vscode.languages.getDiagnostics(document.uri);
    assert.deepEqual([diagnostic?.source, diagnostic?.range.start.line], ['Quayside', 1]);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('show what was said to the server and what came back', async () => {
    const file = item('good.mcptest.yaml');
    assert.ok(file);
    await parts.tests.run(new vscode.TestRunRequest([file]), { trace: true });
    const trace = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'quayside-trace');
    assert.match(
      trace?.getText() ?? '',
      /# says it again: passed[\s\S]*request tools\/call[\s\S]*"message": "hi"[\s\S]*result tools\/call/,
    );
  });
});
