// What a user does with its own account.
import * as z from 'zod';
import { OneTimeCode, Password } from '../domain/credentials.ts';
import { Nothing, type Route } from './route.ts';

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
  params: z.object({ id: z.string().min(1).max(64) }),
  response: Nothing,
  problems: ['ACCESS_009'],
} as const satisfies Route;
