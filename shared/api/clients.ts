import * as z from 'zod';
import { ProfileId } from '../domain/docker-names.ts';
import { Name } from '../domain/names.ts';
import { pageOf, pageQuery, type Route } from './route.ts';

/** A program that can use MCP servers, as docker mcp knows it. */
export const McpClient = z
  .object({
    id: Name.describe('docker mcp’s word for it, for example vscode'),
    title: z.string(),
    scope: z.enum(['global', 'project']),
    installed: z.boolean().nullable().describe('null: docker mcp does not say'),
    supported: z.boolean().describe('False: not on this system'),
    connected: z.boolean(),
    profile: z.string().nullable().describe('The profile that it is connected to'),
    file: z.string().nullable().describe('The file that a connection changes; null: not known, so it is not offered'),
    problem: z.string().nullable().describe('Why docker mcp could not read it'),
    servers: z.array(z.string()).describe('The servers that its file names'),
  })
  .meta({ id: 'McpClient' });
export type McpClient = z.infer<typeof McpClient>;

export const ClientChange = z
  .object({
    action: z.enum(['connect', 'disconnect']),
    profile: ProfileId.optional().describe('Needed to connect, in the profile dialect'),
    scope: z.enum(['global', 'project']).default('global'),
    folder: z
      .string()
      .max(4096)
      .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]*$/, 'Give the folder by its full path.')
      .optional()
      .describe('The project, for scope project'),
  })
  .strict()
  .meta({ id: 'ClientChange' });
export type ClientChange = z.infer<typeof ClientChange>;

export const ClientPreview = z
  .object({
    file: z.string(),
    exists: z.boolean(),
    before: z.string().describe('Values that look secret are hidden'),
    after: z.string().describe('What docker mcp will make of it'),
    diff: z.string().describe('Unified'),
    losesComments: z.boolean(),
    revision: z.string().describe('Hand it back with the change: it is refused if the file has changed meanwhile'),
  })
  .meta({ id: 'ClientPreview' });
export type ClientPreview = z.infer<typeof ClientPreview>;

export const ClientBackup = z
  .object({
    id: z.string(),
    client: Name,
    file: z.string(),
    action: z.enum(['connect', 'disconnect']),
    existed: z.boolean().describe('False: the file was made; undo removes it'),
    bytes: z.int(),
    madeAt: z.iso.datetime(),
    restoredAt: z.iso.datetime().nullable(),
    changedSince: z.boolean().describe('True if the file is not what the change made of it any more'),
  })
  .meta({ id: 'ClientBackup' });
export type ClientBackup = z.infer<typeof ClientBackup>;

export const ClientChanged = z
  .object({ client: McpClient, backup: ClientBackup, diff: z.string().describe('What was really changed, unified') })
  .meta({ id: 'ClientChanged' });
export type ClientChanged = z.infer<typeof ClientChanged>;

const params = z.object({ id: Name });
const problems = [
  'CLIENT_001',
  'CLIENT_002',
  'CLIENT_003',
  'PROFILE_001',
  'ENGINE_001',
  'DOCKER_001',
  'DOCKER_002',
  'DOCKER_003',
  'DOCKER_004',
  'DOCKER_005',
  'DOCKER_006',
  'DOCKER_009',
  'DOCKER_011',
  'DOCKER_013',
  'DOCKER_015',
] as const;

export const listClients = {
  method: 'get',
  path: '/clients',
  summary: 'List the clients that docker mcp can connect, for this user or in one project',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['title', 'id']).extend({
    scope: z.enum(['global', 'project']).default('global'),
    folder: z.string().max(4096).optional(),
  }),
  status: 200,
  response: pageOf(McpClient),
  problems,
} as const satisfies Route;

export const previewClientChange = {
  method: 'post',
  path: '/clients/{id}/preview',
  summary: 'Show what connecting or disconnecting a client does to its file',
  permission: 'servers:manage',
  audited: false,
  params,
  body: ClientChange,
  status: 200,
  response: ClientPreview,
  problems,
} as const satisfies Route;

export const changeClient = {
  method: 'post',
  path: '/clients/{id}/change',
  summary: 'Connect or disconnect a client; its file is backed up first',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['action', 'profile', 'scope', 'folder'],
  params,
  body: ClientChange.extend({ revision: z.string().max(128) }),
  status: 200,
  response: ClientChanged,
  problems,
} as const satisfies Route;

export const listClientBackups = {
  method: 'get',
  path: '/clients/backups',
  summary: 'List the backups of clients’ files, the newest first',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['made_at']).extend({ sort_order: z.enum(['asc', 'desc']).default('desc') }),
  status: 200,
  response: pageOf(ClientBackup),
  problems: [],
} as const satisfies Route;

export const restoreClientBackup = {
  method: 'post',
  path: '/clients/backups/{id}/restore',
  summary: 'Put a client’s file back as it was, byte for byte',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['force'],
  params: z.object({ id: z.string().min(1).max(64) }),
  body: z.object({ force: z.boolean().default(false).describe('Also if the file was changed since') }).strict(),
  status: 200,
  response: ClientBackup,
  problems: ['CLIENT_003', 'CLIENT_004'],
} as const satisfies Route;
