import * as z from 'zod';
import { roles } from '../domain/roles.ts';
import { Nothing, permissions, type Route } from './route.ts';

export const Session = z
  .object({
    principal: z.object({
      kind: z.enum(['owner', 'user', 'key', 'agent']),
      id: z.string(),
      name: z.string(),
      roles: z.array(z.enum(roles)),
      via: z.enum(['token', 'session', 'key', 'jwt']).describe('How the caller proved who it is'),
      secondFactor: z
        .object({ enrolled: z.boolean(), at: z.iso.datetime().nullable() })
        .describe('Whether this user has one, and when it was given in this session'),
    }),
    permissions: z.array(z.enum(permissions)).describe('What the caller may do'),
    expiresAt: z.iso.datetime().nullable(),
    mcpUrl: z.url().nullable().describe('Where MCP clients connect; null if the daemon listens on its socket only'),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

/**
 * Cookies do not know ports: any program on this machine that the browser visits gets them. So a session has two
 * halves: the cookie, and this proof, which the page keeps to itself and sends as a header.
 */
export const NewSession = Session.extend({
  proof: z.string().describe('To be sent with every request of this session as the header X-Quayside-Proof'),
}).meta({ id: 'NewSession' });

/** The header for a session's second half. */
export const proofHeader = 'x-quayside-proof';

const LoginLink = z
  .object({ url: z.url().describe('Opens the page and signs in, once'), expiresAt: z.iso.datetime() })
  .meta({ id: 'LoginLink' });

const AccessToken = z
  .object({ token: z.string().describe('The bearer token for MCP clients and headless callers') })
  .meta({ id: 'AccessToken' });

export const getSession = {
  method: 'get',
  path: '/access/session',
  summary: 'Say who the caller is',
  permission: 'access:read',
  audited: false,
  status: 200,
  response: Session,
  problems: [],
} as const satisfies Route;

export const createLoginLink = {
  method: 'post',
  path: '/access/login-links',
  summary: 'Make a link that opens the page signed in; it works once and for five minutes',
  permission: 'access:token',
  audited: true,
  status: 201,
  response: LoginLink,
  problems: ['DAEMON_002'],
} as const satisfies Route;

export const createSession = {
  method: 'post',
  path: '/access/sessions',
  summary: 'Trade a login link’s ticket for a session: a cookie, and a proof to be sent as a header',
  permission: 'public',
  audited: true,
  body: z.object({ ticket: z.string().min(1).max(256) }).strict(),
  status: 201,
  response: NewSession,
  problems: ['ACCESS_005'],
} as const satisfies Route;

export const deleteSession = {
  method: 'delete',
  path: '/access/session',
  summary: 'Sign out of the page',
  permission: 'access:read',
  audited: true,
  status: 200,
  response: Nothing,
  problems: [],
} as const satisfies Route;

export const getToken = {
  method: 'get',
  path: '/access/token',
  summary: 'Show the bearer token',
  permission: 'access:token',
  audited: true,
  status: 200,
  response: AccessToken,
  problems: [],
} as const satisfies Route;

export const rotateToken = {
  method: 'post',
  path: '/access/token/rotate',
  summary: 'Replace the bearer token; the old one stops working at once, and open pages are signed out',
  permission: 'access:token',
  audited: true,
  status: 200,
  response: AccessToken,
  problems: [],
} as const satisfies Route;
