import { StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { toPlainText } from '../../platform/plain-text.ts';
import { statusText } from './status-text.ts';

export interface StatusBar {
  readonly item: StatusBarItem;
  dispose(): void;
}

export function createStatusBar({ link, mirror }: { link: DaemonLink; mirror: Mirror }): StatusBar {
  const item = window.createStatusBarItem('quayside.status', StatusBarAlignment.Left, 10);
  item.name = 'Quayside';
  item.command = commands.openDashboard;
  const draw = () => {
    const { text, tooltip, isError } = statusText(link.state, mirror.servers);
    item.text = text;
    item.tooltip = toPlainText(tooltip);
    item.backgroundColor = isError ? new ThemeColor('statusBarItem.errorBackground') : undefined;
    item.accessibilityInformation = { label: `${text.replace(/\$\([^)]*\) /, '')}. ${tooltip}`, role: 'button' };
  };
  draw();
  item.show();
  const subscriptions = disposeAll([item, link.onDidChangeState(draw), mirror.onDidChange(draw)]);
  return { item, dispose: () => subscriptions.dispose() };
}
