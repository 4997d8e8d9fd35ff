import { window } from 'vscode';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { textIn } from '../../platform/row-argument.ts';

export interface ClashCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
}

/** Lets tools that share a name be called what they are called. To change a name is to rename the tool, or to switch it off. */
export const registerClashCommands = ({ link, register }: ClashCommandsOptions) => [
  register(commands.keepClash, async argument => {
    const { name, tools } = await clashOf(link, argument);
    await confirm(`Keep the names of the tools that share ${name}?`, describe(tools), 'Keep Names');
    const seen = tools.map(({ serverId, tool }) => ({ serverId, tool }));
    await link.api.keepToolClash({ params: { name }, body: { tools: seen } });
    window.setStatusBarMessage(`$(check) ${name}: the names stay`, 5_000);
  }),
];

const describe = (tools: ToolClash['tools']): string =>
  tools
    .map(({ serverId, tool, gatewayName, answer }) =>
      answer === 'hidden'
        ? `${tool} of ${serverId} is switched off`
        : `${tool} of ${serverId} is called ${gatewayName}`,
    )
    .join('\n');

/** From a row of the tree, or one that is chosen: as it is now, and not as it was when the row was drawn. */
async function clashOf({ api, connect }: DaemonLink, argument: unknown): Promise<ToolClash> {
  const name = textIn(argument, 'clash', 'name');
  await connect();
  const { items } = await api.listToolClashes({ query: { state: 'open' } });
  const drawn = items.find(clash => clash.name === name);
  if (drawn) return drawn;
  const choices = items.map(clash => ({
    label: clash.name,
    description: clash.tools.map(({ serverId }) => serverId).join(', '),
    value: clash,
  }));
  return await pickOne(choices, 'Keep Names That Clash', 'Choose the name');
}
