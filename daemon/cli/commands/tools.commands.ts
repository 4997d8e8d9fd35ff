import type { Command } from 'commander';
import type { Tool, ToolChange } from '../../../shared/api/tools.ts';
import { toServerName, toToolName, toWholeNumber } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { renderTable } from '../terminal/table.ts';
import { addClashCommands } from './clashes.commands.ts';

export function addToolCommands(program: Command, act: Act): void {
  const tools = program
    .command('tools')
    .description('list the tools of all servers, or of one, with their names at /mcp and what they cost')
    .argument('[server]', 'the server’s name', toServerName)
    .action(act(listTools));
  addClashCommands(tools, act);
  tools
    .command('advice')
    .description('list the tools that nobody has called')
    .option('--days <number>', 'in so many days', toWholeNumber(1, 3_650), 30)
    .action(act(advise));
  tools.command('costs').description('show what the tools cost in every conversation').action(act(showCosts));
  addToolCommand(program, act);
}

function addToolCommand(program: Command, act: Act): void {
  const tool = program.command('tool').description('switch a tool on or off, or change how /mcp shows it');
  const named = (name: string, description: string) =>
    tool
      .command(name)
      .description(description)
      .argument('<server>', 'the server’s name', toServerName)
      .argument('<tool>', 'the tool’s name', toToolName);
  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    named(name, enabled ? 'let a tool be listed and called' : 'keep a tool from being listed and called').action(
      act((context: CommandContext, id: string, tool: string) => changeTool(context, id, tool, { enabled })),
    );
  }
  named('rename', 'call a tool otherwise at /mcp, or describe it otherwise')
    .argument('[name]', 'its name at /mcp')
    .option('--title <title>', 'its title')
    .option('--description <text>', 'what models are told of it')
    .option('--reset', 'as its server has it again')
    .action(act(renameTool));
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
      { heading: 'ON', value: tool => (tool.quarantined ? 'held back' : tool.enabled ? 'yes' : 'no') },
      { heading: 'AT /mcp', value: tool => tool.gatewayName },
      { heading: 'TOKENS', value: tool => tool.tokens },
      { heading: 'DESCRIPTION', value: tool => tool.description || tool.title },
    ],
    output.look,
  );

async function changeTool(context: CommandContext, id: string, tool: string, body: ToolChange): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.updateTool({ params: { id, tool }, body }, { signal: context.signal });
  const state = `${id}/${tool} is ${document.enabled ? 'on' : 'off'}`;
  return {
    document,
    text: body.enabled === undefined ? `${state}, and is called ${document.gatewayName} at /mcp.` : `${state}.`,
  };
}

interface RenameOptions {
  title?: string;
  description?: string;
  reset?: boolean;
}

async function renameTool(
  context: CommandContext,
  id: string,
  tool: string,
  name: string | undefined,
  { title, description, reset = false }: RenameOptions,
): Promise<CommandResult> {
  const given = {
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
  if (reset === Object.keys(given).length > 0)
    throw new UsageError('Give a name, --title or --description; or --reset alone.');
  return await changeTool(context, id, tool, reset ? { name: null, title: null, description: null } : given);
}

async function advise(context: CommandContext, { days }: { days: number }): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.getToolAdvice({ query: { days } }, { signal: context.signal });
  const rows = renderTable(
    document.items,
    [
      { heading: 'SERVER', value: item => item.serverId },
      { heading: 'TOOL', value: item => item.tool, colour: () => 'bold' },
      { heading: 'TOKENS', value: item => item.tokens },
      { heading: 'LAST CALLED', value: item => item.lastCalledAt },
    ],
    context.output.look,
  );
  return { document, text: document.items.length === 0 ? document.detail : `${rows}\n\n${document.detail}` };
}

async function showCosts(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.getTokenCosts({}, { signal: context.signal });
  const rows = [
    ...document.servers.map(each => ({ what: each.serverId, now: each.running ? 'shown' : 'stopped', ...each })),
    ...document.profiles.map(each => ({ what: `profile ${each.profile}`, now: '', ...each })),
  ];
  const table = renderTable(
    rows,
    [
      { heading: 'SERVER', value: row => row.what },
      { heading: 'NOW', value: row => row.now },
      { heading: 'TOOLS', value: row => row.tools },
      { heading: 'TOKENS', value: row => row.tokens },
    ],
    context.output.look,
  );
  const waiting = document.waiting > 0 ? ` ${count(document.waiting, 'tool')} are not counted yet.` : '';
  const sum = `/mcp costs ${document.total} tokens in every conversation now, counted with ${document.countedWith}.${waiting}`;
  return { document, text: rows.length === 0 ? sum : `${table}\n\n${sum}` };
}
