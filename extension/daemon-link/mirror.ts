// What the daemon has, kept up to date by its events, so that trees and the status bar draw without asking.
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import type { MCPServer } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { createSignal, type Disposable, type Signal } from '../platform/signal.ts';
import type { DaemonLink } from './daemon-link.ts';
import { readAll } from './pages.ts';

type MirrorChange = 'servers' | 'tools' | 'operations' | 'catalog';

export interface Mirror extends Disposable {
  /** By title. Empty until the daemon has been read once. */
  readonly servers: readonly MCPServer[];
  /** Those that have not ended. */
  readonly operations: readonly Operation[];
  readonly isLoaded: boolean;
  readonly onDidChange: Signal<ReadonlySet<MirrorChange>>;
  findServer(id: string): MCPServer | undefined;
  /** Errors: as of listServerTools. */
  tools(serverId: string): Promise<readonly Tool[]>;
  /** Errors: as of listCatalog. */
  catalog(): Promise<readonly CatalogEntry[]>;
  /** Connects if need be and reads everything again. */
  refresh(): Promise<void>;
  /** Resolves when servers have been read, connecting if need be. */
  ready(): Promise<void>;
}

const byTitle = (a: { title: string; id: string }, b: { title: string; id: string }) =>
  a.title.localeCompare(b.title) || a.id.localeCompare(b.id);

/** Changes that come in one burst are told once. */
const gatherMilliseconds = 40;

export function createMirror(link: DaemonLink, log: (message: string) => void): Mirror {
  const changes = createSignal<ReadonlySet<MirrorChange>>(error => log(`A listener failed: ${String(error)}`));
  const servers = new Map<string, MCPServer>();
  const operations = new Map<string, Operation>();
  const toolLists = new Map<string, Promise<readonly Tool[]>>();
  let catalogList: Promise<readonly CatalogEntry[]> | undefined;
  let loading: Promise<void> | undefined;
  let isLoaded = false;
  /** Events that come while everything is read are newer than what is read, so they wait for it. */
  let waiting: DaemonEvent[] = [];
  let gathered = new Set<MirrorChange>();
  let timer: NodeJS.Timeout | undefined;

  const tell = (...what: MirrorChange[]) => {
    for (const each of what) gathered.add(each);
    timer ??= setTimeout(() => {
      timer = undefined;
      const now = gathered;
      gathered = new Set();
      changes.fire(now);
    }, gatherMilliseconds);
  };

  const forgetCatalog = () => {
    catalogList = undefined;
    tell('catalog');
  };

  const putServer = (server: MCPServer) => {
    const before = servers.get(server.id);
    servers.set(server.id, server);
    if (!before) forgetCatalog();
    if (before?.toolCount !== server.toolCount) toolLists.delete(server.id);
    tell('servers');
  };

  const apply: { [K in DaemonEvent['type']]?: (event: Extract<DaemonEvent, { type: K }>) => void } = {
    reset: () => void load().catch(error => log(`The servers could not be read: ${String(error)}`)),
    'server.changed': ({ server }) => putServer(server),
    'server.removed': ({ serverId }) => {
      servers.delete(serverId);
      toolLists.delete(serverId);
      forgetCatalog();
      tell('servers');
    },
    'tools.changed': ({ serverId }) => {
      toolLists.delete(serverId);
      tell('tools');
    },
    'operation.changed': ({ operation }) => {
      if (hasEnded(operation)) operations.delete(operation.id);
      else operations.set(operation.id, operation);
      tell('operations');
    },
  };

  const take = (event: DaemonEvent) => {
    if (loading && event.type !== 'reset') waiting.push(event);
    else (apply[event.type] as ((event: DaemonEvent) => void) | undefined)?.(event);
  };

  const load = (): Promise<void> => {
    loading ??= (async () => {
      try {
        const [allServers, running] = await Promise.all([
          readAll(query => link.api.listServers({ query })),
          readAll(query => link.api.listOperations({ query: { ...query, state: 'running' } })),
        ]);
        servers.clear();
        operations.clear();
        toolLists.clear();
        for (const server of allServers) servers.set(server.id, server);
        for (const operation of running) operations.set(operation.id, operation);
        catalogList = undefined;
        isLoaded = true;
        tell('servers', 'operations', 'tools', 'catalog');
      } finally {
        loading = undefined;
        const late = waiting;
        waiting = [];
        late.forEach(take);
      }
    })();
    return loading;
  };

  const forgetAll = () => {
    isLoaded = false;
    servers.clear();
    operations.clear();
    toolLists.clear();
    catalogList = undefined;
    tell('servers', 'operations', 'tools', 'catalog');
  };

  const subscriptions = [
    link.onEvent(take),
    link.onDidChangeState(state => {
      if (state.kind === 'stopped' || state.kind === 'failed' || state.kind === 'restricted') forgetAll();
    }),
  ];

  return {
    get servers() {
      return [...servers.values()].sort(byTitle);
    },
    get operations() {
      return [...operations.values()];
    },
    get isLoaded() {
      return isLoaded;
    },
    onDidChange: changes.signal,
    findServer: id => servers.get(id),
    tools: id => remember(toolLists, id, () => readAll(query => link.api.listServerTools({ params: { id }, query }))),
    catalog() {
      const list = catalogList ?? readAll(query => link.api.listCatalog({ query })).then(rows => rows.sort(byTitle));
      catalogList = list;
      list.catch(() => {
        if (catalogList === list) catalogList = undefined;
      });
      return list;
    },
    refresh: load,
    ready: () => (isLoaded ? Promise.resolve() : load()),
    dispose() {
      clearTimeout(timer);
      for (const each of subscriptions) each.dispose();
      changes.dispose();
    },
  };
}

/** One reading for everybody who asks meanwhile; a failed one is tried again. */
function remember<T>(lists: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = lists.get(key);
  if (known) return known;
  const list = read();
  lists.set(key, list);
  list.catch(() => {
    if (lists.get(key) === list) lists.delete(key);
  });
  return list;
}
