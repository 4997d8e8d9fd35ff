// Whom a provider's subject stands for: somebody who is linked to it, or somebody new whose verified e-mail address is allowed.
import { problem } from '../../../shared/api/problem.ts';
import type { IdentityProvider } from '../../../shared/api/providers.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { StoredUser, UserRepository } from './users.repository.ts';

export interface ProviderClaims {
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** Errors: ACCESS_006 for somebody who is not let in. */
export function findOrAddUser(
  users: UserRepository,
  clock: Clock,
  provider: IdentityProvider,
  claims: ProviderClaims,
): StoredUser {
  const known = users.findByIdentity(provider.id, claims.subject);
  if (known?.disabled) throw notLetIn();
  if (known) return known;
  const { email } = claims;
  if (email === null || !claims.emailVerified || !isAllowed(email, provider)) throw notLetIn();
  return users.transaction(() => {
    const name = freeName(users, email);
    const displayName = (claims.name ?? email).trim().slice(0, 120) || name;
    const at = toTimestamp(clock.now());
    const id = users.insert({ name, displayName, roles: provider.roles, password: null, at });
    users.link(provider.id, claims.subject, id);
    const added = users.find(id);
    if (!added) throw notLetIn();
    return added;
  });
}

/** Without roles for those who are new, nobody is new. */
const isAllowed = (email: string, { allowed, roles }: IdentityProvider): boolean => {
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf('@'));
  return roles.length > 0 && allowed.some(each => [address, domain].includes(each.toLowerCase()));
};

/** From the address; never that of somebody else, who may be another person of the same name. */
function freeName(users: UserRepository, email: string): string {
  const wanted =
    email
      .slice(0, email.lastIndexOf('@'))
      .toLowerCase()
      .replace(/[^a-z0-9._-]/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 56) || 'user';
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!users.findByName(name)) return name;
  }
}

const notLetIn = () =>
  problem('ACCESS_006', {
    detail: 'The provider knows you, but you are not among those who may come in here.',
    next: 'Ask somebody with the role admin to let your verified e-mail address in.',
  });
