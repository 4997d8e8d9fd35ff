import { type Command, Option } from 'commander';
import type { CatalogEntry, listCatalog } from '../../../shared/api/catalog.ts';
import type { RouteInput } from '../../../shared/api/route.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { Name } from '../../../shared/domain/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { listAll } from '../list-all.ts';
import { describeSource } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable, type TableLook } from '../terminal/table.ts';
import { findCatalog } from './catalogs.commands.ts';

type Query = NonNullable<RouteInput<typeof listCatalog>['query']>;

interface SearchOptions extends Pick<Query, 'category' | 'tag' | 'license' | 'kind' | 'origin' | 'engine'> {
  catalog?: string;
  secrets?: boolean;
  installed?: boolean;
  sort?: NonNullable<Query['sort_by']>;
}

export function addCatalogCommands(program: Command, act: Act): void {
  const catalog = program
    .command('catalog')
    .description('list and search what can be installed')
    .argument('[words...]', 'what a name, title, description, label or tool begins with; all of them have to fit')
    .option('--category <category>', 'only of this category')
    .option('--tag <tag>', 'only with this tag')
    .option('--license <licence>', 'only under this licence')
    .addOption(new Option('--kind <kind>', 'how it runs').choices(['package', 'image', 'remote']))
    .addOption(
      new Option('--origin <origin>', 'who made the catalog').choices([
        'built-in',
        'vendor',
        'own',
        'imported',
        'community',
      ]),
    )
    .addOption(new Option('--engine <engine>', 'what runs it').choices(['process', 'docker']))
    .option('--catalog <catalog>', 'only of this catalog, by its id or its reference')
    .option('--secrets', 'only what needs secrets')
    .option('--no-secrets', 'only what needs none')
    .option('--installed', 'only what is installed')
    .option('--no-installed', 'only what is not')
    .addOption(
      new Option('--sort <key>', 'default: relevance for a search, else title').choices([
        'title',
        'id',
        'publisher',
        'popularity',
        'relevance',
      ]),
    )
    .addHelpText('after', '\nExamples:\n  quayside catalog github --no-secrets\n  quayside catalog show everything')
    .action(act(searchCatalog));
  catalog
    .command('show')
    .description('show all that the catalog says of an entry')
    .argument('<entry>', 'its name as the list shows it, or without the part after the dot')
    .action(act(showEntry));
}

async function searchCatalog(
  context: CommandContext,
  words: string[],
  { catalog, secrets, installed, sort, ...filters }: SearchOptions,
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const q = words.join(' ');
  const sort_by = sort ?? (q === '' ? 'title' : 'relevance');
  const query: Query = {
    ...filters,
    ...(q === '' ? {} : { q }),
    ...(catalog === undefined ? {} : { catalog: (await findCatalog(api, catalog, signal)).id }),
    ...definedOnly({ has_secrets: secrets, installed }),
    sort_by,
    sort_order: sort_by === 'popularity' ? 'desc' : 'asc',
  };
  const page = await listAll(of => api.listCatalog({ query: { ...query, ...of } }, { signal }));
  const text = page.total === 0 ? 'Nothing in the catalog fits.' : catalogTable(page.items, context.output.look);
  return { document: page, text };
}

/** Columns that would say the same in every row are left out: what an entry does needs the room. */
export const catalogTable = (entries: CatalogEntry[], look: TableLook): string => {
  const column = (heading: string, value: (entry: CatalogEntry) => string) =>
    new Set(entries.map(value)).size > 1 ? [{ heading, value }] : [];
  return renderTable(
    entries,
    [
      { heading: 'NAME', value: entry => entry.id, colour: () => 'bold' },
      ...column('KIND', entry => entry.kind),
      ...column('FROM', entry => entry.origin),
      { heading: 'INSTALLED', value: entry => (entry.installed.length > 0 ? entry.installed.join(', ') : '-') },
      { heading: 'DESCRIPTION', value: entry => entry.description },
    ],
    look,
  );
};

/** As it is typed, or as ids are made of the names of community servers: io.github.acme/tool is io-github-acme-tool. */
const toEntryId = (text: string): string => {
  const small = text.toLowerCase();
  return Name.safeParse(small).success ? small : small.replaceAll(/[^a-z0-9_-]+/g, '-');
};

async function showEntry(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const entry = await api.getCatalogEntry({ params: { id: toEntryId(id) } }, { signal: context.signal });
  return { document: entry, text: describeEntry(entry, context.output.look) };
}

function describeEntry(entry: CatalogEntry, { style }: TableLook): string {
  const facts = renderPairs(
    [
      ['Name', entry.id],
      ['Title', entry.title],
      ['From', `${entry.origin} (${entry.catalogOrigin}), as ${entry.nameInCatalog}`],
      ['Publisher', entry.publisher],
      ['Licence', entry.license],
      ['Category', entry.categories.join(', ')],
      ['Tags', entry.tags.join(', ')],
      ['Runs', `${entry.kind}: ${describeSource(entry.source)}`],
      ['Homepage', entry.homepage],
      ['Popularity', entry.popularity],
      ['Installed', entry.installed.join(', ')],
    ],
    style,
  );
  const parts = [facts, entry.description && safeLine(entry.description), settingsOf(entry), secretsOf(entry)];
  const tools = entry.toolNames.length > 0 ? `Tools: ${safeLine(entry.toolNames.join(', '))}` : '';
  return [...parts, tools].filter(part => part !== '').join('\n\n');
}

function settingsOf({ configurationSchema }: CatalogEntry): string {
  const properties = configurationSchema?.['properties'];
  if (typeof properties !== 'object' || properties === null) return '';
  const { required } = configurationSchema ?? {};
  const needed = new Set(Array.isArray(required) ? required : []);
  const lines = Object.keys(properties).map(name => `  ${safeLine(name)}${needed.has(name) ? ' (needed)' : ''}`);
  return ['Settings:', ...lines].join('\n');
}

const secretsOf = ({ secretSlots }: CatalogEntry): string =>
  secretSlots.length === 0
    ? ''
    : [
        'Secrets:',
        ...secretSlots.map(({ name, environmentVariable, required }) =>
          safeLine(`  ${name} as ${environmentVariable}${required ? '' : ' (optional)'}`),
        ),
      ].join('\n');
