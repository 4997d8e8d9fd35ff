import { type Command, Option } from 'commander';
import type { AccessKey } from '../../../shared/api/keys.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';
import { toServerName, toWholeNumber } from '../arguments/names.ts';
import { collect, findKey, toRole } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { renderTable } from '../terminal/table.ts';

const usualDays = 365;
const mostDays = 3_650;

export function addKeyCommands(program: Command, act: Act): void {
  const keys = program.command('keys').description('let programs and agents in by keys of their own');
  keys.command('list').description('list the keys, without their values').action(act(listKeys));
  keys
    .command('create')
    .description('make a key and print it, once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--role <role>', `${roles.join(', ')}; may be given several times`).argParser(collect(toRole)),
    )
    .addOption(new Option('--agent', 'for an MCP client: it lists and calls tools and can do nothing else'))
    .option('--server <server>', 'only this server; may be given several times', collect(toServerName))
    .option('--days <number>', 'how long it is good', toWholeNumber(1, mostDays), usualDays)
    .option('--no-end', 'good until it is revoked')
    .action(act(createKey));
  keys
    .command('revoke')
    .description('revoke a key, and those that it has made; what they have open ends')
    .argument('<key>', 'its name, its id, or how it begins')
    .action(act(revokeKey));
}

async function listKeys(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listKeys({ query }, { signal: context.signal }));
  const mayUse = ({ servers }: AccessKey) => (servers === null ? 'all' : servers.join(', ') || 'none');
  const table = renderTable(
    page.items,
    [
      { heading: 'NAME', value: key => key.name },
      { heading: 'KIND', value: key => key.kind },
      { heading: 'BEGINS', value: key => key.hint },
      { heading: 'ROLES', value: key => key.roles.join(', ') },
      { heading: 'SERVERS', value: mayUse },
      { heading: 'MADE BY', value: key => key.createdBy },
      {
        heading: 'STATE',
        value: key => (key.suspended ? 'suspended' : 'good'),
        colour: key => (key.suspended ? 'red' : 'green'),
      },
      { heading: 'LAST USED', value: key => key.lastUsedAt },
      { heading: 'ENDS', value: key => key.expiresAt },
      { heading: 'ID', value: key => key.id },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? 'There are no keys. Make one: quayside keys create' : table };
}

interface CreateOptions {
  role?: Role[];
  agent?: boolean;
  server?: string[];
  days: number;
  end: boolean;
}

async function createKey(context: CommandContext, name: string, options: CreateOptions): Promise<CommandResult> {
  const { role = [], agent = false, server, days, end } = options;
  if (agent === role.length > 0) throw new UsageError('Say what it may do: by --role, or by --agent alone.');
  const api = await context.connect();
  const document = await api.createKey(
    {
      body: {
        name,
        kind: agent ? 'agent' : 'key',
        roles: role,
        servers: server ?? null,
        expiresInDays: end ? days : null,
      },
    },
    { signal: context.signal },
  );
  context.output.notice('It is not shown again. Revoke it with: quayside keys revoke');
  return { document, text: document.secret };
}

async function revokeKey(context: CommandContext, wanted: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id, name } = await findKey(api, wanted, signal);
  const document = await api.deleteKey({ params: { id } }, { signal });
  return { document, text: `Revoked ${name}.` };
}
