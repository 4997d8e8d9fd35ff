// Who else may come in: users with passwords and second factors, and keys for programs. No value of any of them is ever answered again.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { roles } from '../domain/roles.ts';
import { NewSession } from './access.ts';
import { Nothing, pageOf, pageQuery, permissions, type Route } from './route.ts';

export const Role = z.enum(roles).meta({ id: 'Role' });

export const UserName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'A user name has 1 to 64 small letters, digits, dots, underscores and hyphens, and starts with a letter or a digit.',
  )
  .meta({ id: 'UserName', examples: ['ada'] });

/** NIST SP 800-63B: length counts, composition does not. */
export const Password = z
  .string()
  .min(12, 'A password has at least 12 characters.')
  .max(256, 'A password has at most 256 characters.')
  .refine(value => !/^(.)\1*$/u.test(value), 'A password of one repeated character is too easy to guess.')
  .meta({ id: 'Password' });

const OneTimeCode = z
  .string()
  .regex(/^(?:\d{6}|[a-z0-9]{5}-[a-z0-9]{5})$/, 'A code has six digits; a recovery code looks like ab3de-9xk2m.');

export const User = z
  .object({
    id: z.string(),
    name: UserName,
    displayName: z.string(),
    roles: z.array(Role),
    disabled: z.boolean(),
    hasPassword: z
      .boolean()
      .describe('False: the invitation has not been taken yet, or the user comes by another sign-in'),
    secondFactor: z.boolean(),
    recoveryCodesLeft: z.int().nullable(),
    lockedUntil: z.iso.datetime().nullable().describe('After too many wrong passwords'),
    lastSignInAt: z.iso.datetime().nullable(),
    sessions: z.int().describe('Open sessions and token families'),
    keys: z
      .array(z.string())
      .describe('The names of the keys that it has made, itself or by its keys; they end with it'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const AccessKey = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['key', 'agent']).describe('An agent lists and calls tools and can do nothing else'),
    roles: z.array(Role),
    servers: z.array(Name).nullable().describe('The servers that it may use; null: all'),
    hint: z.string().describe('How it begins, to tell it from others'),
    createdBy: z.string(),
    suspended: z
      .boolean()
      .describe('It lets nobody in while the user who made it is disabled, or may not do any more what an agent does'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AccessKey' });
export type AccessKey = z.infer<typeof AccessKey>;

export const UserSession = z
  .object({
    id: z.string(),
    kind: z.enum(['browser', 'token']),
    current: z.boolean(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    from: z.string().describe('The address and program that it was made from'),
  })
  .meta({ id: 'UserSession' });
export type UserSession = z.infer<typeof UserSession>;

export const Tokens = z
  .object({
    accessToken: z.string().describe('A JWT, valid for some minutes'),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds'),
    refreshToken: z.string().describe('Works once; using it again ends the whole family'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

const Invitation = z
  .object({
    url: z.url().describe('Opens the page where the user sets a password; works once'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' });

const params = z.object({ id: z.string().min(1).max(64) });
const manage = { permission: 'access:manage', audited: true } as const;

export const listUsers = {
  method: 'get',
  path: '/users',
  summary: 'List the users',
  permission: 'access:list',
  audited: false,
  query: pageQuery(['name', 'created_at']).extend({ q: z.string().max(200).optional() }),
  status: 200,
  response: pageOf(User),
  problems: [],
} as const satisfies Route;

export const createUser = {
  ...manage,
  method: 'post',
  path: '/users',
  summary: 'Create a user; without a password an invitation is made for it',
  auditedFields: ['name', 'roles'],
  body: z
    .object({
      name: UserName,
      displayName: z.string().trim().min(1).max(120).optional(),
      roles: z.array(Role).min(1).max(4),
      password: Password.optional(),
    })
    .strict(),
  status: 201,
  response: z.object({ user: User, invitation: Invitation.nullable() }),
  problems: ['USER_002', 'USER_003', 'DAEMON_002'],
} as const satisfies Route;

export const getUser = {
  method: 'get',
  path: '/users/{id}',
  summary: 'Show one user',
  permission: 'access:list',
  audited: false,
  params,
  status: 200,
  response: User,
  problems: ['USER_001'],
} as const satisfies Route;

export const updateUser = {
  ...manage,
  method: 'patch',
  path: '/users/{id}',
  summary: 'Change a user’s roles or name, or disable it; what it has open ends within a second',
  auditedFields: ['displayName', 'roles', 'disabled'],
  params,
  body: z
    .object({
      displayName: z.string().trim().min(1).max(120),
      roles: z.array(Role).min(1).max(4),
      disabled: z.boolean(),
    })
    .partial()
    .strict(),
  status: 200,
  response: User,
  problems: ['USER_001', 'USER_003'],
} as const satisfies Route;

export const deleteUser = {
  ...manage,
  method: 'delete',
  path: '/users/{id}',
  summary: 'Remove a user with its sessions, and the keys that it has made',
  params,
  status: 200,
  response: Nothing,
  problems: ['USER_001', 'USER_003'],
} as const satisfies Route;

export const inviteUser = {
  ...manage,
  method: 'post',
  path: '/users/{id}/invitation',
  summary: 'Make a link with which a user sets a new password; its sessions end',
  params,
  status: 201,
  response: Invitation,
  problems: ['USER_001', 'DAEMON_002'],
} as const satisfies Route;

export const resetSecondFactor = {
  ...manage,
  method: 'delete',
  path: '/users/{id}/second-factor',
  summary: 'Take a user’s second factor away, after its device was lost',
  params,
  status: 200,
  response: User,
  problems: ['USER_001'],
} as const satisfies Route;

export const signOutUser = {
  ...manage,
  method: 'post',
  path: '/users/{id}/sign-out',
  summary: 'End all sessions and tokens of a user',
  params,
  status: 200,
  response: Nothing,
  problems: ['USER_001'],
} as const satisfies Route;

const mine = { permission: 'access:read', audited: true, status: 200 } as const;

export const changeMyPassword = {
  ...mine,
  method: 'post',
  path: '/me/password',
  summary: 'Change one’s own password; the other sessions end',
  body: z.object({ current: z.string().max(256), password: Password }).strict(),
  response: Nothing,
  problems: ['ACCESS_006', 'ACCESS_008', 'USER_004'],
} as const satisfies Route;

export const beginSecondFactor = {
  ...mine,
  method: 'post',
  path: '/me/second-factor',
  summary: 'Begin to set up a second factor (TOTP, RFC 6238)',
  response: z.object({
    secret: z.string().describe('Base32, for typing it'),
    url: z.string().describe('otpauth:// for an authenticator'),
  }),
  problems: ['USER_004', 'USER_005', 'SECRET_003'],
} as const satisfies Route;

export const confirmSecondFactor = {
  ...mine,
  method: 'post',
  path: '/me/second-factor/confirm',
  summary: 'Confirm it by a code; answers the recovery codes, once',
  body: z.object({ code: OneTimeCode }).strict(),
  response: z.object({ recoveryCodes: z.array(z.string()) }),
  problems: ['ACCESS_006', 'ACCESS_008', 'USER_004', 'USER_005', 'SECRET_003'],
} as const satisfies Route;

export const removeSecondFactor = {
  ...mine,
  method: 'delete',
  path: '/me/second-factor',
  summary: 'Remove one’s own second factor, proved by a code of it',
  body: z.object({ code: OneTimeCode }).strict(),
  response: Nothing,
  problems: ['ACCESS_006', 'ACCESS_008', 'USER_004', 'SECRET_003'],
} as const satisfies Route;

export const listMySessions = {
  ...mine,
  method: 'get',
  path: '/me/sessions',
  summary: 'List one’s own sessions',
  audited: false,
  response: z.object({ items: z.array(UserSession) }),
  problems: [],
} as const satisfies Route;

export const endMySession = {
  ...mine,
  method: 'delete',
  path: '/me/sessions/{id}',
  summary: 'End one of one’s own sessions',
  params,
  response: Nothing,
  problems: ['ACCESS_009'],
} as const satisfies Route;

export const listKeys = {
  method: 'get',
  path: '/keys',
  summary: 'List the keys of programs and agents',
  permission: 'access:list',
  audited: false,
  query: pageQuery(['name', 'created_at', 'last_used_at']),
  status: 200,
  response: pageOf(AccessKey),
  problems: [],
} as const satisfies Route;

export const createKey = {
  ...manage,
  method: 'post',
  path: '/keys',
  summary: 'Make a key for a program or an agent; it is shown once',
  auditedFields: ['name', 'kind', 'roles', 'servers', 'expiresInDays'],
  body: z
    .object({
      name: z.string().trim().min(1).max(120),
      kind: z.enum(['key', 'agent']),
      roles: z.array(Role).max(4).default([]).describe('Of a key; an agent needs none'),
      servers: z.array(Name).max(500).nullable().default(null),
      expiresInDays: z.int().min(1).max(3650).nullable().default(365),
    })
    .strict(),
  status: 201,
  response: z.object({ key: AccessKey, secret: z.string() }),
  problems: ['USER_003'],
} as const satisfies Route;

export const deleteKey = {
  ...manage,
  method: 'delete',
  path: '/keys/{id}',
  summary: 'Revoke a key, and those that it has made; what they have open ends within a second',
  params,
  status: 200,
  response: Nothing,
  problems: ['KEY_001'],
} as const satisfies Route;

export const listSignInMethods = {
  method: 'get',
  path: '/sign-in',
  summary: 'Say how one can sign in',
  permission: 'public',
  audited: false,
  status: 200,
  response: z.object({
    password: z.boolean().describe('True once there is a user with a password'),
    providers: z.array(z.object({ id: Name, title: z.string() })),
    bitwarden: z.boolean().optional().describe('True once an account of Bitwarden is linked to a user'),
  }),
  problems: [],
} as const satisfies Route;

const credentials = {
  name: z.string().max(64),
  password: z.string().max(256),
  code: OneTimeCode.optional().describe('The second factor, or a recovery code'),
};

export const signIn = {
  method: 'post',
  path: '/sign-in',
  summary: 'Sign in on the page by password: a cookie, and a proof to be sent as a header',
  permission: 'public',
  audited: true,
  auditedFields: ['name'],
  body: z.object(credentials).strict(),
  status: 201,
  response: NewSession,
  problems: ['ACCESS_006', 'ACCESS_007', 'ACCESS_008', 'SECRET_003'],
} as const satisfies Route;

export const takeInvitation = {
  method: 'post',
  path: '/sign-in/invitation',
  summary: 'Set a password with an invitation, and sign in',
  permission: 'public',
  audited: true,
  body: z
    .object({
      ticket: z.string().min(1).max(256),
      password: Password,
      code: OneTimeCode.optional().describe('The second factor, if the user has one already'),
    })
    .strict(),
  status: 201,
  response: NewSession,
  problems: ['ACCESS_005', 'ACCESS_006', 'ACCESS_007', 'ACCESS_008', 'SECRET_003'],
} as const satisfies Route;

export const giveSecondFactor = {
  method: 'post',
  path: '/access/session/second-factor',
  summary: 'Give the second factor again in this session, for what asks for a fresh one',
  permission: 'access:read',
  audited: true,
  body: z.object({ code: OneTimeCode }).strict(),
  status: 200,
  response: Nothing,
  problems: ['ACCESS_006', 'ACCESS_008', 'USER_004', 'SECRET_003'],
} as const satisfies Route;

export const createTokens = {
  method: 'post',
  path: '/tokens',
  summary: 'Get an access token (JWT) and a refresh token by password, or new ones by a refresh token',
  permission: 'public',
  audited: true,
  auditedFields: ['grant', 'name'],
  body: z.discriminatedUnion('grant', [
    z.object({ grant: z.literal('password'), ...credentials }).strict(),
    z.object({ grant: z.literal('refresh'), refreshToken: z.string().min(1).max(512) }).strict(),
  ]),
  status: 201,
  response: Tokens,
  problems: ['ACCESS_006', 'ACCESS_007', 'ACCESS_008', 'ACCESS_010', 'SECRET_003'],
} as const satisfies Route;

export const revokeTokens = {
  method: 'post',
  path: '/tokens/revoke',
  summary: 'End a refresh token and all that came from it',
  permission: 'public',
  audited: true,
  body: z.object({ refreshToken: z.string().min(1).max(512) }).strict(),
  status: 200,
  response: Nothing,
  problems: [],
} as const satisfies Route;

export const IdentityProvider = z
  .object({
    id: Name,
    title: z.string().trim().min(1).max(120),
    issuer: z.url({ protocol: /^https?$/ }).describe('https, or http on this machine'),
    clientId: z.string().min(1).max(256),
    secretId: z
      .string()
      .max(64)
      .nullable()
      .describe('The vault’s secret with the client’s secret; null: a public client'),
    roles: z
      .array(Role)
      .describe('What somebody gets who signs in there for the first time; empty: only users who are known'),
    allowed: z.array(z.string().max(256)).max(500).describe('E-mail addresses, or @domains; empty: nobody new'),
  })
  .meta({ id: 'IdentityProvider' });
export type IdentityProvider = z.infer<typeof IdentityProvider>;

export const listProviders = {
  method: 'get',
  path: '/access/providers',
  summary: 'List the OpenID Connect providers',
  permission: 'access:list',
  audited: false,
  status: 200,
  response: z.object({ items: z.array(IdentityProvider.extend({ redirectUrl: z.url().nullable() })) }),
  problems: [],
} as const satisfies Route;

export const saveProvider = {
  ...manage,
  method: 'put',
  path: '/access/providers/{id}',
  summary: 'Add or change an OpenID Connect provider',
  auditedFields: ['issuer', 'clientId', 'roles', 'allowed'],
  params: z.object({ id: Name }),
  body: IdentityProvider.omit({ id: true }).strict(),
  status: 200,
  response: IdentityProvider,
  problems: ['SECRET_001', 'SECRET_008', 'USER_003', 'ACCESS_011'],
} as const satisfies Route;

export const deleteProvider = {
  ...manage,
  method: 'delete',
  path: '/access/providers/{id}',
  summary: 'Remove an OpenID Connect provider',
  params: z.object({ id: Name }),
  status: 200,
  response: Nothing,
  problems: ['ACCESS_009'],
} as const satisfies Route;

export const explainAccess = {
  method: 'post',
  path: '/access/explain',
  summary: 'Say whether somebody may do something, and why',
  permission: 'access:list',
  audited: false,
  body: z
    .object({
      who: z.object({ kind: z.enum(['owner', 'user', 'key', 'agent']), id: z.string().max(64) }).strict(),
      permission: z.enum(permissions),
      server: Name.optional(),
      from: z.enum(['this-machine', 'elsewhere']).default('this-machine'),
      freshFactor: z.boolean().default(true),
    })
    .strict(),
  status: 200,
  response: z.object({
    allowed: z.boolean(),
    reasons: z.array(z.string()).describe('Each rule that was looked at, and what it said, in order'),
  }),
  problems: ['USER_001', 'KEY_001'],
} as const satisfies Route;

export const listRoles = {
  method: 'get',
  path: '/access/roles',
  summary: 'List the roles and what each may do',
  permission: 'access:read',
  audited: false,
  status: 200,
  response: z.object({
    items: z.array(z.object({ role: Role, description: z.string(), permissions: z.array(z.enum(permissions)) })),
  }),
  problems: [],
} as const satisfies Route;
