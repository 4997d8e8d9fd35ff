// What a key that is for certain servers may use: acts on one of them, and what leaves the others out.
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Permission, Route } from '../../shared/api/route.ts';
import type { OperationId } from '../../shared/api/routes.ts';
import { decide } from './policy.ts';
import { maySee, type Principal } from './principal.ts';

/** Their handlers ask `maySee`, or say nothing of any server. Whatever is not named here is denied to such a key. */
const filtered: ReadonlySet<string> = new Set<OperationId | 'mcp'>([
  'listServers',
  'listTools',
  'listToolClashes',
  'getTokenCosts',
  'listQuestions',
  'answerQuestion',
  'listCalls',
  'getCall',
  'exportCalls',
  'getCallStatistics',
  'getToolAdvice',
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

/** Events that show what only some may read. */
const permissionToHear: Partial<Record<DaemonEvent['type'], Permission>> = {
  'call.finished': 'calls:read',
  'approval.changed': 'approvals:read',
  'approval-rules.changed': 'approvals:read',
};

/** Whether an event goes to somebody: what one may not read does not, nor what is about other servers or about more than servers. */
export function mayHear(principal: Principal | null): ((event: DaemonEvent) => boolean) | undefined {
  if (!principal || principal.kind === 'owner') return undefined;
  const may = (permission: Permission) =>
    decide(principal, permission, { from: 'this-machine', isFiltered: true, now: Date.now() }).allowed;
  return event => {
    const permission = permissionToHear[event.type];
    if (permission && !may(permission)) return false;
    if ('by' in event && event.by !== `${principal.kind}:${principal.id}`) return false;
    if (!principal.servers || event.type === 'reset' || event.type === 'daemon.stopping') return true;
    if ('serverId' in event) return maySee(principal, event.serverId);
    return event.type === 'server.changed' && maySee(principal, event.server.id);
  };
}
