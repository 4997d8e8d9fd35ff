import * as z from 'zod';
import { ImageReference, ProfileId } from '../domain/docker-names.ts';
import { Integrity, Name, PackageName } from '../domain/names.ts';
import { Problem } from './problem.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { ServerConfigurationChange } from './server-configuration.ts';

/** `interrupted`: the daemon ended while it ran; nothing of it was kept, and it can be started again. */
export const OperationState = z
  .enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled', 'interrupted'])
  .meta({ id: 'OperationState' });
export type OperationState = z.infer<typeof OperationState>;

/** One step of an operation that has several. A failed one is tried again by retrying the operation. */
export const OperationStep = z
  .object({
    id: z.string(),
    title: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'undone']),
    detail: z.string(),
  })
  .meta({ id: 'OperationStep' });
export type OperationStep = z.infer<typeof OperationStep>;

/** How far an image has come. */
export const Transfer = z
  .object({
    bytes: z.int(),
    totalBytes: z.int().nullable(),
    bytesPerSecond: z.int(),
    layers: z.array(
      z.object({
        id: z.string(),
        state: z.enum(['waiting', 'downloading', 'extracting', 'done']),
        bytes: z.int(),
        totalBytes: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'Transfer' });
export type Transfer = z.infer<typeof Transfer>;

export const OperationKind = z
  .enum([
    'install',
    'update',
    'roll-back',
    'pull-catalog',
    'push-catalog',
    'pull-profile',
    'push-profile',
    'pull-image',
  ])
  .meta({ id: 'OperationKind' });
export type OperationKind = z.infer<typeof OperationKind>;

export const Operation = z
  .object({
    id: z.string(),
    kind: OperationKind,
    serverId: Name.nullable().describe('The server that it makes or changes; null: it is about no server'),
    steps: z.array(OperationStep).describe('Empty if it has only one'),
    transfer: Transfer.nullable(),
    canRetry: z.boolean(),
    title: z.string().describe('What it does, for a person'),
    state: OperationState,
    step: z.string().describe('What it is doing now, for a person'),
    progress: z.number().min(0).max(1).nullable().describe('null: it cannot be told'),
    problem: Problem.nullable(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({
    id: 'Operation',
    description: 'Something that takes a while: watched by events or by reading it, cancelled at any time.',
  });
export type Operation = z.infer<typeof Operation>;

/** True if the operation will not change any more. */
export const hasEnded = (operation: Operation): boolean =>
  operation.state !== 'running' && operation.state !== 'cancelling';

/** The install of one server. */
export const InstallOperation = z
  .object({
    kind: z.literal('install'),
    from: z
      .union([
        z.object({ catalogEntry: Name }).strict(),
        z
          .object({
            package: PackageName,
            version: z
              .string()
              .max(128)
              .regex(/^[A-Za-z0-9^~<>=*][A-Za-z0-9.^~<>=*+ -]*$/, 'This is not a version, a range or a tag.')
              .optional()
              .describe('A version, range or tag; the exact one it means is pinned. Default: latest'),
            integrity: Integrity.optional().describe('Refuse any other package than this one'),
          })
          .strict(),
        z.object({ image: ImageReference }).strict(),
      ])
      .describe('A catalog entry, any npm package, or an image that describes itself'),
    profile: ProfileId.optional().describe('The Docker profile that gets it; default: the only one there is'),
    serverId: Name.optional().describe('Default: the entry’s id, or a name made from the package’s'),
    configuration: ServerConfigurationChange.optional(),
    inputs: z.record(z.string(), z.unknown()).optional().describe('Values for the entry’s configurationSchema'),
    allowScripts: z.boolean().default(false).describe('Let this package and what it needs run their install scripts'),
    start: z.boolean().default(false).describe('Start the server when it is installed'),
  })
  .strict();

/** Everything that takes a while and is about servers. Catalogs and profiles have routes of their own that answer an operation. */
export const NewOperation = z
  .discriminatedUnion('kind', [
    InstallOperation,
    z
      .object({ kind: z.literal('update'), serverId: Name })
      .strict()
      .describe('Take what the catalog has now; settings, secrets and the choice of tools stay'),
    z
      .object({ kind: z.literal('roll-back'), serverId: Name })
      .strict()
      .describe('Undo the last update'),
  ])
  .meta({ id: 'NewOperation' });
export type NewOperation = z.infer<typeof NewOperation>;

const OperationParams = z.object({ id: z.string().min(1).max(64) });

export const createOperation = {
  method: 'post',
  path: '/operations',
  summary: 'Install, update or roll back a server',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['kind', 'serverId', 'profile', 'from.catalogEntry', 'from.package', 'from.version', 'from.image'],
  body: NewOperation,
  status: 202,
  response: Operation,
  problems: [
    'CATALOG_001',
    'SERVER_001',
    'SERVER_002',
    'SERVER_010',
    'SERVER_011',
    'INSTALL_008',
    'INSTALL_009',
    'OPERATION_003',
    'ENGINE_001',
    'PROFILE_001',
    'PROFILE_005',
    'SECRET_001',
    'SECRET_008',
    'DOCKER_001',
    'DOCKER_002',
    'DOCKER_003',
    'DOCKER_010',
    'DOCKER_011',
  ],
} as const satisfies Route;

export const listOperations = {
  method: 'get',
  path: '/operations',
  summary: 'List operations, the newest first unless asked otherwise',
  permission: 'operations:read',
  audited: false,
  query: pageQuery(['started_at', 'state']).extend({
    sort_order: z.enum(['asc', 'desc']).default('desc'),
    state: OperationState.optional(),
  }),
  status: 200,
  response: pageOf(Operation),
  problems: [],
} as const satisfies Route;

export const getOperation = {
  method: 'get',
  path: '/operations/{id}',
  summary: 'Show one operation',
  permission: 'operations:read',
  audited: false,
  params: OperationParams,
  status: 200,
  response: Operation,
  problems: ['OPERATION_001'],
} as const satisfies Route;

export const cancelOperation = {
  method: 'post',
  path: '/operations/{id}/cancel',
  summary: 'Cancel an operation and undo what it did so far',
  permission: 'operations:manage',
  audited: true,
  params: OperationParams,
  status: 200,
  response: Operation,
  problems: ['OPERATION_001', 'OPERATION_002'],
} as const satisfies Route;

export const retryOperation = {
  method: 'post',
  path: '/operations/{id}/retry',
  summary: 'Try a failed, cancelled or interrupted operation again; what it has finished is not done twice',
  permission: 'servers:manage',
  audited: true,
  params: OperationParams,
  status: 202,
  response: Operation,
  problems: ['OPERATION_001', ...createOperation.problems],
} as const satisfies Route;
