import type { Principal } from '../../http/principal.ts';
import type { StoredUser } from './users.repository.ts';

/** A user as the policy sees it, with what it came in by. */
export const userPrincipal = (
  user: StoredUser,
  by: Pick<Principal, 'via' | 'expiresAt'> & { factorAt: string | null; sessionHash?: string; familyId?: string },
): Principal => {
  const { factorAt, ...rest } = by;
  return {
    kind: 'user',
    id: user.id,
    name: user.name,
    roles: user.roles,
    disabled: user.disabled,
    secondFactor: { enrolled: user.factorConfirmedAt !== null, at: factorAt },
    servers: null,
    ...rest,
  };
};
