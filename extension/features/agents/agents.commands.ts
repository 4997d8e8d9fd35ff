import { EventEmitter, commands as editor, Uri, type WorkspaceFolder, window, workspace } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { type AgentFileKind, agentFiles, withQuayside } from './agent-configuration.ts';
import { findAgentFile, replaceAgentFile } from './agent-file.ts';

const previewScheme = 'quayside-preview';

const choices: { label: string; description: string; detail: string; value: AgentFileKind }[] = [
  {
    label: 'VS Code',
    description: agentFiles.vscode,
    detail: 'VS Code asks for the token once and keeps it.',
    value: 'vscode',
  },
  {
    label: 'Other agents',
    description: agentFiles.portable,
    detail: 'Claude Code, Copilot and others. They take the token from the variable QUAYSIDE_TOKEN.',
    value: 'portable',
  },
];

/** Writes the gateway's address into a folder's agent configuration, after showing what would change. */
export function registerAgentCommands({ link, register }: { link: DaemonLink; register: RegisterCommand }) {
  const preview = createPreview();
  return disposeAll([
    preview,
    register(commands.writeAgentConfiguration, async () => {
      if (!workspace.isTrusted) throw new HostProblem('restricted');
      const folder = await pickFolder();
      const kind = await pickOne(choices, 'Write Agent Configuration', 'Choose who shall use the servers');
      const { mcpUrl } = await link.api.getSession();
      if (!mcpUrl) throw new HostProblem('noAddress');
      const path = agentFiles[kind];
      const before = await findAgentFile(folder, path);
      const after = withQuayside(kind, before ?? '', mcpUrl);
      if (after === undefined) return await showBroken(Uri.joinPath(Uri.file(folder), path));
      if (after === before) return void window.showInformationMessage(`${path} has this entry already.`);
      await preview.show(path, before ?? '', after);
      try {
        await pickOne(
          [
            {
              label: 'Write',
              detail: before === undefined ? 'The file is new.' : `The old file stays as ${path}.bak.`,
              value: 1,
            },
          ],
          `Write ${path}`,
          'Look at the difference, then choose. Escape writes nothing.',
          { ignoreFocusOut: true },
        );
        await replaceAgentFile(folder, path, before, after);
      } finally {
        await preview.close();
      }
      await window.showTextDocument(Uri.joinPath(Uri.file(folder), path));
      await tellNext(kind);
    }),
  ]);
}

async function tellNext(kind: AgentFileKind): Promise<void> {
  const text =
    kind === 'vscode'
      ? 'VS Code asks for the token when an agent first connects.'
      : 'Set QUAYSIDE_TOKEN to the token where the agent runs.';
  const chosen = await window.showInformationMessage(text, 'Copy Token');
  if (chosen) await editor.executeCommand(commands.copyMcpToken);
}

async function showBroken(file: Uri): Promise<never> {
  await window.showTextDocument(file);
  throw new HostProblem('brokenConfiguration');
}

async function pickFolder(): Promise<string> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new HostProblem('noFolder');
  const [first] = folders;
  const folder: WorkspaceFolder =
    folders.length === 1 && first
      ? first
      : await pickOne(
          folders.map(value => ({ label: value.name, description: value.uri.fsPath, value })),
          'Write Agent Configuration',
          'Choose a folder',
        );
  if (folder.uri.scheme !== 'file') throw new HostProblem('remoteFolder');
  return folder.uri.fsPath;
}

/** Two read-only texts side by side in the editor's own diff. */
function createPreview() {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(previewScheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => texts.get(uri.path) ?? '',
  });
  const put = (name: string, text: string): Uri => {
    const uri = Uri.from({ scheme: previewScheme, path: `/${name}` });
    texts.set(uri.path, text);
    changed.fire(uri);
    return uri;
  };
  return {
    async show(path: string, before: string, after: string): Promise<void> {
      const left = put(`now/${path}`, before);
      const right = put(`then/${path}`, after);
      await editor.executeCommand('vscode.diff', left, right, `${path}: what would change`, { preview: true });
    },
    async close(): Promise<void> {
      const tabs = window.tabGroups.all.flatMap(group => group.tabs);
      const ours = tabs.filter(tab => tab.label.endsWith(': what would change'));
      await window.tabGroups.close(ours);
      texts.clear();
    },
    dispose: () => disposeAll([provider, changed]).dispose(),
  };
}
