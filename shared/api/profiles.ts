import * as z from 'zod';
import { ImageReference, ProfileId, ProfileName } from '../domain/docker-names.ts';
import { limits } from '../domain/limits.ts';
import { Name } from '../domain/names.ts';
import { dockerProblems } from './docker.ts';
import { Operation } from './operations.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';
import { MCPServer } from './servers.ts';

/** Docker's selection of servers. In the legacy dialect there is exactly one, `default`. */
export const Profile = z
  .object({
    id: ProfileId,
    name: z.string(),
    fixed: z
      .boolean()
      .describe('True for the one profile of the legacy dialect: it can be neither renamed nor removed'),
    serverIds: z.array(Name),
    running: z.int().describe('How many of its servers run'),
    clients: z.array(z.string()).describe('The clients that are connected to it by docker mcp'),
    readAt: z.iso.datetime().describe('When it was read from docker mcp'),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof Profile>;

export const ProfileDetail = Profile.extend({ servers: z.array(MCPServer) }).meta({ id: 'ProfileDetail' });
export type ProfileDetail = z.infer<typeof ProfileDetail>;

/** A profile as docker mcp exports it: opaque here, checked by the daemon. */
export const ProfileDocument = z.record(z.string(), z.unknown()).meta({ id: 'ProfileDocument' });
export type ProfileDocument = z.infer<typeof ProfileDocument>;

export const ProfileImport = z
  .object({
    profileId: ProfileId,
    exists: z.boolean().describe('True if a profile of this id is there already: it is replaced only if asked for'),
    imported: z.boolean(),
    changes: z.array(
      z.object({
        server: z.string(),
        change: z.enum(['added', 'removed', 'changed', 'same']),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'ProfileImport', description: 'What an import does, or would do' });
export type ProfileImport = z.infer<typeof ProfileImport>;

const params = z.object({ id: ProfileId });
const one = { params, status: 200 } as const;

export const listProfiles = {
  method: 'get',
  path: '/profiles',
  summary: 'List Docker’s profiles',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['id', 'name']).extend({ q: z.string().max(200).optional() }),
  status: 200,
  response: pageOf(Profile),
  problems: [],
} as const satisfies Route;

export const getProfile = {
  ...one,
  method: 'get',
  path: '/profiles/{id}',
  summary: 'Show one profile with its servers',
  permission: 'servers:read',
  audited: false,
  response: ProfileDetail,
  problems: ['PROFILE_001'],
} as const satisfies Route;

const problems = ['ENGINE_001', ...dockerProblems] as const;

export const createProfile = {
  method: 'post',
  path: '/profiles',
  summary: 'Create an empty profile',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['id', 'name'],
  body: z.object({ name: ProfileName, id: ProfileId.optional() }).strict(),
  status: 201,
  response: ProfileDetail,
  problems: ['PROFILE_002', ...problems],
} as const satisfies Route;

export const renameProfile = {
  ...one,
  method: 'patch',
  path: '/profiles/{id}',
  summary: 'Give a profile another name; its id stays',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['name'],
  body: z.object({ name: ProfileName }).strict(),
  response: ProfileDetail,
  problems: ['PROFILE_001', 'PROFILE_003', ...problems],
} as const satisfies Route;

export const deleteProfile = {
  ...one,
  method: 'delete',
  path: '/profiles/{id}',
  summary: 'Stop a profile’s gateway and remove it with its servers; its clients are disconnected by docker mcp',
  permission: 'servers:manage',
  audited: true,
  response: Nothing,
  problems: ['PROFILE_001', 'PROFILE_003', ...problems],
} as const satisfies Route;

export const exportProfile = {
  ...one,
  method: 'get',
  path: '/profiles/{id}/export',
  summary: 'Export a profile as a document, without secret values',
  permission: 'servers:read',
  audited: true,
  response: z.object({ fileName: z.string(), document: ProfileDocument }),
  problems: ['PROFILE_001', 'PROFILE_003', ...problems],
} as const satisfies Route;

export const importProfile = {
  method: 'post',
  path: '/profiles/import',
  summary: 'Import a profile document; dryRun shows what would change, replace allows to overwrite a profile',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['replace', 'dryRun'],
  body: z
    .object({
      document: ProfileDocument,
      replace: z.boolean().default(false),
      dryRun: z.boolean().default(false),
    })
    .strict(),
  bodyBytes: limits.documentBody,
  status: 200,
  response: ProfileImport,
  problems: ['PROFILE_002', 'PROFILE_003', 'PROFILE_004', ...problems],
} as const satisfies Route;

export const pushProfile = {
  method: 'post',
  path: '/profiles/{id}/push',
  summary: 'Push a profile to a registry as an OCI artifact',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ref'],
  params,
  body: z.object({ ref: ImageReference }).strict(),
  status: 202,
  response: Operation,
  problems: ['PROFILE_001', 'PROFILE_003', ...problems],
} as const satisfies Route;

export const pullProfile = {
  method: 'post',
  path: '/profiles/pull',
  summary: 'Pull a profile from a registry',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ref'],
  body: z.object({ ref: ImageReference }).strict(),
  status: 202,
  response: Operation,
  problems: ['PROFILE_002', 'PROFILE_003', ...problems],
} as const satisfies Route;
