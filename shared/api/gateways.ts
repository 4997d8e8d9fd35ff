import * as z from 'zod';
import { ProfileId } from '../domain/docker-names.ts';
import { Name } from '../domain/names.ts';
import { ServerState } from '../domain/server-state.ts';
import { Problem } from './problem.ts';
import { pageOf, pageQuery, type Route } from './route.ts';

/** What a gateway says of one of its servers. `left-out`: it did not answer, or its secret is missing, and the rest runs without it. */
export const GatewayServer = z
  .object({
    serverId: Name,
    name: z.string(),
    state: z.enum(['waiting', 'ready', 'failed', 'left-out']),
    problem: Problem.nullable(),
    tools: z.int().nullable(),
    prompts: z.int().nullable(),
    resources: z.int().nullable(),
  })
  .meta({ id: 'GatewayServer' });
export type GatewayServer = z.infer<typeof GatewayServer>;

/** Docker's gateway of one profile: the process that runs its servers' containers. */
export const Gateway = z
  .object({
    profile: ProfileId,
    title: z.string(),
    state: ServerState,
    problem: Problem.nullable(),
    mode: z
      .enum(['profile', 'files'])
      .nullable()
      .describe('How it is started: from Docker’s profile, or from files made of it'),
    modeReason: z.string().nullable(),
    transport: z.enum(['http', 'stdio']).nullable(),
    url: z.url().nullable().describe('On this machine only, and only with its token'),
    pid: z.int().nullable(),
    startedAt: z.iso.datetime().nullable(),
    nextTryAt: z.iso.datetime().nullable(),
    restarts: z.int(),
    ownTools: z.boolean(),
    editsApply: z
      .enum(['at-once', 'by-restart'])
      .nullable()
      .describe('When a change of settings or tools takes effect'),
    changesWaiting: z.boolean().describe('True if something was changed that takes effect with the next restart'),
    servers: z.array(GatewayServer),
  })
  .meta({ id: 'Gateway' });
export type Gateway = z.infer<typeof Gateway>;

export const GatewayDetail = Gateway.extend({
  output: z.array(z.string()).describe('Its last lines, without secrets'),
}).meta({ id: 'GatewayDetail' });
export type GatewayDetail = z.infer<typeof GatewayDetail>;

const params = z.object({ profile: ProfileId });
const one = { params, status: 200, response: Gateway } as const;
const problems = [
  'PROFILE_001',
  'ENGINE_001',
  'SERVER_003',
  'SERVER_004',
  'SERVER_005',
  'SERVER_006',
  'SERVER_008',
  'SERVER_009',
  'SERVER_010',
  'SERVER_011',
  'SECRET_003',
  'SECRET_004',
  'SECRET_006',
  'SECRET_008',
  'SECRET_009',
  'DOCKER_001',
  'DOCKER_002',
  'DOCKER_003',
  'DOCKER_004',
  'DOCKER_005',
  'DOCKER_006',
  'DOCKER_007',
  'DOCKER_009',
  'DOCKER_010',
  'DOCKER_011',
  'DOCKER_012',
  'DOCKER_013',
  'DOCKER_014',
  'DOCKER_015',
] as const;

export const listGateways = {
  method: 'get',
  path: '/gateways',
  summary: 'List the gateways, one of each profile',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['profile']),
  status: 200,
  response: pageOf(Gateway),
  problems: [],
} as const satisfies Route;

export const getGateway = {
  ...one,
  method: 'get',
  path: '/gateways/{profile}',
  summary: 'Show one gateway with its last output',
  permission: 'servers:read',
  audited: false,
  response: GatewayDetail,
  problems: ['PROFILE_001'],
} as const satisfies Route;

export const startGateway = {
  ...one,
  method: 'post',
  path: '/gateways/{profile}/start',
  summary: 'Start a profile’s gateway with the servers that ran last, or with all of them',
  permission: 'servers:operate',
  audited: true,
  problems,
} as const satisfies Route;

export const stopGateway = {
  ...one,
  method: 'post',
  path: '/gateways/{profile}/stop',
  summary: 'Stop a profile’s gateway and all its containers',
  permission: 'servers:operate',
  audited: true,
  problems: ['PROFILE_001'],
} as const satisfies Route;

export const restartGateway = {
  ...one,
  method: 'post',
  path: '/gateways/{profile}/restart',
  summary: 'Restart a profile’s gateway, with all changes that wait',
  permission: 'servers:operate',
  audited: true,
  problems,
} as const satisfies Route;

export const updateGateway = {
  ...one,
  method: 'patch',
  path: '/gateways/{profile}',
  summary: 'Switch the gateway’s own tools on or off; they can change profiles',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ownTools'],
  body: z.object({ ownTools: z.boolean() }).strict(),
  problems: ['PROFILE_001'],
} as const satisfies Route;
