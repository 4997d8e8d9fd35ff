import * as z from 'zod';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';

/** What the Docker engine may be able to do. The page and the tree grey out what it cannot, with the reason. */
export const dockerCapabilities = [
  'profiles',
  'catalogs',
  'catalog-import',
  'registry-transfer',
  'server-config',
  'tool-selection',
  'gateway',
  'gateway-http',
  'gateway-files',
  'gateway-hot-reload',
  'secrets',
  'oauth',
  'clients',
  'containers',
  'images',
] as const;
export const DockerCapability = z.enum(dockerCapabilities).meta({ id: 'DockerCapability' });
export type DockerCapability = z.infer<typeof DockerCapability>;

export const DockerStatus = z
  .object({
    available: z.boolean().describe('True if servers can be installed and run now'),
    problem: Problem.nullable().describe('Why it is not available'),
    plugin: z.object({
      installed: z.boolean(),
      version: z.string().nullable().describe('As the plugin says it; self-built ones say HEAD or a commit'),
      path: z.string().nullable(),
      dialect: z.enum(['profile', 'legacy']).nullable().describe('Which generation of commands it has'),
      safe: z.boolean().describe('False: this version has known weaknesses, and its HTTP gateway is not used'),
      flags: z.array(z.string()).describe('The flags of `gateway run` that it has'),
    }),
    engine: z.object({
      reachable: z.boolean(),
      version: z.string().nullable(),
      platform: z.enum(['desktop', 'engine']).nullable(),
      os: z.string().nullable(),
      architecture: z.string().nullable(),
      context: z.string().nullable(),
      host: z.string().nullable().describe('The address of the engine, without user or password'),
      hostFrom: z.enum(['environment', 'context', 'default']).nullable(),
    }),
    insideContainer: z.boolean(),
    docker: z.object({ path: z.string().nullable(), version: z.string().nullable() }).describe('The docker command'),
    passInstalled: z.boolean().describe('True if Docker’s own secret store can be used'),
    ownTools: z.boolean().describe('True if the gateway’s own tools, which can change profiles, are switched on'),
    capabilities: z.array(z.object({ id: DockerCapability, available: z.boolean(), reason: z.string().nullable() })),
    warnings: z.array(Problem),
    probedAt: z.iso.datetime(),
  })
  .meta({ id: 'DockerStatus' });
export type DockerStatus = z.infer<typeof DockerStatus>;

export const getDocker = {
  method: 'get',
  path: '/docker',
  summary: 'Show what Docker and docker mcp can do on this machine, and why not',
  permission: 'daemon:read',
  audited: false,
  status: 200,
  response: DockerStatus,
  problems: [],
} as const satisfies Route;

export const probeDocker = {
  method: 'post',
  path: '/docker/probe',
  summary: 'Look at Docker again, and read its profiles anew',
  permission: 'servers:operate',
  audited: false,
  status: 200,
  response: DockerStatus,
  problems: [],
} as const satisfies Route;

/** What may be answered wherever Docker is asked. */
export const dockerProblems = [
  'DOCKER_001',
  'DOCKER_002',
  'DOCKER_003',
  'DOCKER_004',
  'DOCKER_005',
  'DOCKER_006',
  'DOCKER_009',
  'DOCKER_010',
  'DOCKER_011',
  'DOCKER_012',
  'DOCKER_013',
  'DOCKER_015',
] as const;
