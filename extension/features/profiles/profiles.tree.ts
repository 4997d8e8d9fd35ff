import { EventEmitter, type TreeDataProvider, TreeItemCheckboxState, window, workspace } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { DockerMirror } from '../../daemon-link/docker-mirror.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { whyNoTools } from '../../platform/server-node.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import {
  containerRows,
  type DockerRow,
  dockerRows,
  dockerServerRows,
  type GroupRow,
  note,
  profileRows,
  promptRows,
  resourceRows,
  toDockerNode,
} from './profiles.nodes.ts';

export interface ProfilesTreeOptions {
  link: DaemonLink;
  mirror: Mirror;
  docker: DockerMirror;
  report: ReportProblem;
}

export type ProfilesTree = ReturnType<typeof createProfilesTree>;

/** Only a daemon that runs is asked. Without Docker one row says so, and nothing is started to find out. */
export function createProfilesTree({ link, mirror, docker, report }: ProfilesTreeOptions) {
  const changed = new EventEmitter<DockerRow | undefined>();

  const topLevel = async (): Promise<DockerRow[]> => {
    view.description = '';
    if (link.state.kind !== 'connected') return [];
    try {
      await Promise.all([docker.ready(), mirror.ready()]);
    } catch {
      // The link's state says why, and the Servers view shows it.
      return [];
    }
    const { status } = docker;
    // Without docker mcp the view's welcome text says so, with what can be done.
    if (!status || (!status.plugin.installed && docker.profiles.length === 0)) return [];
    view.description = describeDocker(status);
    return dockerRows(status, docker.profiles, docker.gateway);
  };

  const children = async (row: DockerRow): Promise<DockerRow[]> => {
    if (row.kind === 'profile') return profileRows(row.profile, docker.gateway(row.profile.id), mirror.servers);
    if (row.kind === 'group') return await groupRows(row, link);
    if (row.kind !== 'server') return [];
    return dockerServerRows(row.server, await mirror.tools(row.server.id), whyNoTools(row.server));
  };

  const provider: TreeDataProvider<DockerRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toDockerNode(row), row),
    async getChildren(row) {
      if (!row) return await topLevel();
      try {
        return await children(row);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return [note(`${toDockerNode(row).id}/failed`, text, 'warning')];
      }
    },
  };

  const view = window.createTreeView(views.docker, {
    treeDataProvider: provider,
    showCollapseAll: true,
    manageCheckboxStateManually: true,
  });

  const setEnabled = async (row: DockerRow, enabled: boolean): Promise<void> => {
    if (row.kind !== 'tool') return;
    try {
      await link.api.updateTool({ params: { id: row.server.id, tool: row.tool.name }, body: { enabled } });
    } catch (error) {
      changed.fire(undefined);
      await report(error);
    }
  };

  const redraw = () => changed.fire(undefined);
  const subscriptions = disposeAll([
    view,
    changed,
    docker.onDidChange(redraw),
    docker.onDidChangeContainers(redraw),
    mirror.onDidChange(what => {
      if (what.has('servers') || what.has('tools')) redraw();
    }),
    link.onDidChangeState(redraw),
    workspace.onDidGrantWorkspaceTrust(redraw),
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [row, state] of items) void setEnabled(row, state === TreeItemCheckboxState.Checked);
    }),
  ]);
  return { view, provider, dispose: () => subscriptions.dispose() };
}

async function groupRows({ server, group }: GroupRow, { api }: Pick<DaemonLink, 'api'>): Promise<DockerRow[]> {
  const params = { id: server.id };
  if (group === 'prompts') {
    return promptRows(server, await readAll(query => api.listPrompts({ params, query })));
  }
  if (group === 'resources') {
    return resourceRows(server, await readAll(query => api.listResources({ params, query })));
  }
  const query = { server_id: server.id };
  return containerRows(server, await readAll(page => api.listContainers({ query: { ...page, ...query } })));
}

/** Beside the view's name: "docker mcp v0.43.3, engine 28.2.2". */
function describeDocker({ plugin, engine }: NonNullable<DockerMirror['status']>): string {
  if (!plugin.installed) return '';
  const version = plugin.version ?? '';
  return `docker mcp ${version}${engine.version ? `, engine ${engine.version}` : ''}`.trim();
}
