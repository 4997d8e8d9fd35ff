import { commands as editor, env, Uri, window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { isReachable } from './reachable.ts';

/** The page in the browser, and what an MCP client needs to connect. */
export function registerAccess({ link, register }: { link: DaemonLink; register: RegisterCommand }) {
  return disposeAll([
    register(commands.openPage, async () => {
      const { url } = await link.api.createLoginLink();
      const asked = Uri.parse(url, true);
      const external = await env.asExternalUri(asked);
      if (isReachable(asked, external)) await env.openExternal(external);
      else await offerOtherWay(url);
    }),
    register(commands.copyMcpAddress, async () => {
      const { mcpUrl } = await link.api.getSession();
      if (!mcpUrl) throw new HostProblem('noAddress');
      await env.clipboard.writeText(mcpUrl);
      void window.showInformationMessage(`Copied ${mcpUrl}. Clients need the token as well.`);
    }),
    register(commands.copyMcpToken, async () => {
      const { token } = await link.api.getToken();
      await env.clipboard.writeText(token);
      void window.showInformationMessage('Copied the token. Whoever has it can do everything that you can do here.');
    }),
  ]);
}

async function offerOtherWay(url: string): Promise<void> {
  const chosen = await window.showInformationMessage(
    'The page opens only in a browser on the machine that the daemon runs on. The dashboard here shows the same.',
    'Open Dashboard',
    'Copy Link',
  );
  if (chosen === 'Open Dashboard') await editor.executeCommand(commands.openDashboard);
  if (chosen === 'Copy Link') await env.clipboard.writeText(url);
}
