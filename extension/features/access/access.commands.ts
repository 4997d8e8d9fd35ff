import { env, Uri, window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';

/** The page in the browser, and what an MCP client needs to connect. */
export function registerAccess({ link, register }: { link: DaemonLink; register: RegisterCommand }) {
  return disposeAll([
    register(commands.openPage, async () => {
      const { url } = await link.api.createLoginLink();
      await env.openExternal(await env.asExternalUri(Uri.parse(url, true)));
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
