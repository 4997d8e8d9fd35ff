import type { Command } from 'commander';
import type { McpSession, ServerPath } from '../../../shared/api/mcp.ts';
import { lossWords } from '../../../shared/domain/losses.ts';
import { toServerName } from '../arguments/names.ts';
import { readTextFile } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.ts';
import { connect } from '../link/connection.ts';
import { type FoundDaemon, findDaemon } from '../link/discovery.ts';
import { listAll } from '../list-all.ts';
import { relay } from '../mcp-relay/relay.ts';
import { count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';

export function addMcpCommands(program: Command, act: Act): void {
  const mcp = program
    .command('mcp')
    .description('be an MCP server on standard input and output, for clients that only start commands')
    .option('--profile <profile>', 'only the servers of this Docker profile')
    .option('--server <server>', 'only this server, with its own names', toServerName)
    .option('--key-file <file>', 'come in with the key in this file, and not as the owner')
    .action(act(relayClient));
  mcp
    .command('sessions')
    .description('list the clients that are connected')
    .option('--end <session>', 'end this session; its client may begin another one')
    .action(act(listSessions));
  mcp
    .command('path')
    .description('show what of a server reaches the clients, and what is lost on the way')
    .argument('<server>', 'the server’s name', toServerName)
    .action(act(showPath));
}

interface RelayChoice {
  profile?: string;
  server?: string;
  keyFile?: string;
}

async function relayClient(context: CommandContext, { profile, server, keyFile }: RelayChoice): Promise<ExitCode> {
  if (profile !== undefined && server !== undefined) throw new UsageError('Give --profile or --server, and not both.');
  const key = keyFile === undefined ? undefined : (await readTextFile(keyFile)).trim();
  if (key === '') throw new UsageError(`There is no key in ${keyFile}.`);
  const { home, installation, port, mayStart, signal, output } = context;
  const path = pathOf(profile, server);
  const toEndpoint = ({ discovery: { socket, token } }: FoundDaemon) => ({
    socketPath: socket,
    token: key ?? token,
    path,
  });
  await relay({
    input: context.stdin,
    write: output.raw,
    async open(toBeStarted) {
      if (toBeStarted)
        return toEndpoint(await connect({ installation, home, port, mayStart, signal, notice: output.notice }));
      const found = await findDaemon(home, signal);
      return found?.health.status === 'ok' ? toEndpoint(found) : undefined;
    },
    signal,
    notice: output.notice,
  });
  return signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}

function pathOf(profile: string | undefined, server: string | undefined): string {
  if (server !== undefined) return `/mcp/server/${encodeURIComponent(server)}`;
  return profile === undefined ? '/mcp' : `/mcp/${encodeURIComponent(profile)}`;
}

async function listSessions(context: CommandContext, { end }: { end?: string }): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  if (end !== undefined) {
    const document = await api.deleteMcpSession({ params: { id: end } }, { signal });
    return { document, text: `The session ${end} has ended.` };
  }
  const page = await listAll(query =>
    api.listMcpSessions({ query: { ...query, sort_by: 'lastUsedAt', sort_order: 'desc' } }, { signal }),
  );
  return { document: page, text: page.total === 0 ? noClients : sessionTable(page.items, context) };
}

const noClients =
  'No client is connected. Connect one: its address is the daemon’s with /mcp, or its command "quayside mcp".';

const sessionTable = (sessions: McpSession[], { output }: CommandContext): string =>
  renderTable(
    sessions,
    [
      { heading: 'SESSION', value: session => session.id },
      { heading: 'CLIENT', value: session => session.client ?? 'unknown', colour: () => 'bold' },
      { heading: 'AT', value: session => session.path },
      { heading: 'WHO', value: session => session.principal },
      { heading: 'PROTOCOL', value: session => session.protocolVersion },
      { heading: 'SINCE', value: session => session.since },
      { heading: 'LAST USED', value: session => session.lastUsedAt },
      { heading: 'REQUESTS', value: session => String(session.calls) },
      { heading: 'STREAMS', value: session => String(session.streams) },
    ],
    output.look,
  );

async function showPath(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.getServerPath({ params: { id } }, { signal: context.signal });
  return { document, text: [featureTable(document, context), losses(document)].join('\n\n') };
}

const featureTable = ({ features }: ServerPath, { output }: CommandContext): string =>
  renderTable(
    features,
    [
      { heading: 'FEATURE', value: ({ feature }) => feature, colour: () => 'bold' },
      { heading: 'SERVER OFFERS', value: ({ offered }) => (offered === null ? 'not said' : toWord(offered)) },
      { heading: 'FORWARDED', value: ({ forwarded }) => toWord(forwarded) },
      { heading: 'CLIENTS', value: ({ clients }) => clientsOf(clients) },
    ],
    output.look,
  );

const toWord = (yes: boolean): string => (yes ? 'yes' : 'no');

const clientsOf = (clients: ServerPath['features'][number]['clients']): string =>
  clients.map(({ client, accepts }) => `${client ?? 'unknown'}: ${toWord(accepts)}`).join(', ') || 'none connected';

function losses({ losses: lost, running }: ServerPath): string {
  if (lost.length === 0) return running ? 'Nothing was lost.' : 'The server is not running.';
  return lost
    .map(({ what, reason, times }) => `Lost: ${safeLine(what)}, ${count(times, 'time')}: ${lossWords[reason]}.`)
    .join('\n');
}
