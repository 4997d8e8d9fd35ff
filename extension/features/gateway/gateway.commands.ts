import { commands as editor, window, workspace } from 'vscode';
import type { Approval } from '../../../shared/api/approvals.ts';
import type { ServerLockDetail } from '../../../shared/api/locks.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { forNotification, toOneLine, withoutIcons } from '../../platform/plain-text.ts';
import type { PreviewDocuments } from '../../platform/preview-documents.ts';
import { textIn } from '../../platform/row-argument.ts';

export interface GatewayCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
  open: OpenPanel;
  documents: PreviewDocuments;
}

/** Looking at the gateway, deciding about calls that wait, and about what servers have changed. */
export function registerGatewayCommands(options: GatewayCommandsOptions) {
  const { link, register, open } = options;
  return [
    register(commands.openGateway, () => open('gateway')),
    register(commands.openApprovals, () => open('gateway?tab=approvals')),
    register(commands.openCalls, () => open('gateway?tab=calls')),
    register(commands.openTokenCosts, () => open('gateway?tab=tools')),
    register(commands.openMcpSessions, () => open('gateway?tab=sessions')),
    register(commands.openChangedTools, () => open('gateway?tab=changes')),
    register(commands.allowCall, async argument => {
      const approval = await approvalOf(link, argument, 'Allow Call');
      await confirm(
        `Let ${approval.caller.name} call ${approval.tool} of ${approval.serverId} once?`,
        `${approval.reason}\n\n${approval.arguments}`,
        'Allow Once',
      );
      await link.api.approveCall({ params: { id: approval.id }, body: { digest: approval.digest } });
    }),
    register(commands.denyCall, async argument => {
      const { id } = await approvalOf(link, argument, 'Deny Call');
      await link.api.denyCall({ params: { id }, body: {} });
    }),
    ...registerLockCommands(options),
    register(commands.chooseApprovalPreset, () => choosePreset(link)),
  ];
}

function registerLockCommands({ link, register, documents }: GatewayCommandsOptions) {
  const decide = async (what: 'approve' | 'reject', argument: unknown) => {
    const title = what === 'approve' ? 'Approve Changed Tools' : 'Reject Changed Tools';
    const lock = await lockOf(link, argument, title);
    const tool = toolIn(lock, argument);
    const name = tool ? `${tool.name} of ${lock.serverId}` : `everything that ${lock.serverId} has changed`;
    await confirm(
      what === 'approve' ? `Approve ${name}?` : `Reject ${name}?`,
      what === 'approve'
        ? 'Clients are shown it as it is now, and may call it.'
        : 'It stays in quarantine, and asks again only when it changes again.',
      what === 'approve' ? 'Approve' : 'Reject',
    );
    if (!tool && lock.digest === null) return;
    const body = tool ? { tools: [{ name: tool.name, digest: tool.digest }] } : { digest: lock.digest ?? '' };
    const params = { id: lock.serverId };
    await (what === 'approve' ? link.api.approveLock({ params, body }) : link.api.rejectLock({ params, body }));
    window.setStatusBarMessage(
      what === 'approve' ? `$(check) ${lock.serverId}: approved` : `$(circle-slash) ${lock.serverId}: rejected`,
      5_000,
    );
  };
  return [
    register(commands.compareTool, async argument => {
      const lock = await lockOf(link, argument, 'Compare Tool with What Was Approved');
      const tool = toolIn(lock, argument) ?? (await pickChange(lock));
      const file = `${tool.name.replace(/[^\w.-]/g, '_')}.json`;
      await editor.executeCommand(
        'vscode.diff',
        documents.put(`approved/${lock.serverId}`, file, tool.before ?? ''),
        documents.put(`now/${lock.serverId}`, file, tool.after ?? ''),
        `${withoutIcons(toOneLine(tool.name, 60))} of ${lock.serverId} (approved ↔ now)`,
        { preview: true },
      );
    }),
    register(commands.approveTools, argument => decide('approve', argument)),
    register(commands.rejectTools, argument => decide('reject', argument)),
    register(commands.openLockFile, async () => {
      const content = `${JSON.stringify(await link.api.getLockFile(), null, 2)}\n`;
      await window.showTextDocument(await workspace.openTextDocument({ language: 'json', content }));
    }),
  ];
}

/** From a row of the tree or a notification; or one that is chosen. */
async function approvalOf({ api, connect }: DaemonLink, argument: unknown, title: string): Promise<Approval> {
  const id = textIn(argument, 'approval', 'id') ?? textIn(argument, 'approvalId');
  await connect();
  if (id !== undefined) return await api.getApproval({ params: { id } });
  const waiting = await readAll(query => api.listApprovals({ query: { ...query, state: 'waiting' } }));
  const items = waiting.map(approval => ({
    label: withoutIcons(approval.tool),
    description: approval.serverId,
    detail: withoutIcons(toOneLine(`${approval.caller.name}: ${approval.arguments}`)),
    value: approval,
  }));
  return await pickOne(items, title, 'Choose the call');
}

async function lockOf({ api, connect }: DaemonLink, argument: unknown, title: string): Promise<ServerLockDetail> {
  const id = textIn(argument, 'lock', 'serverId') ?? textIn(argument, 'serverId');
  await connect();
  if (id !== undefined) return await api.getLock({ params: { id } });
  const locks = await readAll(query => api.listLocks({ query: { ...query, state: 'changed' } }));
  const items = locks.map(lock => ({ label: lock.serverId, description: `${lock.waiting} to look at`, value: lock }));
  const { serverId } = await pickOne(items, title, 'Choose the server');
  return await api.getLock({ params: { id: serverId } });
}

const toolIn = ({ items }: ServerLockDetail, argument: unknown) => {
  const name = textIn(argument, 'change', 'name');
  return items.find(item => item.name === name);
};

const pickChange = ({ items }: ServerLockDetail) =>
  pickOne(
    items
      .filter(({ state }) => state !== 'approved')
      .map(tool => ({ label: withoutIcons(tool.name), description: tool.state, value: tool })),
    'Compare Tool with What Was Approved',
    'Choose the tool',
  );

async function choosePreset({ api, connect }: DaemonLink): Promise<void> {
  await connect();
  const { presets, preset: now, version } = await api.getApprovalRules();
  const preset = await pickOne(
    presets.map(({ name, title, detail }) => ({
      label: title,
      description: name === now ? 'in force' : '',
      detail,
      value: name,
    })),
    'Choose When to Be Asked',
    'Which calls wait for you',
  );
  await api.replaceApprovalRules({ body: { version, preset } });
  window.setStatusBarMessage(`$(shield) ${forNotification(preset)} is in force`, 5_000);
}
