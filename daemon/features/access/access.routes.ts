import type { Session } from '../../../shared/api/access.ts';
import { problem } from '../../../shared/api/problem.ts';
import { permissions } from '../../../shared/api/route.ts';
import type { Handlers } from '../../http/context.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import { permissionsOf } from '../../http/policy.ts';
import { ownerPrincipal, type Principal } from '../../http/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Owner } from './owner.ts';
import type { NewSessionParts, Sessions } from './sessions.ts';
import type { TokenFamilies } from './token-families.ts';
import type { StoredUser } from './users.repository.ts';

type AccessOperations =
  | 'getSession'
  | 'createLoginLink'
  | 'createSession'
  | 'deleteSession'
  | 'getToken'
  | 'rotateToken';

/** Where the daemon listens; null while it has no port. */
export interface Address {
  url: string;
  port: number;
}

export interface AccessNeeds {
  owner: Owner;
  sessions: Sessions;
  families: TokenFamilies;
  findUser: (id: string) => StoredUser | undefined;
  lifelines: Lifelines;
  clock: Clock;
  address: () => Address | null;
  onTokenChanged: (token: string) => void;
}

export const accessHandlers = ({
  owner,
  sessions,
  families,
  findUser,
  lifelines,
  clock,
  address,
  onTokenChanged,
}: AccessNeeds): Pick<Handlers, AccessOperations> => ({
  getSession: (_, { principal }) => toSession(principal, address(), clock),
  createLoginLink: () => {
    const at = pageAddress(address());
    const { ticket, expiresAt } = owner.createTicket();
    // Behind the # it reaches neither a log nor another server.
    return { url: `${at.url}/#/login?ticket=${ticket}`, expiresAt };
  },
  createSession: ({ body }, { setSession, isAnotherUser, from }) => {
    // A link that is opened stands in the browser's command line, where other users of the machine can read it.
    if (isAnotherUser()) {
      throw problem('ACCESS_005', {
        detail: 'The link was opened by another user of this machine than the one it was made for.',
        next: 'Open it as the user who runs the daemon.',
      });
    }
    const userId = owner.takeTicket(body.ticket);
    const user = userId === null ? null : findUser(userId);
    if (user === undefined || user?.disabled)
      throw problem('ACCESS_005', { detail: 'The user is not let in any more.' });
    return giveSession(sessions.create(user, { from, factorAt: null }), { setSession }, address(), clock);
  },
  deleteSession: (_, { principal, setSession }) => {
    const { sessionHash, familyId, kind, id } = principal ?? ownerPrincipal();
    if (sessionHash) {
      sessions.end(sessionHash, kind === 'owner' ? null : id);
      lifelines.cut(`session:${sessionHash}`);
    }
    if (familyId) {
      families.revoke(familyId);
      lifelines.cut(`family:${familyId}`);
    }
    setSession(null);
    return {};
  },
  getToken: () => ({ token: owner.token }),
  rotateToken: () => {
    const token = owner.rotateToken();
    sessions.endAll(null);
    lifelines.cut('owner');
    onTokenChanged(token);
    return { token };
  },
});

/** Errors: DAEMON_002 without a port. */
export function pageAddress(address: Address | null): Address {
  if (address) return address;
  throw problem('DAEMON_002', {
    detail: 'The daemon listens on its socket only, so there is no page.',
    next: 'Start it with a port.',
  });
}

/** Both halves of a new session: one for the browser, one for the page. */
export function giveSession(
  { secret, proof, principal }: NewSessionParts,
  { setSession }: { setSession: (secret: string) => void },
  at: Address | null,
  clock: Clock,
): Session & { proof: string } {
  setSession(secret);
  return { ...toSession(principal, at, clock), proof };
}

function toSession(given: Principal | null, at: Address | null, clock: Clock): Session {
  const principal = given ?? ownerPrincipal();
  const { kind, id, name, roles, via, secondFactor, expiresAt } = principal;
  return {
    principal: { kind, id, name, roles: [...roles], via, secondFactor },
    permissions: permissionsOf(principal, permissions, clock.now()),
    expiresAt,
    mcpUrl: at && `${at.url}/mcp`,
  };
}
