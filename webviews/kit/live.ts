// What every view shows of the daemon, kept up to date by its event stream.
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { Session } from '../../shared/api/access.ts';
import type { ApiClient } from '../../shared/api/client.ts';
import type { DaemonStatus } from '../../shared/api/daemon.ts';
import type { DockerStatus } from '../../shared/api/docker.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Gateway } from '../../shared/api/gateways.ts';
import type { Operation } from '../../shared/api/operations.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import type { Profile } from '../../shared/api/profiles.ts';
import type { MCPServer } from '../../shared/api/servers.ts';
import { createLoad, type Load } from './load.ts';
import { readAllPages } from './pages.ts';

export type Connection = 'connecting' | 'live' | 'lost';

export interface Live {
  readonly connection: ReadonlySignal<Connection>;
  /** Why the daemon said it will end; undefined while it stays. */
  readonly stopping: ReadonlySignal<string | undefined>;
  /** True once the daemon has refused us as nobody it knows. */
  readonly signedOut: ReadonlySignal<boolean>;
  /** Who looks at this, and what they may do. */
  readonly session: Load<Session>;
  /** Sorted by id. */
  readonly servers: Load<MCPServer[]>;
  /** The newest first; running ones and the last that ended. */
  readonly operations: Load<Operation[]>;
  readonly status: Load<DaemonStatus>;
  readonly docker: Load<DockerStatus>;
  /** Docker's, sorted by id. */
  readonly profiles: Load<Profile[]>;
  /** One for each profile, sorted by it. */
  readonly gateways: Load<Gateway[]>;
  /** Calls back for each event, after the state above has taken it in; returns the way to stop. */
  onEvent(listener: (event: DaemonEvent) => void): () => void;
  start(): void;
  /** Told when any request was refused as of nobody that the daemon knows. */
  loseAccess(): void;
  /** Forgets everything and stops following. */
  stop(): void;
}

const keptOperations = 20;

export function createLive(api: ApiClient): Live {
  const connection = signal<Connection>('connecting');
  const stopping = signal<string | undefined>(undefined);
  const signedOut = signal(false);
  const session = createLoad(abort => api.getSession({}, { signal: abort }));
  const servers = createLoad(async abort =>
    byId(await readAllPages(query => api.listServers({ query }, { signal: abort }))),
  );
  const operations = createLoad(async abort => {
    const { items } = await api.listOperations({ query: { limit: keptOperations } }, { signal: abort });
    return items;
  });
  const status = createLoad(abort => api.getStatus({}, { signal: abort }));
  const docker = createLoad(abort => api.getDocker({}, { signal: abort }));
  const profiles = createLoad(async abort =>
    byId(await readAllPages(query => api.listProfiles({ query }, { signal: abort }))),
  );
  const gateways = createLoad(async abort =>
    byProfile(await readAllPages(query => api.listGateways({ query }, { signal: abort }))),
  );
  const listeners = new Set<(event: DaemonEvent) => void>();
  let following: AbortController | undefined;

  const readAll = () =>
    void Promise.all([session, servers, operations, status, docker, profiles, gateways].map(load => load.reload()));

  const take = (event: DaemonEvent): void => {
    if (event.type === 'reset') {
      // A stream has begun anew. In a panel the host follows for all, so this is how a new daemon shows.
      stopping.value = undefined;
      readAll();
    } else if (event.type === 'server.changed') amend(servers, rows => byId(replace(rows, event.server)));
    else if (event.type === 'server.removed')
      amend(servers, rows => rows.filter(server => server.id !== event.serverId));
    else if (event.type === 'operation.changed')
      amend(operations, rows => replace(rows, event.operation).slice(0, keptOperations));
    else if (event.type === 'docker.changed') docker.set(event.docker);
    else if (event.type === 'profile.changed') amend(profiles, rows => byId(replace(rows, event.profile)));
    else if (event.type === 'profile.removed') {
      amend(profiles, rows => rows.filter(({ id }) => id !== event.profileId));
      amend(gateways, rows => rows.filter(({ profile }) => profile !== event.profileId));
    } else if (event.type === 'gateway.changed')
      amend(gateways, rows =>
        byProfile([...rows.filter(({ profile }) => profile !== event.gateway.profile), event.gateway]),
      );
    // One's own roles may be among what has changed.
    else if (event.type === 'access.changed') void session.reload();
    else if (event.type === 'daemon.stopping') stopping.value = event.reason;
  };

  const follow = async (abort: AbortSignal): Promise<void> => {
    try {
      await api.followEvents({
        signal: abort,
        onConnection: connected => {
          connection.value = connected ? 'live' : 'lost';
          if (connected) stopping.value = undefined;
        },
        onEvent: event =>
          batch(() => {
            take(event);
            for (const listener of listeners) listener(event);
          }),
      });
    } catch (error) {
      if (isProblemError(error) && error.problem.status === 401) signedOut.value = true;
      else connection.value = 'lost';
    }
  };

  return {
    connection,
    stopping,
    signedOut,
    session,
    servers,
    operations,
    status,
    docker,
    profiles,
    gateways,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      if (following) return;
      following = new AbortController();
      signedOut.value = false;
      connection.value = 'connecting';
      readAll();
      void follow(following.signal);
    },
    loseAccess() {
      signedOut.value = true;
    },
    stop() {
      following?.abort(new Error('stopped'));
      following = undefined;
    },
  };
}

/** Changes what was read. A read that runs now may be older than the change, so it is done again. */
function amend<T>(load: Load<T[]>, change: (rows: T[]) => T[]): void {
  if (load.value.value) load.set(change(load.value.value));
  if (load.loading.value || !load.value.value) void load.reload();
}

const byId = <T extends { id: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
const byProfile = (rows: readonly Gateway[]): Gateway[] => [...rows].sort((a, b) => (a.profile < b.profile ? -1 : 1));

/** The list with the row of the same id replaced, or the row put first. */
function replace<T extends { id: string }>(rows: T[], row: T): T[] {
  return rows.some(({ id }) => id === row.id) ? rows.map(old => (old.id === row.id ? row : old)) : [row, ...rows];
}
