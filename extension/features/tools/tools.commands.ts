import { env, window } from 'vscode';
import * as z from 'zod';
import type { Tool } from '../../../shared/api/tools.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { askFor } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { toolLocation } from '../../platform/panel-location.ts';
import { pickServer, pickTool } from '../../platform/pick-server.ts';
import { forNotification, toOneLine, withoutIcons } from '../../platform/plain-text.ts';

export interface ToolsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  open: OpenPanel;
}

/** What is done to one tool. A call is made from the tool's page, which has the form for its arguments. */
export function registerTools({ link, mirror, register, open }: ToolsOptions) {
  const toolOf = async (argument: unknown, title: string, fits: (tool: Tool) => boolean = () => true) => {
    const given = findTool(argument);
    if (given) return given;
    await mirror.ready();
    const server = await pickServer(
      mirror.servers.filter(each => each.toolCount !== 0),
      title,
    );
    return await pickTool((await mirror.tools(server.id)).filter(fits), title);
  };
  const setEnabled = (tool: ToolReference, enabled: boolean) =>
    link.api.updateTool({ params: { id: tool.serverId, tool: tool.name }, body: { enabled } });

  return disposeAll([
    register(commands.callTool, async argument => {
      const { serverId, name } = await toolOf(argument, 'Call Tool', tool => tool.enabled);
      open(toolLocation(serverId, name));
    }),
    register(commands.enableTool, async argument =>
      setEnabled(await toolOf(argument, 'Switch Tool On', tool => !tool.enabled), true),
    ),
    register(commands.disableTool, async argument =>
      setEnabled(await toolOf(argument, 'Switch Tool Off', tool => tool.enabled), false),
    ),
    register(commands.renameTool, async argument => {
      const { serverId, name } = await toolOf(argument, 'Rename Tool at /mcp');
      const { items } = await link.api.listTools({ query: { server_id: serverId, q: name, limit: 100 } });
      const tool = items.find(each => each.name === name);
      const wanted = await askFor(NewName, {
        title: `Rename ${withoutIcons(toOneLine(name, 60))} of ${serverId}`,
        prompt: 'What clients of /mcp see and call. Empty: as it was.',
        value: tool?.gatewayName ?? name,
      });
      const { gatewayName } = await link.api.updateTool({
        params: { id: serverId, tool: name },
        body: { name: wanted === '' ? null : wanted },
      });
      window.setStatusBarMessage(`$(check) ${forNotification(`${name} is called ${gatewayName} at /mcp`)}`, 5_000);
    }),
    register(commands.copyToolName, async argument => {
      const { name } = await toolOf(argument, 'Copy Tool Name');
      await env.clipboard.writeText(name);
    }),
  ]);
}

/** A name, or nothing to take it back. */
const NewName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{0,64}$/, 'A name at /mcp has at most 64 letters, digits, underscores and hyphens.');

type ToolReference = Pick<Tool, 'serverId' | 'name'>;

/** From a row of the tree, or from a caller that has the names. */
function findTool(argument: unknown): ToolReference | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const tool: unknown = 'tool' in argument ? argument.tool : argument;
  if (typeof tool !== 'object' || tool === null || !('serverId' in tool) || !('name' in tool)) return undefined;
  const { serverId, name } = tool;
  return typeof serverId === 'string' && typeof name === 'string' ? { serverId, name } : undefined;
}
