import { commands as editor } from 'vscode';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands, walkthrough } from '../../platform/contributions.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';

export function registerDashboard({
  register,
  open,
  extensionId,
}: {
  register: RegisterCommand;
  open: OpenPanel;
  extensionId: string;
}) {
  return disposeAll([
    register(commands.openDashboard, () => open('dashboard')),
    register(commands.openWalkthrough, () =>
      editor.executeCommand('workbench.action.openWalkthrough', `${extensionId}#${walkthrough}`, false),
    ),
  ]);
}
