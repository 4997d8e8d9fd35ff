import { type QuickPickItem, type QuickPickOptions, window } from 'vscode';
import type { MCPServer } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { describeServerState } from '../../shared/domain/server-state.ts';
import { Cancelled, HostProblem } from './host-problem.ts';
import { toOneLine, withoutIcons } from './plain-text.ts';

/** Errors: Cancelled; HostProblem `nothingToChoose` if there is none. */
export async function pickServer(servers: readonly MCPServer[], title: string): Promise<MCPServer> {
  const items = servers.map(server => ({
    label: withoutIcons(server.title),
    description: describeServerState(server.state),
    detail: withoutIcons(toOneLine(server.description, 120)),
    value: server,
  }));
  return await pickOne(items, title, 'Choose a server');
}

/** Errors: Cancelled; HostProblem `nothingToChoose` if there is none. */
export async function pickTool(tools: readonly Tool[], title: string): Promise<Tool> {
  const items = tools.map(tool => ({
    label: withoutIcons(tool.name),
    description: tool.enabled ? '' : 'switched off',
    detail: withoutIcons(toOneLine(tool.description, 120)),
    value: tool,
  }));
  return await pickOne(items, title, 'Choose a tool');
}

/** Errors: Cancelled; HostProblem `nothingToChoose` if there is none. */
export async function pickOne<T>(
  items: readonly (QuickPickItem & { value: T })[],
  title: string,
  placeHolder: string,
  options: QuickPickOptions = {},
): Promise<T> {
  if (items.length === 0) throw new HostProblem('nothingToChoose');
  const chosen = await window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
    ...options,
  });
  if (!chosen) throw new Cancelled();
  return chosen.value;
}
