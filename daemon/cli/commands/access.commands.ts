import type { Command } from 'commander';
import { openInBrowser } from '../browser.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';

export function addAccessCommands(program: Command, act: Act): void {
  program
    .command('login')
    .description('print a link that opens the page signed in; it works once and for five minutes')
    .option('--open', 'open it in the browser')
    .action(act(login));
  program
    .command('token')
    .description('print the bearer token for MCP clients and scripts')
    .option('--rotate', 'make a new one; the old one stops working at once')
    .action(act(showToken));
}

async function login(context: CommandContext, { open }: { open?: boolean }): Promise<CommandResult> {
  const api = await context.connect();
  const link = await api.createLoginLink({}, { signal: context.signal });
  if (open && !(await openInBrowser(link.url))) context.output.notice('No browser could be opened: use the link.');
  return { document: link, text: link.url };
}

async function showToken(context: CommandContext, { rotate }: { rotate?: boolean }): Promise<CommandResult> {
  const api = await context.connect();
  const access = await api[rotate ? 'rotateToken' : 'getToken']({}, { signal: context.signal });
  return { document: access, text: access.token };
}
