import * as z from 'zod';
import { DockerServerName, ImageReference, ProfileId } from '../domain/docker-names.ts';
import { JSONSchema } from '../domain/json-schema.ts';
import { ExactVersion, Integrity, Name, PackageName, PlainValue } from '../domain/names.ts';
import { ServerState } from '../domain/server-state.ts';
import { dockerProblems } from './docker.ts';
import { Problem } from './problem.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';
import { SecretSlot, ServerConfiguration, ServerConfigurationChange } from './server-configuration.ts';

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'The address must start with http:// or https://.' })
  .max(2048)
  .refine(value => !/^[a-z]+:[\\/]*[^\\/?#]*@/i.test(value), 'The address must not hold a user name or password.');

export const ServerSource = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('npm'),
      package: PackageName,
      version: ExactVersion,
      integrity: Integrity,
    }),
    z.object({
      type: z.literal('command'),
      command: PlainValue.describe('A program by its absolute path, or by its name on PATH'),
    }),
    z.object({ type: z.literal('remote'), url: httpUrl }),
    z.object({
      type: z.literal('image'),
      image: ImageReference,
      digest: z
        .string()
        .nullable()
        .describe('The digest of the image that is on this machine; null: it is not here yet'),
    }),
  ])
  .meta({
    id: 'ServerSource',
    description: 'Where a server comes from: a pinned npm package, a local command, a remote address, or an image.',
  });
export type ServerSource = z.infer<typeof ServerSource>;

export const MCPServer = z
  .object({
    id: Name,
    title: z.string(),
    description: z.string(),
    engine: z.enum(['process', 'docker']),
    source: ServerSource,
    catalogEntry: z.string().nullable().describe('The catalog entry that it was installed from'),
    profile: ProfileId.nullable().describe('The Docker profile that it is in; null: another engine'),
    nameInProfile: DockerServerName.nullable().describe('What Docker calls it'),
    update: z
      .object({ from: z.string(), to: z.string(), detail: z.string() })
      .nullable()
      .describe('That its catalog has another image or definition than the one it runs with'),
    canRollBack: z.boolean().describe('True if what it was before its last update is still known'),
    enabled: z.boolean().describe('True if it shall run: it is started again with the daemon'),
    state: ServerState,
    problem: Problem.nullable().describe('Why the state is not what was asked for'),
    nextTryAt: z.iso.datetime().nullable().describe('When a restarting server is tried again'),
    startedAt: z.iso.datetime().nullable(),
    restarts: z.int().describe('Restarts without being asked, since the last start by a person'),
    pid: z.int().nullable(),
    serverVersion: z.string().nullable().describe('What the server says of itself'),
    protocolVersion: z.string().nullable(),
    toolCount: z.int().nullable().describe('null until the server has run once'),
    isolated: z.boolean().describe('False: the server runs with your rights on this machine'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'MCPServer' });
export type MCPServer = z.infer<typeof MCPServer>;

export const MCPServerDetail = MCPServer.extend({
  configuration: ServerConfiguration,
  instructions: z.string().nullable().describe('What the server tells its clients about itself'),
  output: z.array(z.string()).describe('The last lines that the server wrote to its error output'),
  settingsSchema: JSONSchema.nullable().describe('What its settings may be; null: it has none'),
  secretSlots: z.array(SecretSlot).describe('The secrets that it declares'),
  changesApply: z
    .enum(['at-once', 'by-restart'])
    .nullable()
    .describe('When a change of its configuration takes effect while it runs'),
}).meta({ id: 'MCPServerDetail' });
export type MCPServerDetail = z.infer<typeof MCPServerDetail>;

export const TestResult = z
  .object({
    id: z.string(),
    serverId: Name,
    ok: z.boolean(),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    steps: z.array(
      z.object({
        name: z.enum(['start', 'initialize', 'ping', 'list-tools']),
        ok: z.boolean(),
        durationMs: z.number(),
        detail: z.string(),
      }),
    ),
    problem: Problem.nullable(),
  })
  .meta({ id: 'TestResult', description: 'One check of a server: does it start, answer and list its tools.' });
export type TestResult = z.infer<typeof TestResult>;

export const ServerParams = z.object({ id: Name });

const newServerCommon = {
  id: Name,
  title: z.string().min(1).max(120).optional(),
  description: z.string().max(2000).optional(),
  configuration: ServerConfigurationChange.optional(),
};
/** npm servers come by `POST /operations`, because they have to be installed. */
export const NewServer = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('command'), command: PlainValue, ...newServerCommon }),
    z.object({ type: z.literal('remote'), url: httpUrl, ...newServerCommon }),
  ])
  .meta({ id: 'NewServer' });
export type NewServer = z.infer<typeof NewServer>;

export const listServers = {
  method: 'get',
  path: '/servers',
  summary: 'List the servers',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['id', 'title', 'state', 'created_at', 'updated_at']).extend({
    state: ServerState.optional(),
    q: z.string().max(200).optional().describe('Part of the name, title or description'),
    engine: z.enum(['process', 'docker']).optional(),
    profile: ProfileId.optional(),
  }),
  status: 200,
  response: pageOf(MCPServer),
  problems: [],
} as const satisfies Route;

export const createServer = {
  method: 'post',
  path: '/servers',
  summary: 'Add a server that is a local command or a remote address',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['id', 'type', 'command', 'url'],
  body: NewServer,
  status: 201,
  response: MCPServer,
  problems: ['SERVER_002', 'SECRET_001', 'SECRET_008'],
} as const satisfies Route;

const oneServer = { params: ServerParams, status: 200 } as const;

export const getServer = {
  ...oneServer,
  method: 'get',
  path: '/servers/{id}',
  summary: 'Show one server with its configuration and last output',
  permission: 'servers:read',
  audited: false,
  response: MCPServerDetail,
  problems: ['SERVER_001'],
} as const satisfies Route;

export const updateServer = {
  ...oneServer,
  method: 'patch',
  path: '/servers/{id}',
  summary: 'Change a server’s title, description or configuration',
  permission: 'servers:manage',
  audited: true,
  body: z
    .object({
      title: z.string().min(1).max(120),
      description: z.string().max(2000),
      configuration: ServerConfigurationChange,
    })
    .partial()
    .strict(),
  response: MCPServerDetail,
  problems: ['SERVER_001', 'SERVER_009', 'SERVER_010', 'SECRET_001', 'SECRET_008', ...dockerProblems],
} as const satisfies Route;

export const deleteServer = {
  ...oneServer,
  method: 'delete',
  path: '/servers/{id}',
  summary: 'Stop a server and remove it with its configuration and files',
  permission: 'servers:manage',
  audited: true,
  response: Nothing,
  problems: ['SERVER_001', 'SERVER_009', ...dockerProblems],
} as const satisfies Route;

export const startServer = {
  ...oneServer,
  method: 'post',
  path: '/servers/{id}/start',
  summary: 'Start a server and wait until it answers',
  permission: 'servers:operate',
  audited: true,
  response: MCPServer,
  problems: [
    'SERVER_001',
    'SERVER_004',
    'SERVER_005',
    'SERVER_006',
    'SERVER_007',
    'SERVER_008',
    'SERVER_009',
    'SERVER_003',
    'SERVER_010',
    'SERVER_011',
    'DOCKER_007',
    'ENGINE_001',
    'SECRET_003',
    'SECRET_004',
    'SECRET_006',
    'SECRET_008',
    'SECRET_009',
    ...dockerProblems,
    'DOCKER_014',
  ],
} as const satisfies Route;

export const stopServer = {
  ...oneServer,
  method: 'post',
  path: '/servers/{id}/stop',
  summary: 'Stop a server and wait until its processes have ended',
  permission: 'servers:operate',
  audited: true,
  response: MCPServer,
  problems: ['SERVER_001', 'SERVER_009'],
} as const satisfies Route;

export const restartServer = {
  ...startServer,
  path: '/servers/{id}/restart',
  summary: 'Stop a server and start it again',
} as const satisfies Route;

export const testServer = {
  ...oneServer,
  method: 'post',
  path: '/servers/{id}/test',
  summary: 'Check that a server starts, answers and lists its tools',
  permission: 'servers:operate',
  audited: true,
  response: TestResult,
  problems: ['SERVER_001', 'SERVER_009'],
} as const satisfies Route;
