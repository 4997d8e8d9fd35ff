import type { Command } from 'commander';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { listAll } from '../list-all.ts';
import { renderTable, type TableLook } from '../terminal/table.ts';

export function addCatalogCommands(program: Command, act: Act): void {
  program
    .command('catalog')
    .description('list what can be installed')
    .argument('[query]', 'part of a name, title, description or tool name')
    .action(act(listCatalog));
}

async function listCatalog(context: CommandContext, q: string | undefined): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const page = await listAll(query => api.listCatalog({ query: { ...query, q } }, { signal }));
  const text = page.total === 0 ? 'Nothing in the catalog fits.' : catalogTable(page.items, context.output.look);
  return { document: page, text };
}

export const catalogTable = (entries: CatalogEntry[], look: TableLook): string =>
  renderTable(
    entries,
    [
      { heading: 'NAME', value: entry => entry.id, colour: () => 'bold' },
      { heading: 'INSTALLED', value: entry => (entry.installed.length > 0 ? entry.installed.join(', ') : '-') },
      { heading: 'DESCRIPTION', value: entry => entry.description },
    ],
    look,
  );
