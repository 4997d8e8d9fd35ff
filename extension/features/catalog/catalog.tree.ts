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

type CatalogPage = Awaited<ReturnType<DaemonLink['api']['listCatalog']>>;

/** One catalog is shown as its entries; several as one row each, read when it is opened. */
export function createCatalogTree(link: DaemonLink, mirror: Mirror) {
  const changed = new EventEmitter<CatalogTreeRow | undefined>();

  /** What was read, until the catalogs change: an install tells of itself many times in a second. */
  let list: Promise<Catalog[]> | undefined;
  const pages = new Map<string, Promise<CatalogPage>>();
  const forget = () => {
    list = undefined;
    pages.clear();
  };
  const readPage = ({ id }: Catalog): Promise<CatalogPage> => {
    const known = pages.get(id);
    if (known) return known;
    const page = link.api.listCatalog({ query: { catalog: id, limit: limits.pageSize.most } });
    pages.set(id, page);
    page.catch(() => pages.delete(id));
    return page;
  };

  const topLevel = async (): Promise<CatalogTreeRow[]> => {
    await mirror.ready();
    list ??= readAll(query => link.api.listCatalogs({ query }));
    const catalogs = await list.catch(error => {
      list = undefined;
      throw error;
    });
    if (catalogs.length > 1) return catalogRows(catalogs);
    return entryRows(await mirror.catalog(), mirror.operations);
  };

  const entriesOf = async (catalog: Catalog): Promise<CatalogTreeRow[]> => {
    const { items, total } = await readPage(catalog);
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
  let installs = '';
  const view = window.createTreeView(views.catalog, { treeDataProvider: provider, showCollapseAll: true });
  return disposeAll([
    view,
    changed,
    mirror.onDidChange(what => {
      const now = installsOf(mirror);
      if (what.has('catalog')) forget();
      if (what.has('catalog') || now !== installs) changed.fire(undefined);
      installs = now;
    }),
    link.onDidChangeState(state => {
      forget();
      if (state.kind !== 'connecting' || !mirror.isLoaded) changed.fire(undefined);
    }),
  ]);
}

/** What is being installed, and not how far it has come: only that is seen in this tree. */
const installsOf = ({ operations }: Mirror): string =>
  operations
    .filter(({ kind }) => kind === 'install')
    .map(({ serverId }) => serverId)
    .sort()
    .join(' ');
