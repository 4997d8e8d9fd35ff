import { apiVersion, type DaemonStatus, type EngineStatus } from '../../../shared/api/daemon.ts';
import type { Problem } from '../../../shared/api/problem.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { Handlers } from '../../http/context.ts';

export interface StatusSources {
  version: string;
  startedAt: string;
  home: string;
  socket: string;
  persistent: boolean;
  url: () => string | null;
  clients: () => number;
  engines: () => Promise<EngineStatus[]>;
  servers: () => Pick<MCPServer, 'state'>[];
  warnings: () => Problem[];
  isStopping: () => boolean;
  /** Begins the end; resolves at once. */
  stop: (reason: string) => void;
}

export const statusHandlers = (sources: StatusSources): Pick<Handlers, 'getHealth' | 'getStatus' | 'stopDaemon'> => ({
  getHealth: () => ({
    name: 'quayside',
    status: sources.isStopping() ? 'stopping' : 'ok',
    version: sources.version,
    apiVersion,
  }),
  getStatus: () => toStatus(sources),
  stopDaemon: ({ body }) => {
    sources.stop(body.reason);
    return {};
  },
});

/** The status as the API answers it; a support bundle has it as well. */
export async function toStatus(sources: StatusSources): Promise<DaemonStatus> {
  const servers = sources.servers();
  const url = sources.url();
  const inState = (...states: MCPServer['state'][]) => servers.filter(({ state }) => states.includes(state)).length;
  return {
    version: sources.version,
    apiVersion,
    pid: process.pid,
    startedAt: sources.startedAt,
    runtime: process.versions.electron
      ? `node ${process.version} in Electron ${process.versions.electron}`
      : `node ${process.version}`,
    url,
    mcpUrl: url && `${url}/mcp`,
    socket: sources.socket,
    stateFolder: sources.home,
    persistent: sources.persistent,
    memoryBytes: process.memoryUsage.rss(),
    clients: sources.clients(),
    engines: await sources.engines(),
    servers: { total: servers.length, running: inState('running'), failed: inState('failed', 'crash-looping') },
    warnings: sources.warnings(),
  };
}
