import type { Session } from '../../shared/api/access.ts';
import type { Permission } from '../../shared/api/route.ts';
import { permissionsOfRole, roles } from '../../shared/domain/roles.ts';

/** Why somebody may not do something, or undefined if it may. As long as nothing is known, nothing is forbidden. */
export function whyNot(
  session: Pick<Session, 'permissions' | 'principal'> | undefined,
  needs: Permission,
): string | undefined {
  if (!session || session.permissions.includes(needs)) return undefined;
  const giving = roles.filter(role => (permissionsOfRole[role] as readonly string[]).includes(needs));
  const takes = giving.length === 0 ? 'Only the owner may do this.' : `This takes the role ${giving.join(' or ')}.`;
  const own = session.principal.roles;
  return `${takes} You have ${own.length === 0 ? 'no role' : `the role ${own.join(' and ')}`}.`;
}
