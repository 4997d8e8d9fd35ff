import { EventEmitter, type TreeDataProvider, TreeItemCheckboxState, type TreeView, window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import { failedRows, type Row, type ServerRow, toNode, toolRows, topRows } from './servers.nodes.ts';

export interface ServersTreeOptions {
  link: DaemonLink;
  mirror: Mirror;
  report: ReportProblem;
}

export interface ServersTree {
  view: TreeView<Row>;
  provider: TreeDataProvider<Row>;
  dispose(): void;
}

/** The tree connects when it is first seen. While there is nothing to show, the view's welcome text is. */
export function createServersTree({ link, mirror, report }: ServersTreeOptions): ServersTree {
  const changed = new EventEmitter<Row | undefined>();
  const provider: TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toNode(row), row),
    async getChildren(row) {
      if (!row) return await topLevel();
      return row.kind === 'server' ? await children(row) : [];
    },
    getParent: row => (row.kind === 'tool' ? { kind: 'server', server: row.server } : undefined),
  };

  const topLevel = async (): Promise<Row[]> => {
    const { kind } = link.state;
    if (kind === 'failed') return failedRows;
    if (kind === 'stopped' || kind === 'restricted') return [];
    try {
      await mirror.ready();
      return topRows(mirror.servers, mirror.operations);
    } catch {
      // The link's state says why: the view is drawn again with its message, or with its welcome text.
      return [];
    }
  };

  const children = async ({ server }: ServerRow): Promise<Row[]> => {
    try {
      return toolRows(server, await mirror.tools(server.id));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return [{ kind: 'note', serverId: server.id, text, icon: 'warning' }];
    }
  };

  const view = window.createTreeView(views.servers, {
    treeDataProvider: provider,
    showCollapseAll: true,
    manageCheckboxStateManually: true,
  });

  const subscriptions = [
    view,
    changed,
    mirror.onDidChange(what => {
      if (what.has('servers') || what.has('operations') || what.has('tools')) changed.fire(undefined);
    }),
    link.onDidChangeState(state => {
      view.message = state.kind === 'failed' ? `${state.problem.detail} ${state.problem.next ?? ''}` : '';
      if (state.kind !== 'connecting' || !mirror.isLoaded) changed.fire(undefined);
    }),
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [row, state] of items) void setEnabled(row, state === TreeItemCheckboxState.Checked);
    }),
  ];

  const setEnabled = async (row: Row, enabled: boolean): Promise<void> => {
    if (row.kind !== 'tool') return;
    try {
      await link.api.updateTool({ params: { id: row.server.id, tool: row.tool.name }, body: { enabled } });
    } catch (error) {
      changed.fire(undefined);
      await report(error);
    }
  };

  return { view, provider, dispose: () => disposeAll(subscriptions).dispose() };
}
