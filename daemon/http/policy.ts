// The kernel's decision: may this principal do this? One function for REST, events and MCP alike.
import type { Permission } from '../../shared/api/route.ts';
import type { Principal } from './context.ts';

export type Decision = { allowed: true } | { allowed: false; code: 'ACCESS_001' | 'ACCESS_002'; reason: string };

/** Deny by default: only what is named here is allowed. The owner may do everything. */
export function decide(principal: Principal | null, permission: Permission | 'public'): Decision {
  if (permission === 'public') return { allowed: true };
  if (!principal)
    return { allowed: false, code: 'ACCESS_001', reason: 'No valid token or session came with the request.' };
  if (principal.kind === 'owner') return { allowed: true };
  return { allowed: false, code: 'ACCESS_002', reason: `The permission ${permission} is missing.` };
}
