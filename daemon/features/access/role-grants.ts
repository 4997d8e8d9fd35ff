// Nobody gives what they have not got: neither to others nor to keys.
import { problem } from '../../../shared/api/problem.ts';
import { permissionsOfRole, type Role } from '../../../shared/domain/roles.ts';
import type { Principal } from '../../http/principal.ts';

/** Whether somebody with these roles has all of the permissions. */
export function mayDo(own: readonly Role[], permissions: readonly string[]): boolean {
  const having = new Set<string>(own.flatMap(role => permissionsOfRole[role]));
  return permissions.every(permission => having.has(permission));
}

/** Whether somebody with these roles may give another one. */
export const mayGive = (own: readonly Role[], role: Role): boolean => mayDo(own, permissionsOfRole[role]);

/** Errors: USER_003. */
export function refuseMore(by: Principal | null, roles: readonly Role[]): void {
  if (by?.kind === 'owner') return;
  const over = roles.find(role => !mayGive(by?.roles ?? [], role));
  if (over === undefined) return;
  throw problem('USER_003', {
    detail: `The role ${over} may do more than you may.`,
    next: 'Ask somebody who has this role, or the owner.',
  });
}
