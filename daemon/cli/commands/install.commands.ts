import { type Command, Option } from 'commander';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { NewOperation, Operation } from '../../../shared/api/operations.ts';
import { isProblemError, problem, toProblem } from '../../../shared/api/problem.ts';
import type { SecretReference } from '../../../shared/api/secrets.ts';
import { ImageReference, ProfileId } from '../../../shared/domain/docker-names.ts';
import { type PackageRequest, toInstallTarget } from '../arguments/install-target.ts';
import { by, toIntegrity, toServerName } from '../arguments/names.ts';
import { parsePairs, textPairs, typedPairs } from '../arguments/pairs.ts';
import { findSecret } from '../arguments/secret-names.ts';
import { settingsWith } from '../arguments/settings-input.ts';
import { resolveSchema } from '../arguments/typed-value.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { describeSource } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { watchOperation } from '../watch-operation.ts';

type NewInstall = Extract<NewOperation, { kind: 'install' }>;

interface InstallOptions {
  name?: string;
  version?: string;
  integrity?: string;
  input?: string[];
  env?: string[];
  allowScripts?: boolean;
  start?: boolean;
  profile?: string;
  set?: string[];
  secret?: string[];
}

export function addInstallCommand(program: Command, act: Act): void {
  program
    .command('install')
    .description('install a server from the catalog, any npm package, or an image that describes itself')
    .argument(
      '<entry-or-package>',
      'a catalog entry’s name, @scope/package, package@version, npm:package or docker://image',
    )
    .argument('[arguments...]', 'handed to the server when it runs; write "--" before them')
    .option('--name <server>', 'the name that the server gets', toServerName)
    .option('--version <version>', 'a version, range or tag of the package')
    .option('--integrity <hash>', 'refuse any other package than this one (sha512-…)', toIntegrity)
    .option('--input <name=value...>', 'what the catalog entry asks for')
    .option('--env <name=value...>', 'an environment variable for the server')
    .option('--profile <profile>', 'the Docker profile that gets it; default: the only one there is', by(ProfileId))
    .option('--set <name=value...>', 'a setting of a Docker server: --set limits.max=5')
    .option('--secret <VARIABLE=name...>', 'which secret of the vault it gets by a variable')
    .option('--allow-scripts', 'let this package and what it needs run their install scripts')
    .addOption(new Option('--start', 'start the server when it is installed'))
    .addHelpText(
      'after',
      '\nCtrl-C cancels the installation and undoes what it did.' +
        '\n\nExamples:\n  quayside install everything --start\n  quayside install filesystem --input directories=/home/me/notes' +
        '\n  quayside install github --profile dev --secret GITHUB_PERSONAL_ACCESS_TOKEN=github.token --start' +
        '\n  quayside install @modelcontextprotocol/server-filesystem@2026.8.31 --name files -- /home/me/notes',
    )
    .action(act(install));
}

async function install(
  context: CommandContext,
  target: string,
  args: string[],
  options: InstallOptions,
): Promise<CommandResult> {
  const image = target.startsWith('docker://') ? toImage(target.slice('docker://'.length)) : undefined;
  // What makes no sense is said before a daemon is started for it.
  const wanted = image === undefined ? toInstallTarget(target, options) : undefined;
  if (wanted?.kind === 'package') packageSource(wanted, options);
  parsePairs([...(options.set ?? []), ...(options.secret ?? [])], '--set and --secret');
  const environment = textPairs(options.env ?? [], '--env');
  const api = await context.connect();
  const from =
    wanted !== undefined
      ? await sourceOf(api, wanted, options, context.signal)
      : { from: { image: image ?? '' }, ...freeSettings(options) };
  const secretReferences = await toReferences(api, options.secret ?? [], context.signal);
  const configuration = {
    ...(args.length > 0 ? { arguments: args } : {}),
    ...(options.env ? { environment } : {}),
    ...(secretReferences.length > 0 ? { secretReferences } : {}),
  };
  const body: NewInstall = {
    kind: 'install',
    ...from,
    ...(options.name ? { serverId: options.name } : {}),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(Object.keys(configuration).length > 0 ? { configuration } : {}),
    allowScripts: options.allowScripts === true,
    start: options.start === true,
  };
  const operation = await api.createOperation({ body }, { signal: context.signal });
  return finish(context, api, await watchOperation(context, api, operation), options);
}

const toImage = (text: string): string => {
  const parsed = ImageReference.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`"${text}" is not the name of an image. Example: docker://registry.example/team/server:1`);
};

async function sourceOf(
  api: ApiClient,
  wanted: ReturnType<typeof toInstallTarget>,
  options: InstallOptions,
  signal: AbortSignal,
): Promise<Pick<NewInstall, 'from' | 'inputs'>> {
  if (wanted.kind === 'entry') return await entrySource(api, wanted.entry, options, signal);
  if (options.set) throw new UsageError('--set is for servers of Docker.');
  return { from: packageSource(wanted, options) };
}

/** What an image asks for is not known before it is here, so each value is read as JSON where it is some. */
function freeSettings({ set }: InstallOptions): Pick<NewInstall, 'inputs'> {
  if (!set) return {};
  const names = [...parsePairs(set, '--set').keys()];
  const anything = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
  const properties = Object.fromEntries(names.map(name => [name.split('.')[0] ?? name, { type: anything }]));
  return { inputs: settingsWith({}, set, '--set', { type: 'object', properties }) };
}

async function toReferences(api: ApiClient, pairs: readonly string[], signal: AbortSignal): Promise<SecretReference[]> {
  const given = Object.entries(textPairs(pairs, '--secret'));
  return await Promise.all(
    given.map(async ([environmentVariable, name]) => {
      const { id } = await findSecret(api, name, signal);
      return { secretId: id, environmentVariable, required: true };
    }),
  );
}

function packageSource(wanted: PackageRequest, { integrity, input }: InstallOptions): NewInstall['from'] {
  if (input) throw new UsageError('--input is for catalog entries. Hand a package its arguments after "--".');
  const { version } = wanted;
  return { package: wanted.package, ...(version ? { version } : {}), ...(integrity ? { integrity } : {}) };
}

async function entrySource(
  api: ApiClient,
  id: string,
  { input, set, version, integrity }: InstallOptions,
  signal: AbortSignal,
): Promise<Pick<NewInstall, 'from' | 'inputs'>> {
  const entry = await findEntry(api, id, signal);
  if (version || integrity) {
    const hint =
      entry.source.type === 'npm' ? `${entry.source.package}@${version ?? entry.source.version}` : 'the package';
    throw new UsageError(`The catalog pins ${id}. To install another version, name the package: ${hint}`);
  }
  if (entry.engine === 'docker') {
    const settings = settingsWith({}, [...(input ?? []), ...(set ?? [])], '--set', entry.configurationSchema);
    refuseMissing(entry, settings, '--set');
    return { from: { catalogEntry: entry.id }, ...(Object.keys(settings).length > 0 ? { inputs: settings } : {}) };
  }
  if (set) throw new UsageError('--set is for servers of Docker. This one takes --input.');
  const inputs = input ? typedPairs(input, '--input', entry.configurationSchema ?? {}) : undefined;
  refuseMissing(entry, inputs ?? {}, '--input');
  return { from: { catalogEntry: id }, ...(inputs ? { inputs } : {}) };
}

/** The daemon checks the values; what is not given at all is better asked for in the words of this command. */
function refuseMissing(
  { id, configurationSchema }: CatalogEntry,
  inputs: Record<string, unknown>,
  option: string,
): void {
  const { required, properties } = configurationSchema ?? {};
  const missing = Array.isArray(required) ? required.filter(name => !Object.hasOwn(inputs, String(name))) : [];
  if (missing.length === 0) return;
  const asked = missing.map(name => {
    const { description } = resolveSchema(resolveSchema(properties, {})[String(name)], configurationSchema ?? {});
    return `${option} ${name}=…${typeof description === 'string' ? ` (${description})` : ''}`;
  });
  throw new UsageError(`${id} needs ${asked.join(' and ')}`);
}

/** A misspelt entry must not fetch a stranger's package of that name, so a plain name is never taken for a package. */
async function findEntry(api: ApiClient, id: string, signal: AbortSignal): Promise<CatalogEntry> {
  try {
    return await api.getCatalogEntry({ params: { id } }, { signal });
  } catch (error) {
    if (!isProblemError(error) || error.code !== 'CATALOG_001') throw error;
    const next = `See "quayside catalog". To install the npm package of that name: quayside install npm:${id}`;
    throw problem('CATALOG_001', { detail: `The catalog has no entry "${id}".`, next });
  }
}

const interruptedProblem = toProblem('INSTALL_008', {
  detail: 'The daemon ended meanwhile, and nothing was kept.',
  next: 'Install it again.',
});

async function finish(
  { signal, output }: CommandContext,
  api: ApiClient,
  operation: Operation,
  { start }: InstallOptions,
): Promise<CommandResult> {
  const { serverId, state } = operation;
  if (state !== 'succeeded') {
    if (state === 'cancelled') {
      return { document: operation, text: 'Cancelled. Nothing was installed.', exitCode: exitCodes.interrupted };
    }
    output.problem(operation.problem ?? interruptedProblem);
    return { document: operation, text: '', exitCode: exitCodes.api };
  }
  const server = await api.getServer({ params: { id: serverId ?? '' } }, { signal });
  const version = server.source.type === 'npm' ? ` (${safeLine(describeSource(server.source))})` : '';
  const installed = `Installed ${serverId}${version}`;
  const clashes = await describeClashesOf(server.id, api, signal);
  if (!start) return { document: operation, text: `${installed}. Start it with: quayside start ${serverId}${clashes}` };
  if (server.state === 'running') return { document: operation, text: `${installed}, and it is running.${clashes}` };
  if (server.problem) output.problem(server.problem);
  const text = `${installed}, but it is not running. See: quayside server ${serverId}`;
  return { document: operation, text, exitCode: exitCodes.api };
}

/** A line of its own where tools of the new server want names that others have: known before it has run. */
async function describeClashesOf(serverId: string, api: ApiClient, signal: AbortSignal): Promise<string> {
  // The server is installed, whether or not this can be told.
  const { items } = await api.listToolClashes({ query: { state: 'open' } }, { signal }).catch(() => ({ items: [] }));
  const own = items.filter(({ tools }) => tools.some(tool => tool.serverId === serverId));
  if (own.length === 0) return '';
  return `\nNames that its tools share with those of other servers: ${own.length}. See: quayside tools clashes`;
}
