// Sign-in by an OpenID Connect provider.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { Role } from './roles.ts';
import { Nothing, type Route } from './route.ts';

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

const manage = { permission: 'access:manage', audited: true } as const;
const params = z.object({ id: Name });

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
  params,
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
  params,
  status: 200,
  response: Nothing,
  problems: ['ACCESS_009'],
} as const satisfies Route;
