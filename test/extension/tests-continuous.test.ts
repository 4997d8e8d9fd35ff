// Tests that run again by themselves, and tests that tell what was said, both begun by the editor's own commands.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { comesOfRunMs } from '../../shared/api/run-pace.ts';
import { activateExtension, type Parts, until } from './host.ts';
import { spyOnRuns, type ToldRuns } from './test-runs-spy.ts';

const text = (wanted: string) => `server: host-again
tests:
  - name: changes the list of tools
    tool: grow
  - name: answers
    tool: tool_0
    expect:
      matches: '${wanted}'
`;
const program = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'changing-tools.mjs');

describe('tests that run again by themselves', () => {
  let parts: Parts;
  let file: vscode.Uri;
  let told: ToldRuns;
  const id = 'host-again';
  const save = (content: string) => vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
  /** Until a run has told as much; runs that came of something else do no harm. */
  const tells = async (what: 'passed' | 'failed', act: () => Thenable<unknown>) => {
    const before = told[what].length;
    await act();
    await until(`a test has ${what}`, () => told[what].length > before);
  };
  /** What a server says just after its tests ran comes of them, and runs nothing: else it would never be quiet. */
  const untilQuiet = async () => {
    for (const limit = Date.now() + 30_000; Date.now() < limit; await pause(50)) {
      if (told.begun === told.ended && Date.now() - told.touchedAt > comesOfRunMs.tools + 300) return;
    }
    assert.fail('runs came of runs');
  };

  before(async () => {
    parts = await activateExtension();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    file = vscode.Uri.joinPath(folder, 'again.mcptest.yaml');
    await parts.link.connect();
    const configuration = { arguments: [program], environment: { ELECTRON_RUN_AS_NODE: '1' } };
    await parts.link.api.createServer({ body: { type: 'command', id, command: process.execPath, configuration } });
    await parts.link.api.startServer({ params: { id } });
    await save(text('^\\d+$'));
    await until('the file is there', () => parts.tests.controller.items.get(file.toString()));
    await parts.tests.refresh();
    told = spyOnRuns(parts.tests.controller);
  });
  after(async () => {
    await vscode.commands.executeCommand('testing.stopContinuousRun');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    told.restore();
    await vscode.workspace.fs.delete(file).then(undefined, () => {});
    await parts.link.api.deleteServer({ params: { id } });
  });

  it('wait until something happens, and run when their file is saved', async () => {
    await vscode.commands.executeCommand('testing.startContinuousRun');
    const document = await vscode.workspace.openTextDocument(file);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(file, new vscode.Range(7, 0, 8, 0), "      matches: '^no number$'\n");
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(told.failed.length, 0, 'nothing was saved yet');
    await tells('failed', () => document.save());
    const [failed] = told.failed;
    assert.equal(failed?.label, 'answers');
    assert.match(String(failed?.messages[0]?.message), /^matches: The pattern fits nowhere/);
    assert.equal(failed?.messages[0]?.location?.range.start.line, 7);
    await tells('passed', () => save(text('^\\d+$')));
  });

  it('run when their server comes back', async () => {
    await untilQuiet();
    await tells('passed', () => parts.link.api.restartServer({ params: { id } }));
  });

  it('run when their server has other tools, and not for what they do themselves', async () => {
    await untilQuiet();
    const grow = { params: { id, tool: 'grow' }, body: { arguments: {} } };
    // The first of the tests changes the list itself.
    await tells('passed', () => parts.link.api.callTool(grow));
    await untilQuiet();
  });

  it('end when somebody ends it', async () => {
    await untilQuiet();
    await vscode.commands.executeCommand('testing.stopContinuousRun');
    const { begun } = told;
    await save(text('^\\d+$').replace('name: answers', 'name: is renamed'));
    const labels = () => {
      const children = parts.tests.controller.items.get(file.toString())?.children ?? [];
      return Array.from(children, ([, item]) => item.label);
    };
    await until('the new name is read', () => labels().includes('is renamed'));
    await untilQuiet();
    assert.equal(told.begun, begun);
  });

  it('run with a trace of what was said, by the editor’s own command', async () => {
    await tells('passed', () => vscode.commands.executeCommand('testing.debugAll'));
    const shown = () => vscode.window.tabGroups.all.flatMap(group => group.tabs).map(tab => tab.label);
    await until('the trace is shown', () => shown().some(label => label.startsWith('Trace of the last test run')));
    const trace = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'quayside-trace');
    assert.match(trace?.getText() ?? '', /# is renamed: passed[\s\S]*request tools\/call[\s\S]*result tools\/call/);
  });
});
