import { EventEmitter, type TreeDataProvider, window, workspace } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import { readSecrets } from './secrets.mirror.ts';
import { type SecretsRow, secretsRows, toSecretNode } from './secrets.nodes.ts';

/** Changes that come in one burst are drawn once. */
const gatherMilliseconds = 100;

const redrawsFor: ReadonlySet<string> = new Set([
  'secret.changed',
  'secret.removed',
  'vault.changed',
  'bitwarden.changed',
]);

export type SecretsTree = ReturnType<typeof createSecretsTree>;

/** Only a daemon that runs is asked: the tree alone starts none. Without secrets the view's welcome text is shown. */
export function createSecretsTree(link: DaemonLink, mirror: Mirror) {
  const changed = new EventEmitter<SecretsRow | undefined>();
  const provider: TreeDataProvider<SecretsRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toSecretNode(row), row),
    async getChildren(row) {
      if (row || !workspace.isTrusted || link.state.kind !== 'connected') return [];
      try {
        const { vault, secrets, usedBy, bitwarden } = await readSecrets(link);
        return secretsRows(vault, secrets, usedBy, bitwarden);
      } catch {
        // The link's state says why, and the Servers view shows it.
        return [];
      }
    },
  };
  const view = window.createTreeView(views.secrets, { treeDataProvider: provider });
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
      if (redrawsFor.has(type)) redraw();
    }),
    // A server's references may have changed with it.
    mirror.onDidChange(what => {
      if (what.has('servers')) redraw();
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
