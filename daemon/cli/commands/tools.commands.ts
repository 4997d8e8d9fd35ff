import type { Command } from 'commander';
import type { Tool } from '../../../shared/api/tools.ts';
import { toServerName, toToolName } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { listAll } from '../list-all.ts';
import { renderTable } from '../terminal/table.ts';

export function addToolCommands(program: Command, act: Act): void {
  program
    .command('tools')
    .description('list the tools of all servers, or of one')
    .argument('[server]', 'the server’s name', toServerName)
    .action(act(listTools));
  const tool = program.command('tool').description('switch a tool on or off');
  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    tool
      .command(name)
      .description(enabled ? 'let a tool be listed and called' : 'keep a tool from being listed and called')
      .argument('<server>', 'the server’s name', toServerName)
      .argument('<tool>', 'the tool’s name', toToolName)
      .action(act((context: CommandContext, id: string, tool: string) => switchTool(context, id, tool, enabled)));
  }
}

async function listTools(context: CommandContext, id: string | undefined): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const page = await listAll(query =>
    id === undefined
      ? api.listTools({ query }, { signal })
      : api.listServerTools({ params: { id }, query }, { signal }),
  );
  const empty = id === undefined ? 'No server has shown any tools yet.' : `${id} has not shown any tools yet.`;
  const text = page.total === 0 ? `${empty} Start one: quayside start ${id ?? '<server>'}` : table(page.items, context);
  return { document: page, text };
}

const table = (tools: Tool[], { output }: CommandContext): string =>
  renderTable(
    tools,
    [
      { heading: 'SERVER', value: tool => tool.serverId },
      { heading: 'TOOL', value: tool => tool.name, colour: () => 'bold' },
      { heading: 'ON', value: tool => (tool.enabled ? 'yes' : 'no') },
      { heading: 'DESCRIPTION', value: tool => tool.description || tool.title },
    ],
    output.look,
  );

async function switchTool(context: CommandContext, id: string, tool: string, enabled: boolean): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.updateTool({ params: { id, tool }, body: { enabled } }, { signal: context.signal });
  return { document, text: `${id}/${tool} is ${document.enabled ? 'on' : 'off'}.` };
}
