// The sessions of a server that keeps state: one for each client, begun when it is needed and ended when it is not any more.
import type { Connection } from './connection.ts';
import type { DownstreamClient, UpstreamOffer } from './upstream.ts';
import { tooManySessions } from './upstream-problems.ts';
import type { UpstreamSession } from './upstream-session.ts';

export interface ClientSessionsOptions {
  serverId: string;
  /** A connection that offers the server what this client has. Errors: those of a start, or the signal's reason. */
  connect(client: DownstreamClient, signal: AbortSignal): Promise<Connection>;
  limits?: ClientSessionLimits;
}

export interface ClientSessionLimits {
  most: number;
  /** Milliseconds without a call. */
  idle: number;
}

export interface ClientSessions {
  readonly size: number;
  /** Uses the client's session for the time of `act`. Errors: TOOL_011, those of a start, and those of `act`. */
  use<T>(client: DownstreamClient, act: (session: UpstreamSession) => Promise<T>): Promise<T>;
  find(client: DownstreamClient): UpstreamSession | undefined;
  offer(client: DownstreamClient): UpstreamOffer | undefined;
  left(client: DownstreamClient): void;
  /** Ends all. Never rejects. */
  close(): Promise<void>;
}

interface Entry {
  readonly controller: AbortController;
  readonly opening: Promise<Connection>;
  session: UpstreamSession | undefined;
  calls: number;
  usedAt: number;
  timer: NodeJS.Timeout | undefined;
}

export const clientSessionLimits: ClientSessionLimits = { most: 32, idle: 900_000 };

export function createClientSessions(options: ClientSessionsOptions): ClientSessions {
  const { serverId, connect, limits = clientSessionLimits } = options;
  const entries = new Map<DownstreamClient, Entry>();
  const endings = new Set<Promise<void>>();

  const end = (client: DownstreamClient, entry: Entry): void => {
    clearTimeout(entry.timer);
    if (entries.get(client) === entry) entries.delete(client);
    entry.controller.abort(new Error('The session of this client was ended.'));
    const ending = entry.opening.then(
      connection => connection.close(),
      () => {},
    );
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
  };

  const makeRoom = (): void => {
    if (entries.size < limits.most) return;
    const idle = [...entries].filter(([, { calls }]) => calls === 0).toSorted(([, a], [, b]) => a.usedAt - b.usedAt)[0];
    if (!idle) throw tooManySessions(serverId, limits.most);
    end(...idle);
  };

  const open = (client: DownstreamClient): Entry => {
    makeRoom();
    const controller = new AbortController();
    const opening = connect(client, controller.signal);
    const entry: Entry = { controller, opening, session: undefined, calls: 0, usedAt: 0, timer: undefined };
    entries.set(client, entry);
    opening.then(
      connection => {
        entry.session = connection.session;
        // The next call begins another one.
        void connection.ended.then(() => end(client, entry));
      },
      () => end(client, entry),
    );
    return entry;
  };

  return {
    get size() {
      return entries.size;
    },
    async use(client, act) {
      const entry = entries.get(client) ?? open(client);
      entry.calls += 1;
      clearTimeout(entry.timer);
      try {
        return await act((await entry.opening).session);
      } finally {
        entry.calls -= 1;
        entry.usedAt = Date.now();
        if (entry.calls === 0 && entries.get(client) === entry) {
          entry.timer = setTimeout(() => end(client, entry), limits.idle);
          entry.timer.unref();
        }
      }
    },
    find: client => entries.get(client)?.session,
    offer: client => entries.get(client)?.session?.offer,
    left(client) {
      const entry = entries.get(client);
      if (entry) end(client, entry);
    },
    async close() {
      for (const [client, entry] of [...entries]) end(client, entry);
      await Promise.all([...endings]);
    },
  };
}
