import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { proofHeader } from '../../shared/api/access.ts';
import { limits } from '../../shared/domain/limits.ts';
import type { AppEnvironment } from './app-environment.ts';
import { isEncrypted } from './border.ts';
import type { Principal } from './principal.ts';

/** What the access feature offers to the door. */
export interface Authenticator {
  /** The owner's token, a key or an access token. Only a token that was not seen before takes a turn. */
  byToken(token: string): Principal | null | Promise<Principal | null>;
  bySession(secret: string, proof: string): Principal | null;
  /** Half of a session: enough to read what is no secret, at an address that is opened. */
  byCookieAlone(secret: string): Principal | null;
}

/**
 * The session cookie's name. Cookies do not know ports, so another daemon on the same host must have another name;
 * browsers refuse the `__Host-` prefix without TLS.
 */
export const sessionCookie = (port: number | undefined, isTls = false): string =>
  `${isTls ? '__Host-' : ''}quayside_session_${port ?? 0}`;

/** Who sends the request: a bearer token first, then the browser's cookie. A wrong token is never saved by a good cookie. */
export function authenticate(
  c: Context<AppEnvironment>,
  authenticator: Authenticator,
  asked: 'proof' | 'cookie' = 'proof',
): Principal | null | Promise<Principal | null> {
  const header = c.req.header('authorization');
  if (header !== undefined) {
    const token = readBearer(header);
    return token === undefined ? null : authenticator.byToken(token);
  }
  const secret = getCookie(c, cookieName(c));
  if (!secret) return null;
  if (asked === 'cookie') return authenticator.byCookieAlone(secret);
  return authenticator.bySession(secret, c.req.header(proofHeader) ?? '');
}

/** The token of an `Authorization` header (RFC 6750, section 2.1); undefined if there is none, or something else. */
export const readBearer = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(header)?.[1];

/** Gives the browser its half of a session; null takes it away. */
export function writeSessionCookie(c: Context<AppEnvironment>, secret: string | null): void {
  const options = { path: '/', httpOnly: true, sameSite: 'Strict', secure: isTls(c) } as const;
  if (secret === null) deleteCookie(c, cookieName(c), options);
  else setCookie(c, cookieName(c), secret, { ...options, maxAge: limits.sessionHours * 3600 });
}

const cookieName = (c: Context<AppEnvironment>): string => sessionCookie(localPort(c), isTls(c));

export const isTls = (c: Context<AppEnvironment>): boolean => isEncrypted(c.env?.incoming?.socket);

/** The port that the request came in at; undefined over the socket. */
export const localPort = (c: Context<AppEnvironment>): number | undefined => c.env?.incoming?.socket.localPort;
