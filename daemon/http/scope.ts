// What a key that is for certain servers may use: acts on one of them, and what leaves the others out.
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Route } from '../../shared/api/route.ts';
import type { OperationId } from '../../shared/api/routes.ts';
import { maySee, type Principal } from './principal.ts';

/** Their handlers ask `maySee`, or say nothing of any server. Whatever is not named here is denied to such a key. */
const filtered: ReadonlySet<string> = new Set<OperationId | 'mcp'>([
  'listServers',
  'listTools',
  'listLocks',
  'listApprovals',
  'getApproval',
  'approveCall',
  'denyCall',
  'streamEvents',
  'mcp',
  'getSession',
  'deleteSession',
  'listMySessions',
  'listRoles',
  'listCatalog',
  'getCatalogEntry',
  'getCatalogFacets',
]);

export const isFiltered = (operation: string): boolean => filtered.has(operation);

/** The server that a request is about, by its path. */
export const serverOf = (route: Route, params: Record<string, string>): string | undefined =>
  route.path === '/servers/{id}' || route.path.startsWith('/servers/{id}/') ? params['id'] : undefined;

/** Whether an event goes to somebody: what is about other servers, or about more than servers, does not. */
export function mayHear(principal: Principal | null): ((event: DaemonEvent) => boolean) | undefined {
  if (!principal?.servers) return undefined;
  return event => {
    if (event.type === 'reset' || event.type === 'daemon.stopping') return true;
    if ('serverId' in event) return maySee(principal, event.serverId);
    return event.type === 'server.changed' && maySee(principal, event.server.id);
  };
}
