import { EventEmitter, type TreeDataProvider, window } from 'vscode';
import type { Catalog } from '../../../shared/api/catalogs.ts';
import { limits } from '../../../shared/domain/limits.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import { type CatalogTreeRow, catalogRows, entryRows, moreRow, toCatalogNode } from './catalog.nodes.ts';

/** One catalog is shown as its entries; several as one row each, read when it is opened. */
export function createCatalogTree(link: DaemonLink, mirror: Mirror) {
  const changed = new EventEmitter<CatalogTreeRow | undefined>();

  const topLevel = async (): Promise<CatalogTreeRow[]> => {
    await mirror.ready();
    const catalogs = await readAll(query => link.api.listCatalogs({ query }));
    if (catalogs.length > 1) return catalogRows(catalogs);
    return entryRows(await mirror.catalog(), mirror.operations);
  };

  const entriesOf = async (catalog: Catalog): Promise<CatalogTreeRow[]> => {
    const query = { catalog: catalog.id, limit: limits.pageSize.most };
    const { items, total } = await link.api.listCatalog({ query });
    return [...entryRows(items, mirror.operations), ...moreRow(catalog, items.length, total)];
  };

  const provider: TreeDataProvider<CatalogTreeRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toCatalogNode(row), row),
    async getChildren(row) {
      if (!['idle', 'connected', 'connecting'].includes(link.state.kind)) return [];
      try {
        if (!row) return await topLevel();
        return row.kind === 'catalog' ? await entriesOf(row.catalog) : [];
      } catch {
        // The link's state says why, and the welcome text and the Servers view show it.
        return [];
      }
    },
  };
  const view = window.createTreeView(views.catalog, { treeDataProvider: provider, showCollapseAll: true });
  return disposeAll([
    view,
    changed,
    mirror.onDidChange(what => {
      if (what.has('catalog') || what.has('operations')) changed.fire(undefined);
    }),
    link.onDidChangeState(state => {
      if (state.kind !== 'connecting' || !mirror.isLoaded) changed.fire(undefined);
    }),
  ]);
}
