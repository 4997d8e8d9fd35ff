import { type Command, Option } from 'commander';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { NewOperation, Operation } from '../../../shared/api/operations.ts';
import { isProblemError, problem, toProblem } from '../../../shared/api/problem.ts';
import type { Json } from '../../../shared/domain/json-schema.ts';
import { type PackageRequest, toInstallTarget } from '../arguments/install-target.ts';
import { toIntegrity, toServerName } from '../arguments/names.ts';
import { textPairs, typedPairs } from '../arguments/pairs.ts';
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
}

export function addInstallCommand(program: Command, act: Act): void {
  program
    .command('install')
    .description('install a server from the catalog, or from any npm package')
    .argument('<entry-or-package>', 'a catalog entry’s name, @scope/package, package@version or npm:package')
    .argument('[arguments...]', 'handed to the server when it runs; write "--" before them')
    .option('--name <server>', 'the name that the server gets', toServerName)
    .option('--version <version>', 'a version, range or tag of the package')
    .option('--integrity <hash>', 'refuse any other package than this one (sha512-…)', toIntegrity)
    .option('--input <name=value...>', 'what the catalog entry asks for')
    .option('--env <name=value...>', 'an environment variable for the server')
    .option('--allow-scripts', 'let this package and what it needs run their install scripts')
    .addOption(new Option('--start', 'start the server when it is installed'))
    .addHelpText(
      'after',
      '\nCtrl-C cancels the installation and undoes what it did.' +
        '\n\nExamples:\n  quayside install everything --start\n  quayside install filesystem --input directories=/home/me/notes' +
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
  const wanted = toInstallTarget(target, options);
  const environment = textPairs(options.env ?? [], '--env');
  const api = await context.connect();
  const from =
    wanted.kind === 'package'
      ? { from: packageSource(wanted, options) }
      : await entrySource(api, wanted.entry, options, context.signal);
  const configuration = {
    ...(args.length > 0 ? { arguments: args } : {}),
    ...(options.env ? { environment } : {}),
  };
  const body: NewInstall = {
    kind: 'install',
    ...from,
    ...(options.name ? { serverId: options.name } : {}),
    ...(Object.keys(configuration).length > 0 ? { configuration } : {}),
    allowScripts: options.allowScripts === true,
    start: options.start === true,
  };
  const operation = await api.createOperation({ body }, { signal: context.signal });
  return finish(context, api, await watchOperation(context, api, operation), options);
}

function packageSource(wanted: PackageRequest, { integrity, input }: InstallOptions): NewInstall['from'] {
  if (input) throw new UsageError('--input is for catalog entries. Hand a package its arguments after "--".');
  const { version } = wanted;
  return { package: wanted.package, ...(version ? { version } : {}), ...(integrity ? { integrity } : {}) };
}

async function entrySource(
  api: ApiClient,
  id: string,
  { input, version, integrity }: InstallOptions,
  signal: AbortSignal,
): Promise<Pick<NewInstall, 'from' | 'inputs'>> {
  const entry = await findEntry(api, id, signal);
  if (version || integrity) {
    const hint =
      entry.source.type === 'npm' ? `${entry.source.package}@${version ?? entry.source.version}` : 'the package';
    throw new UsageError(`The catalog pins ${id}. To install another version, name the package: ${hint}`);
  }
  const inputs = input ? typedPairs(input, '--input', entry.configurationSchema ?? {}) : undefined;
  refuseMissing(entry, inputs ?? {});
  return { from: { catalogEntry: id }, ...(inputs ? { inputs } : {}) };
}

/** The daemon checks the values; what is not given at all is better asked for in the words of this command. */
function refuseMissing({ id, configurationSchema }: CatalogEntry, inputs: Record<string, Json>): void {
  const { required, properties } = configurationSchema ?? {};
  const missing = Array.isArray(required) ? required.filter(name => !Object.hasOwn(inputs, String(name))) : [];
  if (missing.length === 0) return;
  const asked = missing.map(name => {
    const { description } = resolveSchema(resolveSchema(properties, {})[String(name)], configurationSchema ?? {});
    return `--input ${name}=…${typeof description === 'string' ? ` (${description})` : ''}`;
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
  if (!start) return { document: operation, text: `${installed}. Start it with: quayside start ${serverId}` };
  if (server.state === 'running') return { document: operation, text: `${installed}, and it is running.` };
  if (server.problem) output.problem(server.problem);
  const text = `${installed}, but it is not running. See: quayside server ${serverId}`;
  return { document: operation, text, exitCode: exitCodes.api };
}
