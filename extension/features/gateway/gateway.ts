import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { createPreviewDocuments } from '../../platform/preview-documents.ts';
import { askAboutCalls } from './ask-about-calls.ts';
import { registerClashCommands } from './clash.commands.ts';
import { registerGatewayCommands } from './gateway.commands.ts';
import { createGatewayTree } from './gateway.tree.ts';

export interface GatewayOptions {
  link: DaemonLink;
  register: RegisterCommand;
  open: OpenPanel;
  report: (error: unknown) => unknown;
}

/** The Gateway view: calls that wait, changed tools, costs, connected clients; and the questions about them. */
export function registerGateway(options: GatewayOptions) {
  const documents = createPreviewDocuments('quayside-lock');
  const tree = createGatewayTree(options.link);
  const parts = [
    documents,
    ...registerGatewayCommands({ ...options, documents }),
    ...registerClashCommands(options),
    askAboutCalls(options),
  ];
  return { tree, dispose: () => disposeAll([tree, ...parts]).dispose() };
}
