// Keys, roles, and why somebody may do something.
import { problem } from '../../../shared/api/problem.ts';
import { describeRole, permissionsOfRole, roles } from '../../../shared/domain/roles.ts';
import type { Handlers } from '../../http/context.ts';
import { explain } from '../../http/policy.ts';
import { ownerPrincipal, type Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { type Keys, keyPrincipal } from './keys.ts';
import { userPrincipal } from './user-principal.ts';
import type { UserService } from './users.service.ts';

type ExplainOperations = 'explainAccess' | 'listRoles' | 'listKeys' | 'createKey' | 'deleteKey';

export interface ExplainNeeds {
  users: UserService;
  keys: Keys;
  clock: Clock;
}

export function explainHandlers({ users, keys, clock }: ExplainNeeds): Pick<Handlers, ExplainOperations> {
  const find = ({ kind, id }: { kind: Principal['kind']; id: string }, isFresh: boolean): Principal => {
    if (kind === 'owner') return ownerPrincipal();
    if (kind === 'user') {
      const factorAt = isFresh ? toTimestamp(clock.now()) : null;
      return userPrincipal(users.stored(id), { via: 'session', factorAt, expiresAt: null });
    }
    const key = keys.find(id);
    if (key?.kind !== kind) {
      throw problem('KEY_001', { detail: `No ${kind} has this id.`, next: 'The list of keys shows the ids.' });
    }
    const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= clock.now();
    return { ...keyPrincipal(key), ...(isOver || key.suspended ? { disabled: true } : {}) };
  };
  return {
    explainAccess: ({ body: { who, permission, server, from, freshFactor } }) =>
      // Without a server it is asked in general: lists show such a key its own servers.
      explain(find(who, freshFactor), permission, { server, isFiltered: true, from, now: clock.now() }),
    listRoles: () => ({
      items: roles.map(role => ({
        role,
        description: describeRole(role),
        permissions: [...permissionsOfRole[role]],
      })),
    }),
    listKeys: ({ query }) => keys.list(query),
    createKey: ({ body }, { principal }) => keys.create(principal, body),
    deleteKey: ({ params }, { recordChange }) => {
      for (const { name, kind, roles: given, servers } of keys.revoke(params.id))
        recordChange({ shown: { [`key ${name}`]: { kind, roles: given, servers } } }, null);
      return {};
    },
  };
}
