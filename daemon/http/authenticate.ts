import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { proofHeader } from '../../shared/api/access.ts';
import type { AppEnvironment } from './app-environment.ts';
import type { Principal } from './context.ts';

/** What the access feature offers to the door. */
export interface Authenticator {
  byToken(token: string): Principal | null;
  bySession(secret: string, proof: string): Principal | null;
  /** Half of a session: enough to read what is no secret, at an address that is opened. */
  byCookieAlone(secret: string): Principal | null;
}

/**
 * The session cookie's name. Cookies do not know ports, so another daemon on the same host must have another name;
 * browsers refuse the `__Host-` prefix without TLS.
 */
export const sessionCookie = (port: number | undefined): string => `quayside_session_${port ?? 0}`;

/** Who sends the request: a bearer token first, then the browser's cookie. A wrong token is never saved by a good cookie. */
export function authenticate(
  c: Context<AppEnvironment>,
  authenticator: Authenticator,
  asked: 'proof' | 'cookie' = 'proof',
): Principal | null {
  const header = c.req.header('authorization');
  if (header !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(header)?.[1];
    return token ? authenticator.byToken(token) : null;
  }
  const secret = getCookie(c, sessionCookie(localPort(c)));
  if (!secret) return null;
  if (asked === 'cookie') return authenticator.byCookieAlone(secret);
  return authenticator.bySession(secret, c.req.header(proofHeader) ?? '');
}

/** The port that the request came in at; undefined over the socket. */
export const localPort = (c: Context<AppEnvironment>): number | undefined => c.env?.incoming?.socket.localPort;
