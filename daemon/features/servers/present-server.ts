// A server as the API shows it: what is stored, joined with what runs now.
import { type Problem, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import { toTimestamp } from '../../platform/clock.ts';
import type { ServerHealth, Supervisor } from '../../supervision/supervisor.ts';
import type { StoredServer } from './server-rows.ts';
import type { ServerFilter, ServerRepository } from './servers.repository.ts';

/** What only the engine and the catalogs know of it. */
export interface ServerSurroundings {
  update: MCPServer['update'];
  /** Why no server of its engine can run now; null: they can. */
  engineProblem: Problem | null;
}

/** What it is now goes before what is stored of its last run. */
export const toMCPServer = (
  server: StoredServer,
  health: ServerHealth,
  { update, engineProblem }: ServerSurroundings,
): MCPServer => ({
  id: server.id,
  title: server.title,
  description: server.description,
  engine: server.engine,
  source: server.source,
  catalogEntry: server.catalogEntry,
  profile: server.profile,
  nameInProfile: server.nameInProfile,
  update,
  canRollBack: server.previous !== null,
  enabled: server.enabled,
  state: health.state,
  problem: health.problem ?? (health.state === 'stopped' ? engineProblem : null),
  nextTryAt: health.nextTryAt === null ? null : toTimestamp(health.nextTryAt),
  startedAt: health.startedAt === null ? null : toTimestamp(health.startedAt),
  restarts: health.restarts,
  pid: health.pid,
  serverVersion: health.serverVersion ?? server.serverVersion,
  protocolVersion: health.protocolVersion ?? server.protocolVersion,
  toolCount: server.toolCount,
  // A container has the rights that Docker gives it; what Docker reaches by an address runs elsewhere.
  isolated: server.engine === 'docker',
  createdAt: server.createdAt,
  updatedAt: server.updatedAt,
});

/** The state is not in the database, so this order is made in memory. */
export function listByState(
  repository: ServerRepository,
  supervisor: Pick<Supervisor, 'health'>,
  filter: ServerFilter,
  present: (server: StoredServer) => MCPServer,
): Page<MCPServer> {
  const all = repository.list({ ...filter, sort_by: 'id', sort_order: 'asc', page: 1, limit: 1_000_000 });
  const sign = filter.sort_order === 'desc' ? -1 : 1;
  const sorted = all.items.toSorted(
    (a, b) => sign * supervisor.health(a.id).state.localeCompare(supervisor.health(b.id).state),
  );
  const start = (filter.page - 1) * filter.limit;
  return {
    items: sorted.slice(start, start + filter.limit).map(present),
    total: all.total,
    page: filter.page,
    limit: filter.limit,
  };
}

export const serverNotFound = (id: string): ProblemError =>
  problem('SERVER_001', { detail: `No server is called "${id}".`, next: 'The list of servers shows the names.' });

export const nameTaken = (id: string): ProblemError =>
  problem('SERVER_002', {
    detail: `A server is called "${id}" already.`,
    next: 'Choose another name, or remove that server first.',
  });

export const beingRemoved = (id: string): ProblemError =>
  problem('SERVER_009', { detail: `"${id}" is being removed.`, next: 'Wait until it is gone.' });
