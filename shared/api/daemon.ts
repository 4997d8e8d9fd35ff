import * as z from 'zod';
import { Problem } from './problem.ts';
import { Nothing, type Route } from './route.ts';

/** The version of the API. A client and a daemon with the same one understand each other. */
export const apiVersion = 1;

export const Health = z
  .object({
    name: z.literal('quayside'),
    status: z.enum(['ok', 'stopping']),
    version: z.string(),
    apiVersion: z.int(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const EngineStatus = z
  .object({
    kind: z.enum(['process', 'docker']),
    title: z.string(),
    available: z.boolean(),
    reason: z.string().nullable().describe('Why it is not available'),
    version: z.string().nullable(),
    capabilities: z.array(z.string()),
    isolated: z.boolean(),
  })
  .meta({ id: 'EngineStatus' });
export type EngineStatus = z.infer<typeof EngineStatus>;

export const DaemonStatus = z
  .object({
    version: z.string(),
    apiVersion: z.int(),
    pid: z.int(),
    startedAt: z.iso.datetime(),
    runtime: z.string().describe('For example node v24.21.0'),
    url: z.url().nullable(),
    mcpUrl: z.url().nullable(),
    socket: z.string(),
    stateFolder: z.string(),
    persistent: z.boolean().describe('False: it ends some minutes after its last client'),
    memoryBytes: z.int(),
    clients: z.int().describe('Open event streams and MCP sessions'),
    engines: z.array(EngineStatus),
    servers: z.object({ total: z.int(), running: z.int(), failed: z.int() }),
    warnings: z.array(Problem).describe('What is not as it should be, though the daemon runs'),
  })
  .meta({ id: 'DaemonStatus' });
export type DaemonStatus = z.infer<typeof DaemonStatus>;

export const getHealth = {
  method: 'get',
  path: '/health',
  summary: 'Say that the daemon is there, and its version',
  permission: 'public',
  audited: false,
  status: 200,
  response: Health,
  problems: [],
} as const satisfies Route;

export const getStatus = {
  method: 'get',
  path: '/status',
  summary: 'Show the daemon, its engines and what is wrong',
  permission: 'daemon:read',
  audited: false,
  status: 200,
  response: DaemonStatus,
  problems: [],
} as const satisfies Route;

export const stopDaemon = {
  method: 'post',
  path: '/daemon/stop',
  summary: 'Stop the daemon and all servers; servers that run now are started again with the next daemon',
  permission: 'daemon:manage',
  audited: true,
  body: z.object({ reason: z.string().max(200).default('asked by a client') }).strict(),
  status: 202,
  response: Nothing,
  problems: [],
} as const satisfies Route;
