// The Catalog tree as a function from state to rows.
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { Catalog } from '../../../shared/api/catalogs.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import type { ServerSource } from '../../../shared/api/servers.ts';
import { commands } from '../../platform/contributions.ts';
import { toOneLine } from '../../platform/plain-text.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface EntryRow {
  kind: 'entry';
  entry: CatalogEntry;
  /** True while it is being installed under its own name. */
  installing: boolean;
}

export interface CatalogRow {
  kind: 'catalog';
  catalog: Catalog;
}
/** There are more entries than a tree is good for. */
interface MoreRow {
  kind: 'more';
  catalog: Catalog;
  left: number;
}
export type CatalogTreeRow = EntryRow | CatalogRow | MoreRow;

export const catalogRows = (catalogs: readonly Catalog[]): CatalogRow[] =>
  catalogs.map(catalog => ({ kind: 'catalog', catalog }));

export const moreRow = (catalog: Catalog, shown: number, total: number): CatalogTreeRow[] =>
  total > shown ? [{ kind: 'more', catalog, left: total - shown }] : [];

export function toCatalogNode(row: CatalogTreeRow): TreeNode {
  if (row.kind === 'entry') return toEntryNode(row);
  if (row.kind === 'catalog') return catalogNode(row.catalog);
  const label = `${row.left} more in ${row.catalog.title}`;
  return {
    id: `more/${row.catalog.id}`,
    label,
    description: 'Search the catalog',
    icon: { id: 'search' },
    marks: ['more'],
    tooltip: [{ kind: 'text', text: label }],
    command: { id: commands.searchCatalog, title: 'Search' },
  };
}

const origins = {
  'built-in': 'comes with Quayside',
  vendor: 'made by Docker',
  own: 'your own',
  imported: 'imported',
  community: 'of the community',
} as const;

function catalogNode(catalog: Catalog): TreeNode {
  const { id, title, entries, origin, cached, problem, ref, digest, readAt, fixed, engine } = catalog;
  const facts: [string, string | null][] = [
    ['Reference', ref],
    ['Origin', origins[origin]],
    ['Digest', digest?.slice(0, 12) ?? null],
    ['Read', readAt ? new Date(readAt).toLocaleString() : 'not yet'],
  ];
  return {
    id: `catalog/${id}`,
    label: title,
    description: `${entries} ${entries === 1 ? 'server' : 'servers'}, ${origins[origin]}${cached ? ', from the cache' : ''}`,
    icon: problem ? { id: 'warning', color: 'editorWarning.foreground' } : { id: 'library' },
    marks: ['catalog', engine, ...(fixed ? [] : ['removable'])],
    tooltip: [
      { kind: 'heading', text: title },
      ...(problem ? [{ kind: 'text', text: `${problem.title}. ${problem.detail}` } satisfies TooltipPart] : []),
      ...facts.flatMap(([name, value]) =>
        value === null ? [] : [{ kind: 'fact', name, value } satisfies TooltipPart],
      ),
    ],
    expandable: true,
    spoken: `Catalog ${title}, ${entries} servers`,
  };
}

/** In the catalog's order. */
export const entryRows = (entries: readonly CatalogEntry[], operations: readonly Operation[]): EntryRow[] =>
  entries.map(entry => ({
    kind: 'entry',
    entry,
    installing: operations.some(operation => operation.kind === 'install' && operation.serverId === entry.id),
  }));

export function toEntryNode({ entry, installing }: EntryRow): TreeNode {
  const installed = entry.installed.length > 0;
  const state = installing ? 'installing' : installed ? 'installed' : 'installable';
  return {
    id: entry.id,
    label: entry.title,
    description: installing ? 'Installing' : installed ? 'Installed' : toOneLine(entry.description, 100),
    icon: icons[state],
    marks: ['entry', state],
    tooltip: entryTooltip(entry),
    command: { id: commands.openCatalogEntry, title: 'Open' },
    spoken: `${entry.title}, ${installed ? 'installed' : 'not installed'}`,
  };
}

const icons = {
  installing: { id: 'loading~spin' },
  installed: { id: 'pass-filled', color: 'testing.iconPassed' },
  installable: { id: 'package' },
} as const;

function entryTooltip(entry: CatalogEntry): TooltipPart[] {
  const facts: [string, string][] = [
    ['Source', describeEntrySource(entry.source)],
    ['Publisher', entry.publisher],
    ['License', entry.license],
    ['Tools', entry.toolNames.length > 0 ? toOneLine(entry.toolNames.join(', '), 300) : 'known after the first start'],
    ...(entry.secretSlots.length > 0
      ? [['Secrets', entry.secretSlots.map(({ name }) => name).join(', ')] satisfies [string, string]]
      : []),
    ['Catalog', entry.origin],
    ...(entry.installed.length > 0 ? [['Installed as', entry.installed.join(', ')] satisfies [string, string]] : []),
  ];
  return [
    { kind: 'heading', text: entry.title },
    { kind: 'text', text: toOneLine(entry.description, 600) },
    ...facts.map(([name, value]) => ({ kind: 'fact', name, value }) satisfies TooltipPart),
    ...(entry.runsInstallScripts
      ? [{ kind: 'text', text: 'Its install scripts run only if you allow them.' } satisfies TooltipPart]
      : []),
  ];
}

export function describeEntrySource(source: ServerSource): string {
  if (source.type === 'image') return `image ${source.image}`;
  if (source.type === 'npm') return `npm package ${source.package}@${source.version}`;
  return source.type === 'command' ? `program ${source.command}` : `remote server ${source.url}`;
}

/** True if the entry asks for something before it can be installed; the page has the form for it. */
export function needsInputs({ configurationSchema, engine, secretSlots }: CatalogEntry): boolean {
  // The profile that gets it is chosen there.
  if (engine === 'docker' || secretSlots.length > 0) return true;
  const required = configurationSchema?.['required'];
  return Array.isArray(required) && required.length > 0;
}
