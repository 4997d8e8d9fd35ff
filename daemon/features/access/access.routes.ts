import type { Session } from '../../../shared/api/access.ts';
import { problem } from '../../../shared/api/problem.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { sessionCookie } from '../../http/authenticate.ts';
import type { Handlers, Principal } from '../../http/context.ts';
import type { AccessService } from './access.service.ts';

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

export const accessHandlers = (
  access: AccessService,
  address: () => Address | null,
): Pick<Handlers, AccessOperations> => ({
  getSession: (_, { principal }) => toSession(principal, address()),
  createLoginLink: () => {
    const at = address();
    if (!at)
      throw problem('DAEMON_002', {
        detail: 'The daemon listens on its socket only, so there is no page.',
        next: 'Start it with a port.',
      });
    const { ticket, expiresAt } = access.createTicket();
    // Behind the # it reaches neither a log nor another server.
    return { url: `${at.url}/#/login?ticket=${ticket}`, expiresAt };
  },
  createSession: ({ body }, { setHeader, isAnotherUser }) => {
    // A link that is opened stands in the browser's command line, where other users of the machine can read it.
    if (isAnotherUser()) {
      throw problem('ACCESS_005', {
        detail: 'The link was opened by another user of this machine than the one it was made for.',
        next: 'Open it as the user who runs the daemon.',
      });
    }
    const { secret, proof, principal } = access.createSession(body.ticket);
    const age = limits.sessionHours * 3600;
    setHeader(
      'set-cookie',
      `${sessionCookie(address()?.port)}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}`,
    );
    return { ...toSession(principal, address()), proof };
  },
  deleteSession: (_, { principal, setHeader }) => {
    if (principal?.sessionHash) access.endSession(principal.sessionHash);
    setHeader('set-cookie', `${sessionCookie(address()?.port)}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`);
    return {};
  },
  getToken: () => ({ token: access.token }),
  rotateToken: () => ({ token: access.rotateToken() }),
});

const toSession = (principal: Principal | null, at: Address | null): Session => ({
  principal: { kind: 'owner', via: principal?.via ?? 'token' },
  expiresAt: principal?.expiresAt ?? null,
  mcpUrl: at && `${at.url}/mcp`,
});
