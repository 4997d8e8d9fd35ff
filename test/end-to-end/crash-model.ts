// What a client was promised: each answer that arrived is kept here, and what was on its way when the daemon died may be either.
import type { ApiClient } from '../../shared/api/client.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import type { MCPServer } from '../../shared/api/servers.ts';

interface Promised {
  /** undefined: a change was on its way, so both answers are right. */
  exists: boolean | undefined;
  enabled: boolean | undefined;
}

export interface CrashModel {
  /** Sends a change; notes it as open until the answer arrives. Resolves to undefined if it never does. */
  change<T>(id: string, becomes: Partial<Promised>, act: () => Promise<T>): Promise<T | undefined>;
  /** Counts an acknowledged call; one that the daemon's death cuts off was never promised. */
  call(act: () => Promise<unknown>): Promise<void>;
  /** Audited acts that were acknowledged. */
  readonly acknowledged: number;
  /** What of the daemon's state contradicts what was acknowledged; then takes that state for the promise. */
  compareWith(servers: readonly MCPServer[]): string[];
}

export function createCrashModel(): CrashModel {
  const promises = new Map<string, Promised>();
  let acknowledged = 0;
  return {
    get acknowledged() {
      return acknowledged;
    },
    async change(id, becomes, act) {
      const before = promises.get(id) ?? { exists: false, enabled: false };
      const open = Object.fromEntries(Object.keys(becomes).map(key => [key, undefined]));
      promises.set(id, { ...before, ...open });
      try {
        const answer = await act();
        acknowledged++;
        promises.set(id, { ...before, ...becomes });
        return answer;
      } catch (error) {
        // Only the daemon's death may leave a change open.
        if (!isProblemError(error) || error.code !== 'DAEMON_002') throw error;
        return undefined;
      }
    },
    async call(act) {
      try {
        await act();
        acknowledged++;
      } catch (error) {
        if (!isProblemError(error) || error.code !== 'DAEMON_002') throw error;
      }
    },
    compareWith(servers) {
      const found = new Map(servers.map(server => [server.id, server]));
      const contradictions = [...promises].flatMap(([id, { exists, enabled }]) => {
        const server = found.get(id);
        if (exists !== undefined && exists !== (server !== undefined))
          return [`${id} ${exists ? 'is lost' : 'is back'}`];
        if (server && enabled !== undefined && server.enabled !== enabled)
          return [`${id}: enabled is ${server.enabled}`];
        return [];
      });
      contradictions.push(...[...found.keys()].filter(id => !promises.has(id)).map(id => `${id} was never asked for`));
      for (const id of promises.keys()) {
        const server = found.get(id);
        promises.set(id, { exists: server !== undefined, enabled: server?.enabled ?? false });
      }
      return contradictions;
    },
  };
}

/** All servers, over as many pages as there are. */
export async function listAllServers(api: ApiClient): Promise<MCPServer[]> {
  const servers: MCPServer[] = [];
  for (let page = 1; ; page++) {
    const { items, total } = await api.listServers({ query: { page, limit: 100 } });
    servers.push(...items);
    if (servers.length >= total || items.length === 0) return servers;
  }
}
