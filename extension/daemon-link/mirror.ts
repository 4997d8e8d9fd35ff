// What the daemon has, kept up to date by its events, so that trees and the status bar draw without asking.
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import type { MCPServer } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { gather } from '../platform/gather.ts';
import { createSignal, type Disposable } from '../platform/signal.ts';
import type { DaemonLink } from './daemon-link.ts';
import { readAll } from './pages.ts';

type MirrorChange = 'servers' | 'tools' | 'operations' | 'catalog';
const everything: MirrorChange[] = ['servers', 'tools', 'operations', 'catalog'];

/** Changes that come in one burst are told once. */
const gatherMilliseconds = 40;

const byTitle = (a: { title: string; id: string }, b: { title: string; id: string }) =>
  a.title.localeCompare(b.title) || a.id.localeCompare(b.id);

export class Mirror implements Disposable {
  readonly #link: DaemonLink;
  readonly #log: (message: string) => void;
  readonly #changes = createSignal<ReadonlySet<MirrorChange>>(error =>
    this.#log(`A listener failed: ${String(error)}`),
  );
  readonly #subscriptions: Disposable[];
  readonly #servers = new Map<string, MCPServer>();
  readonly #operations = new Map<string, Operation>();
  readonly #tools = new Map<string, Promise<readonly Tool[]>>();
  #catalog: Promise<readonly CatalogEntry[]> | undefined;
  #isLoaded = false;
  #loading: Promise<void> | undefined;
  /** Events that come while everything is read are newer than what is read, so they wait for it. */
  #waiting: DaemonEvent[] = [];
  #gathered = new Set<MirrorChange>();
  readonly #telling = gather(gatherMilliseconds, () => {
    const now = this.#gathered;
    this.#gathered = new Set();
    this.#changes.fire(now);
  });

  constructor(link: DaemonLink, log: (message: string) => void) {
    this.#link = link;
    this.#log = log;
    this.#subscriptions = [
      link.onEvent(event => this.#take(event)),
      link.onDidChangeState(({ kind }) => {
        if (kind === 'stopped' || kind === 'failed' || kind === 'restricted') this.#forgetAll();
      }),
    ];
  }

  readonly onDidChange = this.#changes.signal;

  /** By title. Empty until the daemon has been read once. */
  get servers(): readonly MCPServer[] {
    return [...this.#servers.values()].sort(byTitle);
  }

  /** Those that have not ended. */
  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  findServer(id: string): MCPServer | undefined {
    return this.#servers.get(id);
  }

  /** Errors: as of listServerTools. */
  tools(id: string): Promise<readonly Tool[]> {
    const known = this.#tools.get(id);
    if (known) return known;
    const list = readAll(query => this.#link.api.listServerTools({ params: { id }, query }));
    this.#tools.set(id, list);
    // A failed reading is tried again by whoever asks next.
    list.catch(() => {
      if (this.#tools.get(id) === list) this.#tools.delete(id);
    });
    return list;
  }

  /** What comes with Quayside, by title. Errors: as of listCatalog. */
  catalog(): Promise<readonly CatalogEntry[]> {
    if (this.#catalog) return this.#catalog;
    // Docker's catalogs may have thousands of entries: they are read when somebody opens them.
    const list = readAll(query => this.#link.api.listCatalog({ query: { ...query, engine: 'process' } })).then(rows =>
      rows.sort(byTitle),
    );
    this.#catalog = list;
    list.catch(() => {
      if (this.#catalog === list) this.#catalog = undefined;
    });
    return list;
  }

  /** Resolves when the servers have been read, connecting if need be. */
  ready(): Promise<void> {
    return this.#isLoaded ? Promise.resolve() : this.refresh();
  }

  /** Connects if need be and reads everything again. */
  refresh(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
      const late = this.#waiting;
      this.#waiting = [];
      for (const event of late) this.#take(event);
    });
    return this.#loading;
  }

  dispose(): void {
    this.#telling.dispose();
    for (const each of this.#subscriptions) each.dispose();
    this.#changes.dispose();
  }

  async #load(): Promise<void> {
    const { api } = this.#link;
    const [servers, operations] = await Promise.all([
      readAll(query => api.listServers({ query })),
      readAll(query => api.listOperations({ query: { ...query, state: 'running' } })),
    ]);
    this.#forgetAll();
    for (const server of servers) this.#servers.set(server.id, server);
    for (const operation of operations) this.#operations.set(operation.id, operation);
    this.#isLoaded = true;
  }

  #forgetAll(): void {
    this.#isLoaded = false;
    this.#servers.clear();
    this.#operations.clear();
    this.#tools.clear();
    this.#catalog = undefined;
    this.#tell(...everything);
  }

  #take(event: DaemonEvent): void {
    if (event.type === 'reset') {
      void this.refresh().catch(error => this.#log(`The servers could not be read: ${String(error)}`));
    } else if (this.#loading) this.#waiting.push(event);
    else this.#apply(event);
  }

  #apply(event: DaemonEvent): void {
    if (event.type === 'server.changed') this.#putServer(event.server);
    else if (event.type === 'server.removed') this.#removeServer(event.serverId);
    else if (event.type === 'catalogs.changed') {
      this.#catalog = undefined;
      this.#tell('catalog');
    } else if (event.type === 'tools.changed') {
      this.#tools.delete(event.serverId);
      this.#tell('tools');
    } else if (event.type === 'operation.changed') {
      const { operation } = event;
      if (hasEnded(operation)) this.#operations.delete(operation.id);
      else this.#operations.set(operation.id, operation);
      this.#tell('operations');
    }
  }

  #removeServer(id: string): void {
    this.#servers.delete(id);
    this.#tools.delete(id);
    this.#catalog = undefined;
    this.#tell('servers', 'catalog');
  }

  #putServer(server: MCPServer): void {
    const before = this.#servers.get(server.id);
    this.#servers.set(server.id, server);
    if (before?.toolCount !== server.toolCount) this.#tools.delete(server.id);
    // The catalog says what is installed.
    if (!before) this.#catalog = undefined;
    this.#tell('servers', ...(before ? [] : (['catalog'] as const)));
  }

  #tell(...what: MirrorChange[]): void {
    for (const each of what) this.#gathered.add(each);
    this.#telling.soon();
  }
}
