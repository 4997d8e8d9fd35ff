import { type Command, Option } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { Secret, SecretReference, SecretUse } from '../../../shared/api/secrets.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { toServerName, toWholeNumber } from '../arguments/names.ts';
import { readValue } from '../arguments/secret-input.ts';
import { findSecret, serverOf, toSecretName, tryFindSecret } from '../arguments/secret-names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';
import { addTransferCommands } from './secret-transfer.commands.ts';
import { addVaultCommands } from './vault.commands.ts';

const nameHelp = 'its name, <server>.<key>, for example github.token';

export function addSecretCommands(program: Command, act: Act): void {
  const secrets = program.command('secrets').description('keep keys and passwords for servers, encrypted');
  secrets
    .command('ls')
    .description('list the secrets, without their values')
    .option('--server <server>', 'only those that this server may use', toServerName)
    .action(act(listSecrets));
  secrets
    .command('show')
    .description('show what is known of a secret, and which servers use it')
    .argument('<name>', nameHelp, toSecretName)
    .action(act(showSecret));
  secrets
    .command('set')
    .description('store a secret or replace its value; the value is typed without echo, or comes by standard input')
    .argument('<name>', nameHelp, toSecretName)
    .option('--from-file <file>', 'take the value from a file')
    .option('--any-server', 'let every server use it that refers to it, and not only the one it is named after')
    .action(act(setSecret));
  secrets
    .command('rm')
    .description('delete a secret')
    .argument('<name>', nameHelp, toSecretName)
    .option('--force', 'also if servers use it; they are not given it any more')
    .action(act(removeSecret));
  secrets
    .command('uses')
    .description('list when which server was given a secret, the newest first')
    .argument('<name>', nameHelp, toSecretName)
    .option('--limit <number>', 'how many', toWholeNumber(1, limits.pageSize.most), limits.pageSize.default)
    .action(act(listUses));
  for (const [word, description, handler] of [
    ['link', 'give a secret to a server, as an environment variable, as a file or as a header', linkSecret],
    ['unlink', 'give a secret to a server no longer', unlinkSecret],
  ] as const) {
    const command = secrets
      .command(word)
      .description(description)
      .argument('<name>', nameHelp, toSecretName)
      .argument('<server>', 'the server’s name', toServerName)
      .addOption(new Option('--env <variable>', 'the environment variable').conflicts(['header', 'file']))
      .addOption(
        new Option('--file <variable>', 'the variable that gets the path of a file with the value: KEY_FILE').conflicts(
          'header',
        ),
      )
      .addOption(new Option('--header <header>', 'the header, for a remote server'));
    if (word === 'link') command.option('--optional', 'start the server also while the secret has no value');
    command.action(act(handler));
  }
  addVaultCommands(secrets, act);
  addTransferCommands(secrets, act);
}

async function listSecrets(context: CommandContext, { server }: { server?: string }): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query =>
    api.listSecrets({ query: { ...query, ...(server ? { server_id: server } : {}) } }, { signal: context.signal }),
  );
  const text = page.total === 0 ? 'There are no secrets. Store one: quayside secrets set <server>.<key>' : '';
  return { document: page, text: text || secretTable(page.items, context) };
}

const secretTable = (secrets: Secret[], { output }: CommandContext): string =>
  renderTable(
    secrets,
    [
      { heading: 'NAME', value: secret => secret.name },
      { heading: 'FOR', value: secret => secret.serverId ?? 'any server' },
      { heading: 'VALUE', value: secret => (secret.hasValue ? `version ${secret.version}` : 'none yet') },
      { heading: 'KEY', value: secret => secret.keyVersion },
      { heading: 'CHANGED', value: secret => secret.valueChangedAt },
      { heading: 'LAST USED', value: secret => secret.lastUsedAt },
    ],
    output.look,
  );

async function showSecret(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findSecret(api, name, signal);
  const secret = await api.getSecret({ params: { id } }, { signal });
  const users = secret.usedBy.map(
    ({ serverId, place, required }) => `${serverId} (${place}${required ? '' : ', optional'})`,
  );
  const text = renderPairs(
    [
      ['Name', secret.name],
      ['For', secret.serverId ?? 'any server that refers to it'],
      ['Value', secret.hasValue ? `version ${secret.version}, under key ${secret.keyVersion}` : 'none yet'],
      ['Changed', secret.valueChangedAt],
      ['Last used', secret.lastUsedAt],
      ['Used by', users.join(', ') || 'nobody'],
    ],
    context.output.style,
  );
  return { document: secret, text };
}

interface SetOptions {
  fromFile?: string;
  anyServer?: boolean;
}

async function setSecret(context: CommandContext, name: string, options: SetOptions): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const there = await tryFindSecret(api, name, signal);
  const serverId = there || options.anyServer ? null : await serverOf(api, name, signal);
  const value = await readValue(context, options.fromFile, `Value of ${name}`);
  if (value === '') throw new UsageError('The value is empty.');
  const secret = there
    ? await api.replaceSecretValue({ params: { id: there.id }, body: { value } }, { signal })
    : await api.createSecret({ body: { name, serverId, value } }, { signal });
  const restart = there ? ' Servers that run get it with their next start.' : '';
  const owner = secret.serverId === null ? 'any server that refers to it' : secret.serverId;
  return { document: secret, text: `${there ? 'Replaced' : 'Stored'} ${name}, for ${owner}.${restart}` };
}

async function removeSecret(
  context: CommandContext,
  name: string,
  { force = false }: { force?: boolean },
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findSecret(api, name, signal);
  const document = await api.deleteSecret({ params: { id }, query: { force } }, { signal });
  return { document, text: `Deleted ${name}.` };
}

async function listUses(context: CommandContext, name: string, { limit }: { limit: number }): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findSecret(api, name, signal);
  const page = await api.listSecretUses({ params: { id }, query: { limit } }, { signal });
  return { document: page, text: page.total === 0 ? `${name} was not used yet.` : useTable(page.items, context) };
}

const useTable = (uses: SecretUse[], { output }: CommandContext): string =>
  renderTable(
    uses,
    [
      { heading: 'TIME', value: use => use.at },
      { heading: 'SERVER', value: use => use.serverId },
      { heading: 'WHO', value: use => use.caller },
      {
        heading: 'OUTCOME',
        value: use => use.outcome,
        colour: use => (use.outcome === 'handed-over' ? 'green' : 'red'),
      },
      { heading: 'CODE', value: use => use.code },
    ],
    output.look,
  );

interface LinkOptions {
  env?: string;
  file?: string;
  header?: string;
  optional?: boolean;
}

/** A variable has one meaning: that of the value, or that of the file. */
const isAt = (reference: SecretReference, { env, file, header }: LinkOptions): boolean =>
  'header' in reference
    ? reference.header.toLowerCase() === header?.toLowerCase()
    : reference.environmentVariable === (env ?? file);

type Place = { header: string } | { environmentVariable: string; as?: 'file' };

/** Errors: UsageError if it is not said. */
function placeOf({ env, file, header }: LinkOptions): Place {
  if (header !== undefined) return { header };
  if (file !== undefined) return { environmentVariable: file, as: 'file' };
  if (env !== undefined) return { environmentVariable: env };
  throw new UsageError('Say where it goes, by --env, by --file or by --header.');
}

async function changeReferences(
  context: CommandContext,
  server: string,
  change: (references: SecretReference[], api: ApiClient) => Promise<SecretReference[]>,
): Promise<{ document: unknown; restart: string }> {
  const api = await context.connect();
  const { signal } = context;
  const { configuration } = await api.getServer({ params: { id: server } }, { signal });
  const secretReferences = await change(configuration.secretReferences, api);
  const document = await api.updateServer(
    { params: { id: server }, body: { configuration: { secretReferences } } },
    { signal },
  );
  const restart = document.state === 'running' ? ` It takes effect with: quayside restart ${server}` : '';
  return { document, restart };
}

async function linkSecret(
  context: CommandContext,
  name: string,
  server: string,
  options: LinkOptions,
): Promise<CommandResult> {
  const place = placeOf(options);
  const { document, restart } = await changeReferences(context, server, async (references, api) => {
    const { id: secretId } = await findSecret(api, name, context.signal);
    const required = !(options.optional ?? false);
    return [...references.filter(each => !isAt(each, options)), { secretId, required, ...place }];
  });
  const { env, file, header } = options;
  const what = file === undefined ? (header ?? env) : `the file that ${file} names`;
  return { document, text: `${server} takes ${what} from ${name}.${restart}` };
}

async function unlinkSecret(
  context: CommandContext,
  name: string,
  server: string,
  options: LinkOptions,
): Promise<CommandResult> {
  const isAnywhere = [options.env, options.file, options.header].every(each => each === undefined);
  const { document, restart } = await changeReferences(context, server, async (references, api) => {
    const { id } = await findSecret(api, name, context.signal);
    const kept = references.filter(each => each.secretId !== id || !(isAnywhere || isAt(each, options)));
    if (kept.length === references.length) throw new UsageError(`${server} does not use ${name} there.`);
    return kept;
  });
  return { document, text: `${server} is not given ${name} any more.${restart}` };
}
