// Bitwarden on the command line: which user may sign in with which account.
import type { Command } from 'commander';
import { toServerUrl } from '../arguments/server-url.ts';
import { findUser, toUserName } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { renderTable } from '../terminal/table.ts';

export function addBitwardenLinkCommands(bitwarden: Command, act: Act): void {
  bitwarden
    .command('link')
    .description('let a user sign in on the page with an account of Bitwarden')
    .argument('<user>', 'the user’s name', toUserName)
    .argument('<email>', 'the account’s address')
    .option('--server <url>', 'the address of the server that knows the account; default: Bitwarden’s cloud')
    .action(act(link));
  bitwarden
    .command('unlink')
    .description('take that away')
    .argument('<email>', 'the account’s address')
    .action(act(unlink));
  bitwarden.command('links').description('list who may sign in with which account').action(act(listLinks));
}

async function link(
  context: CommandContext,
  name: string,
  email: string,
  { server }: { server?: string },
): Promise<CommandResult> {
  const { serverUrl = null } = toServerUrl(server);
  const api = await context.connect();
  const { signal } = context;
  const { id: userId } = await findUser(api, name, signal);
  const document = await api.createBitwardenLink({ body: { userId, email, serverUrl } }, { signal });
  return {
    document,
    text: `${name} signs in with ${document.email} of Bitwarden from now on; a password still works.`,
  };
}

async function unlink(context: CommandContext, email: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { items } = await listAll(query => api.listBitwardenLinks({ query }, { signal }));
  const found = items.find(each => each.email === email.toLowerCase());
  if (!found) throw new UsageError(`${email} is linked to nobody.`);
  const document = await api.deleteBitwardenLink({ params: { id: found.id } }, { signal });
  return { document, text: `${found.userName} does not sign in with ${found.email} any more.` };
}

async function listLinks(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listBitwardenLinks({ query }, { signal: context.signal }));
  const table = renderTable(
    page.items,
    [
      { heading: 'USER', value: each => each.userName },
      { heading: 'ACCOUNT', value: each => each.email },
      { heading: 'SERVER', value: each => each.serverUrl ?? 'Bitwarden’s cloud' },
      { heading: 'LAST SIGN-IN', value: each => each.lastSignInAt },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? 'Nobody signs in with Bitwarden.' : table };
}
