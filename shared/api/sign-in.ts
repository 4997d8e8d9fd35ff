// How users come in: by password on the page, by an invitation, or as a program with tokens.
import * as z from 'zod';
import { OneTimeCode, Password } from '../domain/credentials.ts';
import { Name } from '../domain/names.ts';
import { NewSession } from './access.ts';
import { Nothing, type Route } from './route.ts';

export const Tokens = z
  .object({
    accessToken: z.string().describe('A JWT, valid for some minutes'),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds'),
    refreshToken: z.string().describe('Works once; using it again ends the whole family'),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

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
