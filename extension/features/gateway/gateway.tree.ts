import { EventEmitter, type TreeDataProvider, window, workspace } from 'vscode';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { disposeAll } from '../../platform/commands.ts';
import { views } from '../../platform/contributions.ts';
import { gather } from '../../platform/gather.ts';
import { toTreeItem } from '../../platform/tree-item.ts';
import {
  costRows,
  type GatewayFacts,
  type GatewayRow,
  gatewayRows,
  toGatewayNode,
  waitingIn,
} from './gateway.nodes.ts';

const gatherMilliseconds = 200;

const telling = new Set([
  'reset',
  'approval.changed',
  'lock.changed',
  'mcp.changed',
  'tools.changed',
  'clashes.changed',
  'server.removed',
] as const);

export type GatewayTree = ReturnType<typeof createGatewayTree>;

/** Only a daemon that runs is asked: the tree alone starts none. */
export function createGatewayTree(link: DaemonLink) {
  const changed = new EventEmitter<GatewayRow | undefined>();
  const isReadable = () => workspace.isTrusted && link.state.kind === 'connected';
  // Each by itself: somebody may see one of them and not another.
  const readApprovals = () =>
    readAll(query => link.api.listApprovals({ query: { ...query, state: 'waiting' } })).catch(() => []);
  const readLocks = () => readAll(query => link.api.listLocks({ query })).catch(() => []);
  const readFacts = async (): Promise<GatewayFacts> => {
    const [approvals, locks, clashes, costs, sessions] = await Promise.all([
      readApprovals(),
      readLocks(),
      link.api.listToolClashes({ query: { state: 'open' } }).catch(() => ({ items: [] })),
      link.api.getTokenCosts().catch(() => undefined),
      readAll(query => link.api.listMcpSessions({ query })).catch(() => []),
    ]);
    return { approvals, locks, clashes: clashes.items, costs, sessions };
  };
  const provider: TreeDataProvider<GatewayRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: row => toTreeItem(toGatewayNode(row), row),
    async getChildren(row) {
      if (!isReadable()) return [];
      if (!row) {
        const facts = await readFacts();
        setBadge(waitingIn(facts));
        return gatewayRows(facts);
      }
      if (row.kind === 'costs') return costRows(row.costs);
      if (row.kind === 'clashes') return row.clashes.map((clash): GatewayRow => ({ kind: 'clash', clash }));
      if (row.kind !== 'lock') return [];
      const { serverId } = row.lock;
      const { items } = await link.api.getLock({ params: { id: serverId } });
      return items
        .filter(({ state }) => state !== 'approved')
        .map((change): GatewayRow => ({ kind: 'change', serverId, change }));
    },
  };
  const view = window.createTreeView(views.gateway, { treeDataProvider: provider });
  const setBadge = (waiting: number) => {
    view.badge =
      waiting > 0
        ? { value: waiting, tooltip: waiting === 1 ? '1 waits for you' : `${waiting} wait for you` }
        : undefined;
  };
  /** The editor asks for no rows of a view that is not seen; its number is seen all the same. */
  const countUnseen = async () => {
    if (!isReadable()) return setBadge(0);
    const [approvals, locks] = await Promise.all([readApprovals(), readLocks()]);
    setBadge(waitingIn({ approvals, locks }));
  };
  /** A server that starts or stops changes what the tools at /mcp cost; of its other changes nothing is shown here. */
  const states = new Map<string, string>();
  const isOtherState = (event: DaemonEvent): boolean => {
    if (event.type !== 'server.changed' || states.get(event.server.id) === event.server.state) return false;
    states.set(event.server.id, event.server.state);
    return true;
  };
  const redraw = gather(gatherMilliseconds, () => {
    changed.fire(undefined);
    if (!view.visible || !isReadable()) void countUnseen();
  });
  const owned = disposeAll([
    redraw,
    view,
    changed,
    link.onEvent(event => {
      if ((telling as ReadonlySet<string>).has(event.type) || isOtherState(event)) redraw.soon();
    }),
    link.onDidChangeState(redraw.soon),
  ]);
  return { view, provider, dispose: () => void owned.dispose() };
}
