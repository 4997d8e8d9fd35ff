import { EventEmitter, type TreeDataProvider, type TreeView, window, workspace } from 'vscode';
import { disposeAll } from './commands.ts';
import { gather } from './gather.ts';
import { toTreeItem } from './tree-item.ts';
import type { TreeNode } from './tree-node.ts';

const gatherMilliseconds = 100;

interface FlatTreeOptions<Row> {
  /** The view's id. */
  view: string;
  /** The tree alone starts no daemon: nothing is read while this says no. */
  isReadable(): boolean;
  read(): Promise<Row[]>;
  toNode(row: Row): TreeNode;
  /** What makes the rows stale, each told to `redraw`; the tree disposes them. */
  subscribe(redraw: () => void): { dispose(): unknown }[];
}

export interface FlatTree<Row> {
  view: TreeView<Row>;
  provider: TreeDataProvider<Row>;
  dispose(): void;
}

/** A view whose rows have no children and are read whole. Without rows the view's welcome text is shown. */
export function createFlatTree<Row>({ view: id, isReadable, read, toNode, subscribe }: FlatTreeOptions<Row>) {
  const changed = new EventEmitter<Row | undefined>();
  const provider: TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toNode(row), row),
    async getChildren(row) {
      if (row || !workspace.isTrusted || !isReadable()) return [];
      try {
        return await read();
      } catch {
        // The link's state says why, and the Servers view shows it.
        return [];
      }
    },
  };
  const view = window.createTreeView(id, { treeDataProvider: provider });
  const redraw = gather(gatherMilliseconds, () => changed.fire(undefined));
  const owned = disposeAll([redraw, view, changed, ...subscribe(redraw.soon)]);
  return { view, provider, dispose: () => void owned.dispose() } satisfies FlatTree<Row>;
}
