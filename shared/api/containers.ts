import * as z from 'zod';
import { ProfileId } from '../domain/docker-names.ts';
import { Name } from '../domain/names.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';

/** `own`: started by one of our gateways that runs. `orphan`: started by one of ours that is gone. `other`: another client's, never touched. */
export const ContainerOwner = z.enum(['own', 'orphan', 'other']).meta({ id: 'ContainerOwner' });
export type ContainerOwner = z.infer<typeof ContainerOwner>;

/** A container that an MCP server runs in, found by the gateway's labels. */
export const Container = z
  .object({
    id: z.string(),
    name: z.string(),
    server: z.string().describe('The server’s name as its label has it'),
    serverId: Name.nullable().describe('null: no server of ours'),
    profile: ProfileId.nullable(),
    image: z.string(),
    state: z.string().describe('As the engine says it: created, running, paused, exited, dead'),
    owner: ContainerOwner,
    startedAt: z.iso.datetime().nullable(),
    stats: z
      .object({
        cpuPercent: z.number().describe('100 is one core'),
        memoryBytes: z.int(),
        memoryLimitBytes: z.int().nullable(),
        networkReceivedBytes: z.int(),
        networkSentBytes: z.int(),
        processes: z.int().nullable(),
        at: z.iso.datetime(),
      })
      .nullable()
      .describe('null until the engine has sent a first measurement'),
  })
  .meta({ id: 'Container' });
export type Container = z.infer<typeof Container>;

export const Sweep = z
  .object({
    removed: z.array(z.object({ id: z.string(), server: z.string(), image: z.string() })),
    left: z.array(z.object({ id: z.string(), server: z.string(), reason: z.string() })),
    dryRun: z.boolean(),
  })
  .meta({ id: 'Sweep' });
export type Sweep = z.infer<typeof Sweep>;

export const DiskImage = z
  .object({
    id: z.string(),
    references: z.array(z.string()),
    bytes: z.int(),
    sharedBytes: z.int().nullable(),
    createdAt: z.iso.datetime(),
    serverIds: z.array(Name).describe('Servers that need it'),
    containers: z.int(),
    keptForRollback: z.boolean(),
  })
  .meta({ id: 'DiskImage' });
export type DiskImage = z.infer<typeof DiskImage>;

export const DiskVolume = z
  .object({
    name: z.string(),
    bytes: z.int().nullable(),
    serverIds: z.array(Name),
    containers: z.int(),
    createdAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DiskVolume' });
export type DiskVolume = z.infer<typeof DiskVolume>;

export const DiskUse = z
  .object({
    images: z.array(DiskImage),
    volumes: z.array(DiskVolume),
    totalBytes: z.int(),
    reclaimableBytes: z.int().describe('What no server and no container needs'),
  })
  .meta({ id: 'DiskUse' });
export type DiskUse = z.infer<typeof DiskUse>;

export const DiskCleaned = z
  .object({
    freedBytes: z.int(),
    removed: z.array(z.string()),
    kept: z.array(z.object({ what: z.string(), reason: z.string() })),
  })
  .meta({ id: 'DiskCleaned' });
export type DiskCleaned = z.infer<typeof DiskCleaned>;

const ContainerId = z.string().regex(/^[a-f0-9]{12,64}$/, 'This is not a container’s id.');
const params = z.object({ id: ContainerId });
const engineProblems = ['ENGINE_001', 'DOCKER_003', 'DOCKER_004', 'DOCKER_005'] as const;

export const listContainers = {
  method: 'get',
  path: '/containers',
  summary: 'List the containers of MCP servers with what they use',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['server', 'started_at', 'state']).extend({
    server_id: Name.optional(),
    profile: ProfileId.optional(),
    owner: ContainerOwner.optional(),
  }),
  status: 200,
  response: pageOf(Container),
  problems: [...engineProblems],
} as const satisfies Route;

export const stopContainer = {
  method: 'post',
  path: '/containers/{id}/stop',
  summary: 'Stop one container of ours; its server makes a new one when it is called',
  permission: 'servers:operate',
  audited: true,
  params,
  status: 200,
  response: Nothing,
  problems: ['CONTAINER_001', 'CONTAINER_002', ...engineProblems],
} as const satisfies Route;

export const readContainerLogs = {
  method: 'get',
  path: '/containers/{id}/logs',
  summary: 'Read the last lines of one container of ours',
  permission: 'servers:read',
  audited: false,
  params,
  query: z.object({ tail: z.coerce.number().int().min(1).max(2000).default(200) }),
  status: 200,
  response: z.object({ lines: z.array(z.string()) }),
  problems: ['CONTAINER_001', 'CONTAINER_002', ...engineProblems],
} as const satisfies Route;

export const sweepContainers = {
  method: 'post',
  path: '/containers/sweep',
  summary: 'Remove containers that gateways of ours have left behind; those of other clients stay',
  permission: 'servers:operate',
  audited: true,
  body: z.object({ dryRun: z.boolean().default(false) }).strict(),
  auditedFields: ['dryRun'],
  status: 200,
  response: Sweep,
  problems: [...engineProblems],
} as const satisfies Route;

export const getDiskUse = {
  method: 'get',
  path: '/disk',
  summary: 'Show what images and volumes of MCP servers take on the disk',
  permission: 'servers:read',
  audited: false,
  status: 200,
  response: DiskUse,
  problems: [...engineProblems],
} as const satisfies Route;

export const cleanDisk = {
  method: 'post',
  path: '/disk/clean',
  summary: 'Remove images and volumes that nothing uses',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['images', 'volumes'],
  body: z
    .object({
      images: z.array(z.string().max(200)).max(500).default([]),
      volumes: z.array(z.string().max(200)).max(500).default([]),
    })
    .strict(),
  status: 200,
  response: DiskCleaned,
  problems: [...engineProblems],
} as const satisfies Route;
