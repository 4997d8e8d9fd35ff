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
    const clashes = await clashesOf(link, argument);
    const [first, ...others] = clashes;
    if (!first) return;
    const what = others.length === 0 ? first.name : `${clashes.length} names`;
    await confirm(
      `Keep the names of the tools that share ${what}?`,
      clashes.map(describe).join('\n').slice(0, 2_000),
      'Keep Names',
    );
    for (const { name, tools } of clashes) {
      const seen = tools.map(({ serverId, tool }) => ({ serverId, tool }));
      await link.api.keepToolClash({ params: { name }, body: { tools: seen } });
    }
    window.setStatusBarMessage(`$(check) ${what}: the names of the tools stay`, 5_000);
  }),
];

const describe = ({ tools }: ToolClash): string =>
  tools
    .map(({ serverId, tool, gatewayName, answer }) =>
      answer === 'hidden'
        ? `${tool} of ${serverId} is switched off`
        : `${tool} of ${serverId} is called ${gatewayName}`,
    )
    .join('\n');

/** From a row of the tree, all of them, or one that is chosen: as they are now, and not as they were when the row was drawn. */
async function clashesOf({ api, connect }: DaemonLink, argument: unknown): Promise<ToolClash[]> {
  await connect();
  const { items } = await api.listToolClashes({ query: { state: 'open' } });
  if (textIn(argument, 'kind') === 'clashes') return items;
  const name = textIn(argument, 'clash', 'name');
  if (name !== undefined) return items.filter(clash => clash.name === name);
  const choices = items.map(clash => ({ label: clash.name, description: serversOf(clash), value: [clash] }));
  const all = { label: 'All of them', description: `${items.length} names`, value: items };
  return await pickOne(items.length > 1 ? [all, ...choices] : choices, 'Keep Names That Clash', 'Choose the name');
}

const serversOf = ({ tools }: ToolClash): string => tools.map(({ serverId }) => serverId).join(', ');
