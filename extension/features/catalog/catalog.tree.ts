import { EventEmitter, type TreeDataProvider, window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import { type EntryRow, entryRows, toEntryNode } from './catalog.nodes.ts';

export function createCatalogTree(link: DaemonLink, mirror: Mirror) {
  const changed = new EventEmitter<EntryRow | undefined>();
  const provider: TreeDataProvider<EntryRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toEntryNode(row), row),
    async getChildren(row) {
      if (row || !['idle', 'connected', 'connecting'].includes(link.state.kind)) return [];
      try {
        await mirror.ready();
        return entryRows(await mirror.catalog(), mirror.operations);
      } catch {
        // The link's state says why, and the welcome text and the Servers view show it.
        return [];
      }
    },
  };
  const view = window.createTreeView(views.catalog, { treeDataProvider: provider });
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
