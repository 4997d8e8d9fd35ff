// Who asks. Every way in ends in one of these, and the policy knows nothing else of anybody.
import type { Role } from '../../shared/domain/roles.ts';
import { escapeUnseen } from '../../shared/domain/visible-text.ts';

export interface Principal {
  kind: 'owner' | 'user' | 'key' | 'agent';
  id: string;
  name: string;
  roles: readonly Role[];
  /** How it was proved. */
  via: 'token' | 'session' | 'key' | 'jwt';
  secondFactor: { enrolled: boolean; at: string | null };
  /** The servers that it may use; null: all. */
  servers: readonly string[] | null;
  expiresAt: string | null;
  disabled?: boolean;
  /** Set for a browser session: the hash under which it is stored. */
  sessionHash?: string;
  /** Set for an access token: the family that it came from. */
  familyId?: string;
}

/** The owner: whoever can read the token in the state folder. It has no row and no roles, and needs none. */
export const ownerPrincipal = (
  via: 'token' | 'session' = 'token',
  session: { sessionHash?: string; expiresAt: string | null } = { expiresAt: null },
): Principal => ({
  kind: 'owner',
  id: 'owner',
  name: 'owner',
  roles: [],
  via,
  secondFactor: { enrolled: false, at: null },
  servers: null,
  ...session,
});

/** Whose something is: every way in of one user or key is the same one. */
export const ownerOf = ({ kind, id }: Principal): string => `${kind}:${id}`;

/** For audit rows and call records: `owner (session)`, `user ada (jwt)`, `agent cursor (key)`. */
export function describePrincipal(principal: Principal | null): string {
  if (!principal) return 'anonymous';
  const { kind, name, via } = principal;
  return kind === 'owner' ? `owner (${via})` : `${kind} ${visible(name)} (${via})`;
}

/** Control characters, and those that turn the direction of text, shown as what they are. */
export const visible = (text: string): string => escapeUnseen(text);

/** Whether something of this server may be shown to somebody. */
export const maySee = (principal: Principal | null, serverId: string): boolean =>
  !principal?.servers || principal.servers.includes(serverId);

/** What a principal hangs on: when one of these is cut, whatever it has open ends. */
export function lifelinesOf({ kind, id, sessionHash, familyId }: Principal): string[] {
  const own = kind === 'owner' ? 'owner' : `${kind === 'user' ? 'user' : 'key'}:${id}`;
  return [own, ...(sessionHash ? [`session:${sessionHash}`] : []), ...(familyId ? [`family:${familyId}`] : [])];
}
