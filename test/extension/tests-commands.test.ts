// The commands that write test files: their questions are answered as the keyboard does.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { commands } from '../../extension/platform/contributions.ts';
import { activateExtension, type Parts, until } from './host.ts';

const echo = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'echo.mjs');
const id = 'host-saved';
const questionMs = 700;
const accept = 'workbench.action.acceptSelectedQuickOpenItem';
const madeFile = `${id}.add.mcptest.yaml`;

describe('the commands of tests', () => {
  let parts: Parts;
  let folder: vscode.Uri;
  const at = (name: string) => vscode.Uri.joinPath(folder, name);
  const read = async (name: string) =>
    await vscode.workspace.fs.readFile(at(name)).then(
      bytes => new TextDecoder().decode(bytes),
      () => undefined,
    );
  /** Of both files that this makes. */
  const countTests = async () => {
    const texts = await Promise.all([madeFile, `${id}.mcptest.yaml`].map(read));
    return texts.join('\n').split(/^\s*- name: /m).length - 1;
  };
  /** Does again what an open question takes, and a closed one does not mind, until something is so. */
  const pressing = async (keys: string[], isSo: () => boolean, what: string) => {
    for (const end = Date.now() + 30_000; !isSo(); ) {
      assert.ok(Date.now() < end, what);
      // A question is on the screen before what it proposes is.
      await pause(questionMs);
      for (const key of keys) if (!isSo()) await vscode.commands.executeCommand(key);
    }
  };
  /** Runs a command, and takes what its questions propose until it is done. */
  const accepting = async (command: string, argument: unknown, more: () => Promise<unknown> = async () => {}) => {
    let isDone = false;
    const done = Promise.resolve(vscode.commands.executeCommand(command, argument)).finally(() => {
      isDone = true;
    });
    await more();
    await pressing([accept], () => isDone, 'it still asks something');
    await done;
  };
  const calls = async () =>
    (await parts.link.api.listCalls({ query: { server: id } })).items.filter(each => each.argumentsKept);
  const lastCall = async () => (await calls())[0]?.id ?? assert.fail('no call was kept');
  const item = async (name: string): Promise<vscode.TestItem> => {
    await until('the file is listed', () => parts.tests.controller.items.get(at(name).toString()));
    return parts.tests.controller.items.get(at(name).toString()) ?? assert.fail();
  };

  before(async () => {
    parts = await activateExtension();
    folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    await parts.link.connect();
    const configuration = { arguments: [echo], environment: { ELECTRON_RUN_AS_NODE: '1' } };
    await parts.link.api.createServer({ body: { type: 'command', id, command: process.execPath, configuration } });
    await parts.link.api.startServer({ params: { id } });
    const rule = { serverId: id, tool: null, keep: 'everything', redactResults: null } as const;
    await parts.link.api.updateCallSettings({ body: { rules: [rule] } });
    await parts.link.api.callTool({ params: { id, tool: 'add' }, body: { arguments: { a: 1, b: 2 } } });
    await until('the call is kept', async () => (await calls()).length > 0);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of [`${id}.mcptest.yaml`, madeFile, '__snapshots__'])
      await vscode.workspace.fs.delete(at(name), { recursive: true }).then(undefined, () => {});
    await parts.link.api.deleteServer({ params: { id } });
  });

  it('write a first file from the tools of a server', async () => {
    await accepting(commands.newTestFile, { serverId: id });
    const text = await read(`${id}.mcptest.yaml`);
    assert.match(text ?? '', /^server: host-saved\ntests:\n[\s\S]*name: add answers/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), at(`${id}.mcptest.yaml`).toString());
  });

  it('make a test of a call, in a file of its own', async () => {
    await accepting(commands.saveCallAsTest, await lastCall());
    const text = await read(madeFile);
    assert.match(
      text ?? '',
      /^server: host-saved\n[\s\S]*tool: add\n\s+arguments:\n[\s\S]*isError: false\n\s+snapshot: true/,
    );
    const run = await parts.tests.run(new vscode.TestRunRequest([await item(madeFile)]));
    assert.equal(run?.state, 'passed', JSON.stringify(run?.results));
  });

  it('put it at the end of a file that is there, which is run as before and with it', async () => {
    const before = await countTests();
    const { api } = parts.link;
    const { makeTestOfCall } = api;
    let isMade = false;
    const noted: typeof makeTestOfCall = (...wish) => {
      isMade = true;
      return makeTestOfCall(...wish);
    };
    Object.assign(api, { makeTestOfCall: noted });
    await accepting(commands.saveCallAsTest, await lastCall(), async () => {
      // What to look at as it is proposed; then the file, which comes after "New file".
      await pressing([accept], () => isMade, 'what to look at is still asked');
      for (let i = 0; i < 5; i++) {
        await pause(questionMs / 2);
        for (const key of ['quickInput.first', 'quickInput.next']) await vscode.commands.executeCommand(key);
      }
    }).finally(() => Object.assign(api, { makeTestOfCall }));
    const files = (await vscode.workspace.findFiles('**/*.mcptest.yaml')).map(uri => uri.path);
    assert.equal(await countTests(), before + 1, files.join(' '));
  });

  it('ask nothing and write nothing when somebody leaves their question', async () => {
    let isDone = false;
    const done = Promise.resolve(vscode.commands.executeCommand(commands.saveCallAsTest, await lastCall())).finally(
      () => {
        isDone = true;
      },
    );
    await pressing(['workbench.action.closeQuickOpen'], () => isDone, 'it still asks something');
    await done;
  });
});
