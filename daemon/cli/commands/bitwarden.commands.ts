// Bitwarden on the command line: its account. What is secret is typed, or comes by a file or standard input, and is never an argument.
import type { Command } from 'commander';
import type { BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { isInteractive, readHiddenLines } from '../arguments/secret-input.ts';
import { toServerUrl } from '../arguments/server-url.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { bitwardenText } from '../terminal/bitwarden-text.ts';
import { addBitwardenLinkCommands } from './bitwarden-links.commands.ts';
import { addBitwardenSecretCommands } from './bitwarden-secrets.commands.ts';

const passwordFile = ['--password-file <file>', 'take the master password from a file'] as const;
const serverHelp = 'the address of your own server, https; "cloud" for Bitwarden’s; default: the one of last time';

export function addBitwardenCommands(program: Command, act: Act): void {
  const bitwarden = program.command('bitwarden').description('take secrets over from Bitwarden, one way');
  bitwarden.command('status').description('show how Bitwarden stands').action(act(showStatus));
  bitwarden
    .command('login')
    .description('log in: the master password is typed without echo, or the first line of standard input')
    .argument('[email]', 'the account’s address; not with --api-key')
    .option('--server <url>', serverHelp)
    .option('--code', 'ask for the code of the second factor at once')
    .option('--api-key <client_id>', 'log in with a personal API key, whose client_secret is asked for first')
    .option('--secret-file <file>', 'take the client_secret from a file')
    .option('--no-unlock', 'with an API key: leave the vault locked, and ask for no master password')
    .option(...passwordFile)
    .option('--code-file <file>', 'take the code from a file')
    .action(act(login));
  bitwarden
    .command('unlock')
    .description('unlock the vault; the daemon keeps its key in memory alone')
    .option(...passwordFile)
    .action(act(unlock));
  bitwarden.command('lock').description('lock the vault; secrets stay usable').action(act(lock));
  bitwarden.command('logout').description('log out; secrets and mappings stay').action(act(logout));
  addBitwardenSecretCommands(bitwarden, act);
  addBitwardenLinkCommands(bitwarden, act);
}

const shown = (status: BitwardenStatus, { output }: CommandContext): CommandResult => ({
  document: status,
  text: bitwardenText(status, output),
});

async function showStatus(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  return shown(await api.getBitwarden({}, { signal: context.signal }), context);
}

interface LoginOptions {
  server?: string;
  code?: boolean;
  apiKey?: string;
  secretFile?: string;
  unlock: boolean;
  passwordFile?: string;
  codeFile?: string;
}

async function login(
  context: CommandContext,
  email: string | undefined,
  options: LoginOptions,
): Promise<CommandResult> {
  const server = toServerUrl(options.server);
  if ((email === undefined) === (options.apiKey === undefined))
    throw new UsageError('Give either the address of the account or --api-key.');
  const api = await context.connect();
  const status =
    options.apiKey === undefined
      ? await loginByPassword(context, api, { ...server, email: email ?? '' }, options)
      : await loginByKey(context, api, { ...server, clientId: options.apiKey }, options);
  return shown(status, context);
}

async function loginByKey(
  context: CommandContext,
  api: ApiClient,
  key: { clientId: string; serverUrl?: string | null },
  options: LoginOptions,
): Promise<BitwardenStatus> {
  const secret = { what: 'client_secret', file: options.secretFile };
  const password = { what: 'Master password', file: options.passwordFile };
  const [clientSecret = '', master] = await readHiddenLines(context, options.unlock ? [secret, password] : [secret]);
  const body = { ...key, clientSecret, ...(master === undefined ? {} : { password: master }) };
  return await api.loginBitwarden({ body }, { signal: context.signal });
}

async function loginByPassword(
  context: CommandContext,
  api: ApiClient,
  account: { email: string; serverUrl?: string | null },
  options: LoginOptions,
): Promise<BitwardenStatus> {
  const { signal } = context;
  const asksCode = options.code || options.codeFile !== undefined;
  const codeLine = { what: 'Code', file: options.codeFile };
  const passwordLine = { what: 'Master password', file: options.passwordFile };
  const [password = '', code] = await readHiddenLines(context, asksCode ? [passwordLine, codeLine] : [passwordLine]);
  const body = { ...account, password };
  try {
    return await api.loginBitwarden({ body: code === undefined ? body : { ...body, code } }, { signal });
  } catch (error) {
    const isAsked = isProblemError(error) && error.code === 'BITWARDEN_005' && /asks for a code/.test(error.message);
    if (code !== undefined || !isAsked || !isInteractive(context)) throw error;
    const [given = ''] = await readHiddenLines(context, [codeLine]);
    return await api.loginBitwarden({ body: { ...body, code: given } }, { signal });
  }
}

async function unlock(context: CommandContext, options: { passwordFile?: string }): Promise<CommandResult> {
  const api = await context.connect();
  const line = { what: 'Master password', file: options.passwordFile };
  const [password = ''] = await readHiddenLines(context, [line]);
  return shown(await api.unlockBitwarden({ body: { password } }, { signal: context.signal }), context);
}

async function lock(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  return shown(await api.lockBitwarden({}, { signal: context.signal }), context);
}

async function logout(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  return shown(await api.logoutBitwarden({}, { signal: context.signal }), context);
}
