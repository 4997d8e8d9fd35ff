import { type OutputChannel, window } from 'vscode';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { toPlainText } from '../../platform/plain-text.ts';

/** One output channel for each server whose output somebody asked for; it lives as long as the server is there. */
export function createServerOutputs(link: DaemonLink) {
  const channels = new Map<string, OutputChannel>();
  const drop = (id: string) => {
    channels.get(id)?.dispose();
    channels.delete(id);
  };
  const subscription = link.onEvent(event => {
    if (event.type === 'server.removed') drop(event.serverId);
    if (event.type !== 'server.output') return;
    for (const line of event.lines) channels.get(event.serverId)?.appendLine(toPlainText(line));
  });
  return {
    async show({ id, title }: MCPServer): Promise<void> {
      const { output } = await link.api.getServer({ params: { id } });
      const channel = channels.get(id) ?? window.createOutputChannel(`Quayside: ${id}`);
      channels.set(id, channel);
      const said = output.length > 0 ? output.map(toPlainText).join('\n') : `${title} has not written anything yet.`;
      channel.replace(`${said}\n`);
      channel.show(true);
    },
    dispose() {
      subscription.dispose();
      for (const id of [...channels.keys()]) drop(id);
    },
  };
}
