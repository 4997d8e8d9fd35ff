// Puts the `quayside` command on the PATH of integrated terminals, run by the editor's own Node.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type ExtensionContext, workspace } from 'vscode';
import { disposeAll } from '../../platform/commands.ts';
import { settings } from '../../platform/contributions.ts';
import { readSettings } from '../../platform/settings.ts';
import { unixShim, windowsShim } from './shim.ts';

export interface TerminalCommandOptions {
  context: ExtensionContext;
  log: (message: string) => void;
}

export function registerTerminalCommand({ context, log }: TerminalCommandOptions) {
  const collection = context.environmentVariableCollection;
  const folder = join(context.globalStorageUri.fsPath, 'bin');
  const apply = async () => {
    const { commandInTerminal, stateFolder } = readSettings();
    if (!commandInTerminal) return collection.clear();
    await writeShims(folder, { runtime: process.execPath, program: join(context.extensionPath, 'dist', 'cli.mjs') });
    collection.description = 'Adds the `quayside` command to the PATH';
    collection.prepend('PATH', `${folder}${delimiter}`);
    if (stateFolder === '') collection.delete('QUAYSIDE_HOME');
    else collection.replace('QUAYSIDE_HOME', stateFolder);
  };
  const applyOrLog = () => void apply().catch(error => log(`The command is not on the PATH: ${String(error)}`));
  applyOrLog();
  return disposeAll([
    workspace.onDidChangeConfiguration(change => {
      const ids = [settings.commandInTerminal, settings.stateFolder];
      if (ids.some(id => change.affectsConfiguration(id))) applyOrLog();
    }),
  ]);
}

/** Written only when they differ: the editor and the extension move with each update. */
async function writeShims(folder: string, target: { runtime: string; program: string }): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [name, text] =
    process.platform === 'win32' ? ['quayside.cmd', windowsShim(target)] : ['quayside', unixShim(target)];
  const file = join(folder, name);
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text, { mode: 0o755 });
}
