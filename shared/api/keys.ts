// The keys of programs and agents. The value of one is answered once, when it is made.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { Role } from './roles.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';

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

const manage = { permission: 'access:manage', audited: true } as const;

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
  params: z.object({ id: z.string().min(1).max(64) }),
  status: 200,
  response: Nothing,
  problems: ['KEY_001'],
} as const satisfies Route;
