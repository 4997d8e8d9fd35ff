import { EventEmitter, type TreeDataProvider, window, workspace } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import { type PeopleRow, peopleRows, toPeopleNode } from './users.nodes.ts';

/** Changes that come in one burst are drawn once. */
const gatherMilliseconds = 100;

export type PeopleTree = ReturnType<typeof createPeopleTree>;

/** Only a daemon that runs is asked: the tree alone starts none. Without rows the view's welcome text is shown. */
export function createPeopleTree(link: DaemonLink, mirror: Mirror) {
  const changed = new EventEmitter<PeopleRow | undefined>();
  const provider: TreeDataProvider<PeopleRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toPeopleNode(row, Date.now()), row),
    async getChildren(row) {
      if (row || !workspace.isTrusted || link.state.kind !== 'connected') return [];
      try {
        const [users, keys] = await Promise.all([
          readAll(query => link.api.listUsers({ query })),
          readAll(query => link.api.listKeys({ query })),
        ]);
        return peopleRows(users, keys);
      } catch {
        // The link's state says why, and the Servers view shows it.
        return [];
      }
    },
  };
  const view = window.createTreeView(views.people, { treeDataProvider: provider });
  let timer: NodeJS.Timeout | undefined;
  const redraw = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed.fire(undefined);
    }, gatherMilliseconds);
  };
  const subscriptions = disposeAll([
    view,
    changed,
    link.onEvent(({ type }) => {
      if (type === 'access.changed' || type === 'reset') redraw();
    }),
    // Everything was read anew because somebody wants to see it so.
    mirror.onDidChange(what => {
      if (what.has('catalog')) redraw();
    }),
    link.onDidChangeState(redraw),
  ]);
  return {
    view,
    provider,
    dispose() {
      clearTimeout(timer);
      subscriptions.dispose();
    },
  };
}
