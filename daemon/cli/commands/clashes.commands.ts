// Names that tools of several servers share: what they are called, how it can be otherwise, and that it may stay so.
import type { Command } from 'commander';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { ToolChange } from '../../../shared/api/tools.ts';
import { GatewayName } from '../../../shared/domain/names.ts';
import { by, toServerName } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { count } from '../terminal/describe.ts';

export function addClashCommands(tools: Command, act: Act): void {
  const clashes = tools
    .command('clashes')
    .description('list the names that tools of several servers share, and nobody has decided about')
    .option('--decided', 'those that somebody has decided about, too')
    .option('--entry <entry>', 'as if this catalog entry were installed')
    .option('--name <server>', 'the name that its server would have', toServerName)
    .action(act(listClashes));
  clashes
    .command('keep')
    .description('let the tools that share a name be called what they are called now')
    .argument('[name]', 'the name that they share', by(GatewayName))
    .option('--all', 'all that are listed')
    .action(act(keepClashes));
  clashes
    .command('reopen')
    .description('take that back')
    .argument('<name>', 'the name that they share', by(GatewayName))
    .action(act(reopenClash));
}

async function listClashes(
  context: CommandContext,
  { entry, name, decided: isWhole = false }: { entry?: string; name?: string; decided?: boolean },
): Promise<CommandResult> {
  if (name !== undefined && entry === undefined) throw new UsageError('--name goes with --entry.');
  const api = await context.connect();
  const query = { ...(entry === undefined ? {} : { entry }), ...(name === undefined ? {} : { name }) };
  const { items } = await api.listToolClashes({ query }, { signal: context.signal });
  const open = items.filter(clash => clash.open);
  const decided = items.filter(clash => !clash.open);
  const lines = [...open.map(describeOpen), ...(isWhole ? decided.map(describeDecided) : [])];
  const rest =
    isWhole || decided.length === 0 ? [] : [`${count(decided.length, 'clash', 'clashes')} more decided: --decided`];
  const text = [...lines, ...rest].join('\n\n');
  return { document: { items: isWhole ? items : open }, text: text || 'No two tools want the same name.' };
}

function describeOpen({ name, tools }: ToolClash): string {
  const lines = tools.flatMap(({ serverId, tool, gatewayName, installed, answer, fixes }) => [
    `  ${serverId}/${tool} ${describeTool(gatewayName, installed, answer)}`,
    ...fixes.map(({ kind, change }) => `    ${commandOf(serverId, tool, kind, change)}`),
  ]);
  // What is not installed yet cannot be decided about.
  const keep = tools.every(({ installed }) => installed) ? [`  Keep it so: quayside tools clashes keep ${name}`] : [];
  return [`${count(tools.length, 'tool')} want the name ${name}:`, ...lines, ...keep].join('\n');
}

const describeTool = (gatewayName: string, installed: boolean, answer: string): string =>
  answer === 'hidden' ? 'is switched off' : `${installed ? 'is' : 'would be'} called ${gatewayName}`;

const ends: Record<ToolClash['answer'], string> = {
  kept: 'kept as it is',
  prefixed: 'ended by a longer name',
  renamed: 'ended by another name',
  hidden: 'ended by switching off',
};

function describeDecided({ name, answer, decidedBy, tools }: ToolClash): string {
  const who = decidedBy === null ? '' : ` by ${decidedBy}`;
  const lines = tools.map(
    each => `  ${each.serverId}/${each.tool} ${describeTool(each.gatewayName, each.installed, each.answer)}`,
  );
  return [`${name}, ${ends[answer]}${who}:`, ...lines].join('\n');
}

const commandOf = (serverId: string, tool: string, kind: string, { name }: ToolChange): string =>
  kind === 'hide' ? `quayside tool disable ${serverId} ${tool}` : `quayside tool rename ${serverId} ${tool} ${name}`;

async function keepClashes(
  context: CommandContext,
  name: string | undefined,
  { all = false }: { all?: boolean },
): Promise<CommandResult> {
  if (all === (name !== undefined)) throw new UsageError('Give a name, or --all.');
  const api = await context.connect();
  const { signal } = context;
  const { items: found } = await api.listToolClashes(all ? { query: { state: 'open' } } : {}, { signal });
  const wanted = found.filter(clash => all || clash.name === name);
  if (!all && wanted.length === 0) throw new UsageError(`No two tools want the name ${name}.`);
  const items: ToolClash[] = [];
  for (const clash of wanted) {
    const tools = clash.tools.map(({ serverId, tool }) => ({ serverId, tool }));
    items.push(await api.keepToolClash({ params: { name: clash.name }, body: { tools } }, { signal }));
  }
  return { document: { items }, text: items.map(describeDecided).join('\n\n') || 'No clash is open.' };
}

async function reopenClash(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.reopenToolClash({ params: { name } }, { signal: context.signal });
  return { document, text: document.open ? describeOpen(document) : describeDecided(document) };
}
