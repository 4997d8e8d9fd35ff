// The kernel's decision: may this principal do this? One list of rules for REST, events and MCP alike, looked at in order.
import type { Permission } from '../../shared/api/route.ts';
import {
  freshFactorMinutes,
  needsFreshFactor,
  onlyFromThisMachine,
  permissionsOfAgents,
  permissionsOfRole,
} from '../../shared/domain/roles.ts';
import type { Principal } from './principal.ts';

/** What a decision depends on besides who and what. */
export interface AccessContext {
  /** The server that the act is about. */
  server?: string | undefined;
  /** The act shows of servers only those that the caller may see. */
  isFiltered?: boolean | undefined;
  from: 'this-machine' | 'elsewhere';
  /** Epoch milliseconds. */
  now: number;
}

export type DenialCode = 'ACCESS_001' | 'ACCESS_002' | 'ACCESS_007';
export type Decision = { allowed: true } | { allowed: false; code: DenialCode; reason: string };

interface Question extends AccessContext {
  principal: Principal | null;
  permission: Permission | 'public';
}
/** A verdict ends the look; a remark alone goes on to the next rule. */
type Finding = { says: string; verdict?: 'allowed' | DenialCode };
type Rule = (question: Question) => Finding | undefined;

const includes = (list: readonly string[], one: string): boolean => list.includes(one);

const forEverybody: Rule = ({ permission }) =>
  permission === 'public' ? { says: 'This is open to everybody.', verdict: 'allowed' } : undefined;

const somebody: Rule = ({ principal }) =>
  principal ? undefined : { says: 'No valid token or session came with the request.', verdict: 'ACCESS_001' };

const owner: Rule = ({ principal }) =>
  principal?.kind === 'owner' ? { says: 'The owner may do everything.', verdict: 'allowed' } : undefined;

const enabled: Rule = ({ principal }) =>
  principal?.disabled ? { says: `${principal.name} is disabled, or has expired.`, verdict: 'ACCESS_001' } : undefined;

const agent: Rule = ({ principal, permission }) => {
  if (principal?.kind !== 'agent') return undefined;
  return includes(permissionsOfAgents, permission)
    ? { says: `Agents have the permission ${permission}.` }
    : { says: `Agents list and call tools only; the permission ${permission} is missing.`, verdict: 'ACCESS_002' };
};

const role: Rule = ({ principal, permission }) => {
  if (principal?.kind === 'agent') return undefined;
  const isKnown = principal?.kind === 'user' || principal?.kind === 'key';
  const giving = isKnown ? principal.roles.filter(each => includes(permissionsOfRole[each], permission)) : [];
  return giving.length > 0
    ? { says: `The role ${giving.join(' and ')} has the permission ${permission}.` }
    : { says: `The permission ${permission} is missing.`, verdict: 'ACCESS_002' };
};

const scope: Rule = ({ principal, server, isFiltered }) => {
  if (!principal?.servers) {
    // Profiles, containers and logs are read with the permission of servers too, and are nothing for agents.
    const isTooMuch = principal?.kind === 'agent' && server === undefined && !isFiltered;
    return isTooMuch ? { says: 'Agents are shown servers and tools only.', verdict: 'ACCESS_002' } : undefined;
  }
  if (server === undefined) {
    return isFiltered
      ? { says: 'Of the servers, only those of this key are shown.' }
      : { says: 'This key is for certain servers, and this is about more than them.', verdict: 'ACCESS_002' };
  }
  return principal.servers.includes(server)
    ? { says: `This key may use the server ${server}.` }
    : { says: 'This key is for other servers.', verdict: 'ACCESS_002' };
};

const network: Rule = ({ permission, from }) => {
  if (!includes(onlyFromThisMachine, permission)) return undefined;
  return from === 'this-machine'
    ? { says: 'The request comes from this machine, as it must.' }
    : { says: `Only the owner has the permission ${permission} from another machine.`, verdict: 'ACCESS_002' };
};

const freshFactor: Rule = ({ principal, permission, now }) => {
  if (!principal?.secondFactor.enrolled || !includes(needsFreshFactor, permission)) return undefined;
  const at = principal.secondFactor.at;
  return at !== null && now - Date.parse(at) < freshFactorMinutes * 60_000
    ? { says: 'The second factor was given a short while ago.' }
    : { says: `The second factor was not given in the last ${freshFactorMinutes} minutes.`, verdict: 'ACCESS_007' };
};

const rules: readonly Rule[] = [forEverybody, somebody, owner, enabled, agent, role, scope, network, freshFactor];

/** Deny by default: the rule of roles denies whatever no role names. Who passes all rules may act. */
export function decide(
  principal: Principal | null,
  permission: Permission | 'public',
  context: AccessContext = { from: 'this-machine', now: Date.now() },
): Decision {
  const question = { ...context, principal, permission };
  for (const rule of rules) {
    const finding = rule(question);
    if (finding?.verdict === 'allowed') return { allowed: true };
    if (finding?.verdict) return { allowed: false, code: finding.verdict, reason: finding.says };
  }
  return { allowed: true };
}

/** The same decision with what each rule said, in order, up to the one that decided. */
export function explain(
  principal: Principal | null,
  permission: Permission | 'public',
  context: AccessContext,
): { allowed: boolean; reasons: string[] } {
  const reasons: string[] = [];
  for (const rule of rules) {
    const finding = rule({ ...context, principal, permission });
    if (!finding) continue;
    reasons.push(finding.says);
    if (finding.verdict) return { allowed: finding.verdict === 'allowed', reasons };
  }
  return { allowed: true, reasons: [...reasons, 'No rule forbids it.'] };
}

/** All that somebody may do now, for a page that hides the rest. */
export const permissionsOf = (principal: Principal, all: readonly Permission[], now: number): Permission[] =>
  all.filter(permission => {
    // A factor that is not fresh can be given again: the page asks for it when it is needed.
    const decision = decide(principal, permission, { from: 'this-machine', isFiltered: true, now });
    return decision.allowed || decision.code === 'ACCESS_007';
  });
