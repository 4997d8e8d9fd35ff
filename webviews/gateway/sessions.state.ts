// Who is connected to /mcp, and what of a server reaches them.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { McpSession, ServerPath } from '../../shared/api/mcp.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createPermittedLoad } from '../kit/permitted-load.ts';

export interface SessionsState {
  /** The one that was used last is first. */
  readonly sessions: Load<McpSession[]>;
  readonly server: ReadonlySignal<string | undefined>;
  readonly path: Load<ServerPath>;
  readonly act: Act;
  end(session: McpSession): Promise<void>;
  choose(server: string): void;
  close(): void;
}

export function createSessionsState({ api, live }: Pick<App, 'api' | 'live'>): SessionsState {
  const server = signal<string | undefined>(undefined);
  const sessions = createPermittedLoad(live, 'access:list', async abort =>
    (await readAllPages(query => api.listMcpSessions({ query }, { signal: abort }))).toSorted((a, b) =>
      a.lastUsedAt < b.lastUsedAt ? 1 : -1,
    ),
  );
  const path = createLoad(abort => api.getServerPath({ params: { id: server.value ?? '' } }, { signal: abort }));
  const act = createAct();
  const stop = live.onEvent(({ type }) => {
    if (type !== 'reset' && type !== 'mcp.changed') return;
    void sessions.reload();
    if (server.value !== undefined) void path.reload();
  });
  return {
    sessions,
    server,
    path,
    act,
    async end({ id }) {
      await act.run(id, () => api.deleteMcpSession({ params: { id } }));
      void sessions.reload();
    },
    choose(next) {
      server.value = next;
      void path.reload();
    },
    close() {
      stop();
      sessions.close();
      path.close();
    },
  };
}
