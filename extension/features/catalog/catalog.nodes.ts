// The Catalog tree as a function from state to rows.
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
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
  if (source.type === 'npm') return `npm package ${source.package}@${source.version}`;
  return source.type === 'command' ? `program ${source.command}` : `remote server ${source.url}`;
}

/** True if the entry asks for something before it can be installed; the page has the form for it. */
export function needsInputs({ configurationSchema }: CatalogEntry): boolean {
  const required = configurationSchema?.['required'];
  return Array.isArray(required) && required.length > 0;
}
