// What each role may do, and why somebody may do something or not.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { roles } from '../domain/roles.ts';
import { permissions, type Route } from './route.ts';

/** The name of one. */
export const Role = z.enum(roles).meta({ id: 'Role' });

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
