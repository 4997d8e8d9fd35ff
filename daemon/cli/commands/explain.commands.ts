import { type Command, Option } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { permissions } from '../../../shared/api/route.ts';
import { toServerName } from '../arguments/names.ts';
import { findKey, tryFindUser } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { renderTable } from '../terminal/table.ts';

export function addExplainCommands(program: Command, act: Act): void {
  const access = program.command('access').description('see who may do what, and why');
  access
    .command('explain')
    .description('say whether somebody may do something, and why')
    .argument('<who>', 'owner, a user’s name, or a key’s name or id')
    .argument('<permission>', `one of ${permissions.join(', ')}`)
    .option('--server <server>', 'to this server', toServerName)
    .addOption(new Option('--elsewhere', 'from another machine'))
    .addOption(new Option('--old-factor', 'with a second factor that was given long ago'))
    .action(act(explain));
  access.command('roles').description('list the roles and what each may do').action(act(listRoles));
}

interface ExplainOptions {
  server?: string;
  elsewhere?: boolean;
  oldFactor?: boolean;
}

async function explain(
  context: CommandContext,
  who: string,
  asked: string,
  { server, elsewhere = false, oldFactor = false }: ExplainOptions,
): Promise<CommandResult> {
  const permission = permissions.find(each => each === asked);
  if (!permission) throw new UsageError(`There is no permission "${asked}". They are ${permissions.join(', ')}.`);
  const api = await context.connect();
  const { signal } = context;
  const document = await api.explainAccess(
    {
      body: {
        who: await find(api, who, signal),
        permission,
        ...(server === undefined ? {} : { server }),
        from: elsewhere ? 'elsewhere' : 'this-machine',
        freshFactor: !oldFactor,
      },
    },
    { signal },
  );
  const lines = document.reasons.map(reason => `- ${reason}`);
  return { document, text: [document.allowed ? 'Allowed.' : 'Not allowed.', ...lines].join('\n') };
}

async function find(api: ApiClient, who: string, signal: AbortSignal) {
  if (who === 'owner') return { kind: 'owner', id: 'owner' } as const;
  const user = await tryFindUser(api, who, signal);
  if (user) return { kind: 'user', id: user.id } as const;
  const { kind, id } = await findKey(api, who, signal);
  return { kind, id };
}

async function listRoles(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.listRoles({}, { signal: context.signal });
  const text = renderTable(
    document.items,
    [
      { heading: 'ROLE', value: item => item.role },
      { heading: 'MEANING', value: item => item.description },
      { heading: 'PERMISSIONS', value: item => item.permissions.join(', ') },
    ],
    context.output.look,
  );
  return { document, text };
}
