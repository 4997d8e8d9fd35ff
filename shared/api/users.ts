// Who else may come in. No password is ever answered again.
import * as z from 'zod';
import { Password } from '../domain/credentials.ts';
import { Role } from './roles.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';

export const UserName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'A user name has 1 to 64 small letters, digits, dots, underscores and hyphens, and starts with a letter or a digit.',
  )
  .meta({ id: 'UserName', examples: ['ada'] });

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
