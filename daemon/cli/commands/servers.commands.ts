import { type Command, Option } from 'commander';
import type { MCPServer, MCPServerDetail, TestResult } from '../../../shared/api/servers.ts';
import { ProfileId } from '../../../shared/domain/docker-names.ts';
import { describeServerState, ServerState } from '../../../shared/domain/server-state.ts';
import { by, toServerName } from '../arguments/names.ts';
import { textPairs } from '../arguments/pairs.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { colourOfState, describeDuration, describeSource } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

const serverName = ['<server>', 'the server’s name', toServerName] as const;

export function addServerCommands(program: Command, act: Act): void {
  program
    .command('servers')
    .description('list the servers')
    .addOption(new Option('--state <state>', 'only those in this state').choices(ServerState.options))
    .addOption(new Option('--engine <engine>', 'only those of this engine').choices(['process', 'docker']))
    .option('--profile <profile>', 'only those of this Docker profile', by(ProfileId))
    .action(act(listServers));
  program
    .command('server')
    .description('show one server with its configuration and last output')
    .argument(...serverName)
    .action(act(showServer));
  addAddCommands(program, act);
  program
    .command('remove')
    .description('stop a server and remove it with its configuration and files')
    .argument(...serverName)
    .action(act(removeServer));
  const operations = [
    ['start', 'start a server and wait until it answers', 'startServer'],
    ['stop', 'stop a server and wait until its processes have ended', 'stopServer'],
    ['restart', 'stop a server and start it again', 'restartServer'],
  ] as const;
  for (const [name, description, operation] of operations) {
    program
      .command(name)
      .description(description)
      .argument(...serverName)
      .action(act((context: CommandContext, id: string) => operate(context, id, operation)));
  }
}

function addAddCommands(program: Command, act: Act): void {
  const add = program.command('add').description('add a server that is a local command or a remote address');
  add
    .command('command')
    .description('add a local command')
    .argument('<server>', 'the name that it gets', toServerName)
    .argument('<command>', 'a program by its absolute path, or by its name on PATH; write "--" before it')
    .argument('[arguments...]', 'handed to the program')
    .option('--env <name=value...>', 'an environment variable for the program')
    .addHelpText('after', '\nExample:\n  quayside add command notes -- node /home/me/notes-server.js --verbose')
    .action(act(addCommand));
  add
    .command('remote')
    .description('add a server at an address (streamable HTTP)')
    .argument('<server>', 'the name that it gets', toServerName)
    .argument('<url>', 'starts with http:// or https://')
    .option('--header <name=value...>', 'sent with every request to it')
    .action(act(addRemote));
}

interface ListOptions {
  state?: ServerState;
  engine?: 'process' | 'docker';
  profile?: string;
}

async function listServers(context: CommandContext, options: ListOptions): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const page = await listAll(query => api.listServers({ query: { ...query, ...options } }, { signal }));
  const { state, engine, profile } = options;
  const empty =
    (state ?? engine ?? profile)
      ? `No server is of that kind: ${[state, engine, profile].filter(each => each !== undefined).join(', ')}.`
      : 'There are no servers yet. See "quayside catalog", or install one: quayside install everything';
  return { document: page, text: page.total === 0 ? empty : serverTable(page.items, context) };
}

const serverTable = (servers: MCPServer[], { output }: CommandContext): string =>
  renderTable(
    servers,
    [
      { heading: 'NAME', value: server => server.id },
      {
        heading: 'STATE',
        value: server => describeServerState(server.state),
        colour: server => colourOfState(server.state),
      },
      { heading: 'TOOLS', value: server => server.toolCount },
      ...(servers.some(({ profile }) => profile !== null)
        ? [{ heading: 'PROFILE', value: (server: MCPServer) => server.profile ?? '-' }]
        : []),
      { heading: 'SOURCE', value: server => describeSource(server.source) },
    ],
    output.look,
  );

async function showServer(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const server = await api.getServer({ params: { id } }, { signal: context.signal });
  return { document: server, text: serverDetail(server, context) };
}

function serverDetail(server: MCPServerDetail, { output }: CommandContext): string {
  const { style } = output;
  const { configuration } = server;
  const facts = renderPairs(
    [
      ['Name', server.id],
      ['Title', server.title],
      ['Description', server.description],
      ['State', describeServerState(server.state)],
      ['Problem', server.problem && `${server.problem.title}: ${server.problem.detail} ${server.problem.next ?? ''}`],
      ['Next try', server.nextTryAt],
      ['Source', describeSource(server.source)],
      ['Arguments', configuration.arguments.join(' ')],
      ['Restart', configuration.restart],
      ['Restarts', server.restarts],
      ['Process', server.pid],
      ['Started', server.startedAt],
      ['Version', server.serverVersion],
      ['Protocol', server.protocolVersion],
      ['Tools', server.toolCount],
      ['Profile', server.profile],
      ['In the profile', server.nameInProfile],
      ['Update', server.update && `${server.update.detail} See: quayside update ${server.id}`],
      ['Settings', Object.keys(configuration.settings).length > 0 ? JSON.stringify(configuration.settings) : null],
      ['Secrets', server.secretSlots.map(slot => slot.environmentVariable).join(', ') || null],
      ['Isolated', server.isolated ? 'yes: in a container' : 'no: it runs with your rights on this machine'],
    ],
    style,
  );
  const lines = server.output.map(line => `  ${safeLine(line)}`);
  return lines.length === 0 ? facts : [facts, '', style('dim', 'Last output'), ...lines].join('\n');
}

async function addCommand(
  context: CommandContext,
  id: string,
  command: string,
  args: string[],
  { env = [] }: { env?: string[] },
): Promise<CommandResult> {
  const configuration = { arguments: args, environment: textPairs(env, '--env') };
  const api = await context.connect();
  const body = { type: 'command', id, command, configuration } as const;
  return added(await api.createServer({ body }, { signal: context.signal }));
}

async function addRemote(
  context: CommandContext,
  id: string,
  url: string,
  { header = [] }: { header?: string[] },
): Promise<CommandResult> {
  const configuration = { network: { headers: textPairs(header, '--header') } };
  const api = await context.connect();
  const body = { type: 'remote', id, url, configuration } as const;
  return added(await api.createServer({ body }, { signal: context.signal }));
}

const added = (server: MCPServer): CommandResult => ({
  document: server,
  text: `Added ${server.id}. Start it with: quayside start ${server.id}`,
});

async function removeServer(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  return {
    document: await api.deleteServer({ params: { id } }, { signal: context.signal }),
    text: `Removed ${id}.`,
  };
}

async function operate(
  context: CommandContext,
  id: string,
  operation: 'startServer' | 'stopServer' | 'restartServer',
): Promise<CommandResult> {
  const api = await context.connect();
  const server = await api[operation]({ params: { id } }, { signal: context.signal });
  return { document: server, text: `${id}: ${describeServerState(server.state).toLowerCase()}${toolsOf(server)}.` };
}

const toolsOf = ({ state, toolCount }: MCPServer): string =>
  state === 'running' && toolCount !== null ? `, ${toolCount} tool${toolCount === 1 ? '' : 's'}` : '';

export async function checkServer(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const result = await api.testServer({ params: { id } }, { signal: context.signal });
  if (!result.ok && result.problem) context.output.problem(result.problem);
  return { document: result, text: testTable(result, context), exitCode: result.ok ? exitCodes.ok : exitCodes.api };
}

const testTable = (result: TestResult, { output }: CommandContext): string =>
  renderTable(
    result.steps,
    [
      { heading: 'STEP', value: step => step.name },
      {
        heading: 'RESULT',
        value: step => (step.ok ? 'ok' : 'failed'),
        colour: step => (step.ok ? 'green' : 'red'),
      },
      { heading: 'TIME', value: step => describeDuration(step.durationMs) },
      { heading: 'DETAIL', value: step => step.detail },
    ],
    output.look,
  );
