// Catalogs as a whole, below "quayside catalogs".
import { type Command, Option } from 'commander';
import type { Catalog, CatalogPreview, CatalogSource } from '../../../shared/api/catalogs.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import { ImageReference, ProfileId, withTag } from '../../../shared/domain/docker-names.ts';
import { by } from '../arguments/names.ts';
import { confirm, readTextFile } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';
import { watchOperation } from '../watch-operation.ts';

const toReference = by(ImageReference);

const createHelp = `
Without a --from option the new catalog is empty. A file is a catalog in Docker's older YAML, a server.yaml of
docker/mcp-registry, or a server.json of the MCP registry; what docker mcp would drop is named.

Examples:
  quayside catalogs create team/tools --from-file tools.yaml --dry-run
  quayside catalogs create team/tools --from-entries github grafana --title "Our tools"`;

export function addCatalogsCommands(program: Command, act: Act): void {
  const catalogs = program
    .command('catalogs')
    .description('list, make, pull and remove catalogs')
    .action(act(listCatalogs));
  catalogs
    .command('create')
    .description('make a catalog, empty or from something')
    .argument('<reference>', 'its name, for example team/tools:v1', toReference)
    .option('--title <title>', 'for people')
    .option('--from-file <file>', 'the servers of a file')
    .addOption(
      new Option('--format <format>', 'of the file; default: found by looking at it').choices([
        'legacy-catalog',
        'server-yaml',
        'server-json',
      ]),
    )
    .option('--from-oci <reference>', 'a catalog of a registry', toReference)
    .option('--from-profile <profile>', 'the servers of a Docker profile', by(ProfileId))
    .option('--from-entries <entries...>', 'entries of other catalogs of Docker')
    .option('--replace', 'overwrite one of this name')
    .option('--dry-run', 'only say what would be done')
    .addHelpText('after', createHelp)
    .action(act(createCatalog));
  catalogs
    .command('pull')
    .description('get a catalog from its registry, for the first time or again')
    .argument('<reference>', 'for example mcp/docker-mcp-catalog', toReference)
    .action(act(pullCatalog));
  catalogs
    .command('push')
    .description('bring a catalog to the registry that its reference names')
    .argument('<catalog>', 'its id or its reference')
    .action(act(pushCatalog));
  catalogs
    .command('tag')
    .description('give a catalog a second reference')
    .argument('<catalog>', 'its id or its reference')
    .argument('<reference>', 'the new one', toReference)
    .option('--replace', 'overwrite one of this name')
    .action(act(tagCatalog));
  catalogs
    .command('remove')
    .description('remove a catalog; servers that came from it stay')
    .argument('<catalog>', 'its id or its reference')
    .option('--yes', 'do not ask')
    .action(act(removeCatalog));
}

const readAll = (api: ApiClient, signal: AbortSignal) => listAll(query => api.listCatalogs({ query }, { signal }));

/** A catalog by its id or its reference. Errors: CATALOG_002. */
export async function findCatalog(api: ApiClient, text: string, signal: AbortSignal): Promise<Catalog> {
  const { items } = await readAll(api, signal);
  const found = items.find(({ id }) => id === text) ?? items.find(({ ref }) => ref === text || ref === withTag(text));
  if (found) return found;
  throw problem('CATALOG_002', {
    detail: `There is no catalog "${text}".`,
    next: 'See "quayside catalogs" for those that are there.',
  });
}

async function listCatalogs(context: CommandContext): Promise<CommandResult> {
  const page = await readAll(await context.connect(), context.signal);
  const state = ({ cached, problem: why, readAt }: Catalog): string => {
    if (!cached) return 'ok';
    return `${readAt ? `as of ${readAt}` : 'never read'}: ${why?.detail ?? 'it cannot be read'}`;
  };
  const text = renderTable(
    page.items,
    [
      { heading: 'ID', value: catalog => catalog.id, colour: () => 'bold' },
      { heading: 'REFERENCE', value: catalog => catalog.ref },
      { heading: 'TITLE', value: catalog => catalog.title },
      { heading: 'ENTRIES', value: catalog => catalog.entries },
      { heading: 'ORIGIN', value: catalog => catalog.origin },
      { heading: 'STATE', value: state, colour: ({ cached }) => (cached ? 'yellow' : undefined) },
    ],
    context.output.look,
  );
  return { document: page, text };
}

interface CreateOptions {
  title?: string;
  fromFile?: string;
  format?: Extract<CatalogSource, { type: 'file' }>['format'];
  fromOci?: string;
  fromProfile?: string;
  fromEntries?: string[];
  replace?: boolean;
  dryRun?: boolean;
}

async function toSource(options: CreateOptions): Promise<CatalogSource> {
  const { fromFile, format, fromOci, fromProfile, fromEntries } = options;
  if ([fromFile, fromOci, fromProfile, fromEntries].filter(each => each !== undefined).length > 1)
    throw new UsageError('A catalog is made from one thing: give one --from option.');
  if (format && fromFile === undefined) throw new UsageError('--format is for --from-file.');
  if (fromFile !== undefined) {
    return { type: 'file', content: await readTextFile(fromFile), ...(format ? { format } : {}) };
  }
  if (fromOci !== undefined) return { type: 'oci', ref: fromOci };
  if (fromProfile !== undefined) return { type: 'profile', profile: fromProfile };
  return fromEntries === undefined ? { type: 'empty' } : { type: 'entries', entries: fromEntries };
}

async function createCatalog(context: CommandContext, ref: string, options: CreateOptions): Promise<CommandResult> {
  const from = await toSource(options);
  const { signal, output } = context;
  const api = await context.connect();
  // Entries may be typed by their short names.
  const source = from.type === 'entries' ? { ...from, entries: await entryIds(api, from.entries, signal) } : from;
  const title = options.title === undefined ? {} : { title: options.title };
  const body = { ref, ...title, from: source, replace: options.replace === true };
  if (options.dryRun) {
    const preview = await api.previewCatalog({ body }, { signal });
    return { document: preview, text: describePreview(preview, context) };
  }
  if (from.type === 'file') {
    const { leftOut } = await api.previewCatalog({ body }, { signal });
    for (const { name, reason } of leftOut) output.notice(safeLine(`Left out: ${name}. ${reason}`));
  }
  const made = await api.createCatalog({ body }, { signal });
  return { document: made, text: `Made ${made.ref} with ${count(made.entries, 'entry', 'entries')}.` };
}

const entryIds = async (api: ApiClient, names: readonly string[], signal: AbortSignal): Promise<string[]> => {
  const ids: string[] = [];
  for (const id of names) ids.push((await api.getCatalogEntry({ params: { id } }, { signal })).id);
  return ids;
};

function describePreview(
  { title, servers, leftOut, replaces, format }: CatalogPreview,
  context: CommandContext,
): string {
  const rows = [
    ...servers.map(({ name, kind, change }) => ({ change, name, kind })),
    ...leftOut.map(({ name, reason }) => ({ change: 'left out', name, kind: reason })),
  ];
  const heading = safeLine(
    `${title} (${format}): nothing was done.${replaces ? ' It would replace the one that is there.' : ''}`,
  );
  if (rows.length === 0) return format === 'oci' ? `${heading} What is in it shows when it was pulled.` : heading;
  const table = renderTable(
    rows,
    [
      { heading: 'CHANGE', value: row => row.change },
      { heading: 'SERVER', value: row => row.name },
      { heading: 'KIND', value: row => row.kind },
    ],
    context.output.look,
  );
  return `${heading}\n${table}`;
}

async function pullCatalog(context: CommandContext, ref: string): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.pullCatalog({ body: { ref } }, { signal: context.signal });
  const ended = await watchOperation(context, api, operation);
  if (ended.state !== 'succeeded') return failed(context, ended);
  const catalog = await findCatalog(api, ref, context.signal);
  const entries = count(catalog.entries, 'entry', 'entries');
  return { document: ended, text: `Pulled ${catalog.ref} with ${entries}.` };
}

async function pushCatalog(context: CommandContext, text: string): Promise<CommandResult> {
  const api = await context.connect();
  const { id, ref } = await findCatalog(api, text, context.signal);
  const operation = await api.pushCatalog({ params: { id } }, { signal: context.signal });
  const ended = await watchOperation(context, api, operation);
  return ended.state === 'succeeded' ? { document: ended, text: `Pushed ${ref}.` } : failed(context, ended);
}

function failed({ output }: CommandContext, operation: Operation): CommandResult {
  if (operation.state === 'cancelled') {
    return { document: operation, text: 'Cancelled.', exitCode: exitCodes.interrupted };
  }
  if (operation.problem) output.problem(operation.problem);
  return { document: operation, text: '', exitCode: exitCodes.api };
}

async function tagCatalog(
  context: CommandContext,
  text: string,
  ref: string,
  { replace = false }: { replace?: boolean },
): Promise<CommandResult> {
  const api = await context.connect();
  const { id } = await findCatalog(api, text, context.signal);
  const made = await api.tagCatalog({ params: { id }, body: { ref, replace } }, { signal: context.signal });
  return { document: made, text: `${made.ref} is there now, too.` };
}

async function removeCatalog(
  context: CommandContext,
  text: string,
  { yes = false }: { yes?: boolean },
): Promise<CommandResult> {
  const api = await context.connect();
  const { id, ref, entries } = await findCatalog(api, text, context.signal);
  const question = `Remove ${ref} with ${count(entries, 'entry', 'entries')}?`;
  if (!yes && !(await confirm(context, question))) return { document: {}, text: 'Nothing was removed.' };
  const answer = await api.deleteCatalog({ params: { id } }, { signal: context.signal });
  return { document: answer, text: `Removed ${ref}.` };
}
