import { env } from 'vscode';
import type { Tool } from '../../../shared/api/tools.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { toolLocation } from '../../platform/panel-location.ts';
import { pickServer, pickTool } from '../../platform/pick-server.ts';

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
    register(commands.copyToolName, async argument => {
      const { name } = await toolOf(argument, 'Copy Tool Name');
      await env.clipboard.writeText(name);
    }),
  ]);
}

type ToolReference = Pick<Tool, 'serverId' | 'name'>;

/** From a row of the tree, or from a caller that has the names. */
function findTool(argument: unknown): ToolReference | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const tool: unknown = 'tool' in argument ? argument.tool : argument;
  if (typeof tool !== 'object' || tool === null || !('serverId' in tool) || !('name' in tool)) return undefined;
  const { serverId, name } = tool;
  return typeof serverId === 'string' && typeof name === 'string' ? { serverId, name } : undefined;
}
