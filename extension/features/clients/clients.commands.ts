import { commands as editor, window } from 'vscode';
import type { ClientChange, ClientPreview, McpClient } from '../../../shared/api/clients.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { DockerMirror } from '../../daemon-link/docker-mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { confirm } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { profileOf } from '../../platform/pick-profile.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { forNotification, withoutIcons } from '../../platform/plain-text.ts';
import type { PreviewDocuments } from '../../platform/preview-documents.ts';

export interface ClientCommandsOptions {
  link: DaemonLink;
  docker: DockerMirror;
  register: RegisterCommand;
  open: OpenPanel;
  documents: PreviewDocuments;
}

/** Connecting other programs to a profile, with the difference in the editor before their file is changed. */
export function registerClientCommands(options: ClientCommandsOptions) {
  const { link, docker, register, open } = options;
  const { api } = link;
  return disposeAll([
    register(commands.openClients, () => open('clients')),
    register(commands.connectClient, async argument => {
      await docker.ready();
      const client = await pickClient(
        link,
        'Connect Client',
        ({ connected, file, supported }) => !connected && file !== null && supported,
      );
      const profile = await profileOf(argument, docker.profiles, 'Connect Client');
      const change = {
        action: 'connect',
        scope: client.scope,
        ...(profile.fixed ? {} : { profile: profile.id }),
      } as const;
      await changeClient(options, client, change);
    }),
    register(commands.disconnectClient, async () => {
      const client = await pickClient(link, 'Disconnect Client', ({ connected }) => connected);
      await changeClient(options, client, { action: 'disconnect', scope: client.scope });
    }),
    register(commands.undoClientChange, async () => {
      await link.connect();
      const backups = await readAll(query => api.listClientBackups({ query }));
      const backup = await pickOne(
        backups
          .filter(({ restoredAt }) => restoredAt === null)
          .map(each => ({
            label: `${each.client}: ${each.action}`,
            description: new Date(each.madeAt).toLocaleString(),
            detail: withoutIcons(each.file),
            value: each,
          })),
        'Undo Client Change',
        'Choose the change to undo',
      );
      if (backup.changedSince) {
        await confirm(
          `Undo the change of ${backup.client}?`,
          `${backup.file} was changed after it. These later changes would be lost.`,
          'Undo All the Same',
        );
      }
      await api.restoreClientBackup({ params: { id: backup.id }, body: { force: backup.changedSince } });
      void window.showInformationMessage(forNotification(`${backup.file} is as it was before.`));
    }),
  ]);
}

async function pickClient(link: DaemonLink, title: string, fits: (client: McpClient) => boolean): Promise<McpClient> {
  await link.connect();
  const all = await readAll(query => link.api.listClients({ query }));
  const items = all.filter(fits).map(client => ({
    label: withoutIcons(client.title),
    description: client.connected
      ? `connected to ${client.profile ?? 'Docker'}`
      : client.installed === false
        ? 'not installed'
        : '',
    detail: withoutIcons(client.file ?? ''),
    value: client,
  }));
  if (items.length === 0) throw new HostProblem('nothingToChoose');
  return await pickOne(items, title, 'Choose a client');
}

async function changeClient(
  { link, documents }: ClientCommandsOptions,
  client: McpClient,
  change: ClientChange,
): Promise<void> {
  const { api } = link;
  const params = { id: client.id };
  const preview = await api.previewClientChange({ params, body: change });
  await showDifference(documents, client, preview);
  const connect = change.action === 'connect';
  await confirm(
    `${connect ? 'Connect' : 'Disconnect'} ${client.title}?`,
    [
      `docker mcp rewrites ${preview.file}. The difference is open in the editor.`,
      ...(preview.losesComments ? ['Its comments will be lost.'] : []),
      'The file is backed up first; "Undo Client Change" puts it back byte for byte.',
    ].join('\n'),
    connect ? 'Connect' : 'Disconnect',
  );
  await api.changeClient({ params, body: { ...change, revision: preview.revision } });
  void window.showInformationMessage(
    forNotification(`${client.title} is ${connect ? 'connected' : 'disconnected'}. Restart it if it is running.`),
  );
}

async function showDifference(documents: PreviewDocuments, client: McpClient, preview: ClientPreview): Promise<void> {
  const before = documents.put(`${client.id}-before`, preview.file, preview.before);
  const after = documents.put(`${client.id}-after`, preview.file, preview.after);
  const title = `${client.title}: ${preview.file}`;
  await editor.executeCommand('vscode.diff', before, after, title, { preview: true });
}
