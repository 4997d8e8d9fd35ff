import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { commands as ids } from '../../extension/platform/contributions.ts';
import { getExtension } from './host.ts';

describe('activation', () => {
  it('is fast enough to be measured in milliseconds, and is kept as a figure', async () => {
    const { activationMs } = await getExtension().activate();
    assert.ok(activationMs > 0 && activationMs < 1_000, `${activationMs} ms`);
    const results = process.env['QUAYSIDE_TEST_RESULTS'];
    assert.ok(results);
    writeFileSync(join(dirname(results), 'activation-in-host.json'), JSON.stringify({ activationMs }));
  });

  it('starts no daemon', () => {
    assert.equal(existsSync(join(process.env['QUAYSIDE_HOME'] ?? '', 'daemon.json')), false);
  });

  it('registers every command, and none besides', async () => {
    const registered = await vscode.commands.getCommands(true);
    // The editor itself adds commands for views, such as quayside.servers.focus.
    const ours = registered.filter(id => /^quayside\.[^.]+$/.test(id));
    assert.deepEqual(ours.sort(), Object.values(ids).sort());
  });

  it('has every contributed setting with the default of the manifest', () => {
    const { properties } = getExtension().packageJSON.contributes.configuration;
    for (const [id, { default: usual }] of Object.entries<{ default: unknown }>(properties)) {
      assert.deepEqual(vscode.workspace.getConfiguration().get(id), usual, id);
    }
  });
});
