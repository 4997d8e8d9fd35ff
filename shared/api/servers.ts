import * as z from 'zod';
import { DockerServerName, ImageReference, ProfileId } from '../domain/docker-names.ts';
import { JSONSchema } from '../domain/json-schema.ts';
import { limits } from '../domain/limits.ts';
import { EnvironmentVariableName, ExactVersion, Integrity, Name, PackageName, PlainValue } from '../domain/names.ts';
import { ServerState } from '../domain/server-state.ts';
import { Problem } from './problem.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';
import { SecretReference, SecretReferences } from './secrets.ts';

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

export const ResourceLimits = z
  .object({
    startSeconds: z
      .int()
      .min(1)
      .max(limits.startSeconds.most)
      .default(limits.startSeconds.default)
      .describe('How long a start may take'),
    callSeconds: z
      .int()
      .min(1)
      .max(limits.callSeconds.most)
      .default(limits.callSeconds.default)
      .describe('How long one call may take'),
    messageBytes: z
      .int()
      .min(65_536)
      .max(limits.message.most)
      .default(limits.message.default)
      .describe('The largest message taken from the server'),
    concurrentCalls: z
      .int()
      .min(1)
      .max(limits.concurrentCalls.most)
      .default(limits.concurrentCalls.default)
      .describe('How many calls of all clients the server works on at once'),
    waitingCalls: z
      .int()
      .min(0)
      .max(limits.waitingCalls.most)
      .default(limits.waitingCalls.default)
      .describe('How many more may wait for a place'),
  })
  .meta({ id: 'ResourceLimits' });
export type ResourceLimits = z.infer<typeof ResourceLimits>;

export const NetworkConfig = z
  .object({
    inheritProxy: z
      .boolean()
      .default(true)
      .describe('Hand HTTP_PROXY, HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS on to the server'),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
        z
          .string()
          .max(8192)
          .regex(/^[\t\x20-\x7e]*$/),
      )
      .default({})
      .describe('Sent with every request to a remote server'),
  })
  .meta({ id: 'NetworkConfig' });
export type NetworkConfig = z.infer<typeof NetworkConfig>;

const SessionMode = z.enum(['shared', 'per-client']).meta({ id: 'SessionMode' });

const RestartMode = z.enum(['never', 'on-failure', 'always']).meta({ id: 'RestartMode' });

const text = z
  .string()
  .max(8192)
  .refine(value => !value.includes('\0'), 'A null character is not allowed here.');

const configurationFields = {
  arguments: z.array(text).max(limits.arguments).describe('Handed to the server after its own command'),
  environment: z
    .record(EnvironmentVariableName, text)
    .refine(value => Object.keys(value).length <= limits.environment, `At most ${limits.environment} variables.`),
  workingDirectory: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]*$/, 'Give the folder by its full path.')
    .nullable()
    .describe('null: the folder that Quayside made for this server'),
  restart: RestartMode,
  session: SessionMode.describe(
    'One MCP session for all clients, or one for each: for servers that keep state between calls',
  ),
  disabledTools: z.array(z.string().max(128)).max(2000).describe('Tools that are neither listed nor callable'),
  settings: z
    .record(z.string().max(200), z.unknown())
    .refine(value => JSON.stringify(value).length <= 262_144, 'Settings may take 256 KiB at most.')
    .describe('What a Docker server calls its config; its entry’s schema says what may be in it'),
};

/** A secret that a Docker server declares: its value comes from a reference with this variable. */
export const SecretSlot = z
  .object({
    name: z.string().describe('Docker’s name for it, for example github.personal_access_token'),
    environmentVariable: EnvironmentVariableName,
    description: z.string().nullable(),
    required: z.boolean(),
  })
  .meta({ id: 'SecretSlot' });
export type SecretSlot = z.infer<typeof SecretSlot>;

export const ServerConfiguration = z
  .object({
    id: z.string(),
    serverId: Name,
    ...configurationFields,
    limits: ResourceLimits,
    network: NetworkConfig,
    secretReferences: z.array(SecretReference),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ServerConfiguration' });
export type ServerConfiguration = z.infer<typeof ServerConfiguration>;

/** A change: what is absent stays as it is. */
export const ServerConfigurationChange = z
  .object({
    ...configurationFields,
    limits: ResourceLimits.partial(),
    network: NetworkConfig.partial(),
    secretReferences: SecretReferences,
  })
  .partial()
  .strict()
  .meta({ id: 'ServerConfigurationChange' });
export type ServerConfigurationChange = z.input<typeof ServerConfigurationChange>;

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
