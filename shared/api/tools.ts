import * as z from 'zod';
import { JSONSchema } from '../domain/json-schema.ts';
import { Name, ToolName } from '../domain/names.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { dockerProblems, ServerParams } from './servers.ts';

/** What a person calls a tool at /mcp; null: as its server does. */
export const ToolOverride = z
  .object({
    name: z.string().nullable(),
    title: z.string().nullable(),
    description: z.string().nullable(),
  })
  .meta({ id: 'ToolOverride' });
export type ToolOverride = z.infer<typeof ToolOverride>;

export const ToolChange = z
  .object({
    enabled: z.boolean(),
    name: z
      .string()
      .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'A name at /mcp has 1 to 64 letters, digits, underscores and hyphens.')
      .nullable()
      .describe('What it is called at /mcp; null: as it was'),
    title: z.string().max(200).nullable().describe('null: the server’s own'),
    description: z.string().max(10_000).nullable().describe('null: the server’s own'),
  })
  .partial()
  .strict()
  .meta({ id: 'ToolChange' });
export type ToolChange = z.infer<typeof ToolChange>;

export const Tool = z
  .object({
    serverId: Name,
    name: z.string(),
    title: z.string().nullable(),
    description: z.string(),
    inputSchema: JSONSchema,
    outputSchema: JSONSchema.nullable(),
    annotations: z.object({
      readOnly: z.boolean().nullable(),
      destructive: z.boolean().nullable(),
      idempotent: z.boolean().nullable(),
      openWorld: z.boolean().nullable(),
    }),
    enabled: z.boolean().describe('False: neither listed at /mcp nor callable'),
    quarantined: z
      .boolean()
      .describe('True: its definition is not what was approved; neither listed at /mcp nor callable'),
    gatewayName: z.string().nullable().describe('What it is called at /mcp: it stays, whatever is installed later'),
    override: ToolOverride,
    tokens: z
      .int()
      .nullable()
      .describe('What its definition costs in every conversation, counted with o200k_base; null: not counted yet'),
  })
  .meta({ id: 'Tool' });
export type Tool = z.infer<typeof Tool>;

export const Resource = z
  .object({
    serverId: Name,
    uri: z.string(),
    name: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    mimeType: z.string().nullable(),
  })
  .meta({ id: 'Resource' });
export type Resource = z.infer<typeof Resource>;

export const Prompt = z
  .object({
    serverId: Name,
    name: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    arguments: z.array(z.object({ name: z.string(), description: z.string().nullable(), required: z.boolean() })),
  })
  .meta({ id: 'Prompt' });
export type Prompt = z.infer<typeof Prompt>;

/** One block of a result, as the protocol defines it. Unknown kinds pass as they are and are shown as JSON. */
export const ContentBlock = z.looseObject({ type: z.string() }).meta({ id: 'ContentBlock' });
export type ContentBlock = z.infer<typeof ContentBlock>;

export const CallResult = z
  .object({
    id: z.string(),
    serverId: Name,
    tool: z.string(),
    isError: z.boolean().describe('True if the tool itself reported an error'),
    content: z.array(ContentBlock),
    structuredContent: z.unknown().optional(),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    bytes: z.int().describe('The size of the result as JSON'),
  })
  .meta({ id: 'CallResult' });
export type CallResult = z.infer<typeof CallResult>;

/** One way to end a clash: to be sent as it is to `PATCH /servers/{id}/tools/{tool}`. */
export const ClashFix = z
  .object({
    kind: z.enum(['prefix', 'hide', 'rename']),
    serverId: Name,
    tool: z.string(),
    change: ToolChange,
    detail: z.string(),
  })
  .meta({ id: 'ClashFix' });
export type ClashFix = z.infer<typeof ClashFix>;

export const ToolClash = z
  .object({
    name: z.string().describe('What all of them would be called'),
    tools: z.array(
      z.object({
        serverId: Name,
        tool: z.string(),
        gatewayName: z.string().describe('What it is called at /mcp until something is done'),
        installed: z.boolean().describe('False: of the catalog entry that was asked for'),
        fixes: z.array(ClashFix),
      }),
    ),
  })
  .meta({
    id: 'ToolClash',
    description: 'Tools of several servers with one name. They work: all but one have a longer name.',
  });
export type ToolClash = z.infer<typeof ToolClash>;

const ToolParams = ServerParams.extend({ tool: ToolName });

export const listTools = {
  method: 'get',
  path: '/tools',
  summary: 'List the tools of all servers, or of one',
  permission: 'tools:read',
  audited: false,
  query: pageQuery(['name', 'server_id']).extend({ server_id: Name.optional(), q: z.string().max(200).optional() }),
  status: 200,
  response: pageOf(Tool),
  problems: [],
} as const satisfies Route;

export const listServerTools = {
  method: 'get',
  path: '/servers/{id}/tools',
  summary: 'List one server’s tools; of a stopped server, those it had when it last ran',
  permission: 'tools:read',
  audited: false,
  params: ServerParams,
  query: pageQuery(['name']),
  status: 200,
  response: pageOf(Tool),
  problems: ['SERVER_001'],
} as const satisfies Route;

export const listToolClashes = {
  method: 'get',
  path: '/tool-clashes',
  summary:
    'List the names that tools of several servers share, with what can be done; also before a server is installed',
  permission: 'tools:read',
  audited: false,
  query: z.object({
    entry: z.string().max(200).optional().describe('A catalog entry: what would clash if it were installed'),
  }),
  status: 200,
  response: z.object({ items: z.array(ToolClash) }),
  problems: ['CATALOG_001'],
} as const satisfies Route;

export const updateTool = {
  method: 'patch',
  path: '/servers/{id}/tools/{tool}',
  summary: 'Switch a tool on or off, or change what it is called and how it is described at /mcp',
  permission: 'servers:manage',
  audited: true,
  params: ToolParams,
  auditedFields: ['enabled', 'name', 'title'],
  body: ToolChange,
  status: 200,
  response: Tool,
  problems: ['SERVER_001', 'SERVER_009', 'SERVER_010', 'TOOL_001', 'TOOL_009', ...dockerProblems],
} as const satisfies Route;

export const callTool = {
  method: 'post',
  path: '/servers/{id}/tools/{tool}/call',
  summary: 'Call a tool and wait for its result; closing the connection cancels the call',
  permission: 'tools:call',
  audited: true,
  params: ToolParams,
  body: z
    .object({
      arguments: z.record(z.string(), z.unknown()).default({}),
      timeoutSeconds: z.int().min(1).max(3600).optional(),
    })
    .strict(),
  status: 200,
  response: CallResult,
  problems: [
    'SERVER_001',
    'SERVER_003',
    'TOOL_001',
    'TOOL_002',
    'TOOL_003',
    'TOOL_004',
    'TOOL_005',
    'TOOL_006',
    'TOOL_007',
    'TOOL_008',
    'TOOL_010',
    'TOOL_011',
    'APPROVAL_001',
  ],
} as const satisfies Route;

export const listResources = {
  ...listServerTools,
  path: '/servers/{id}/resources',
  summary: 'List a running server’s resources',
  response: pageOf(Resource),
  problems: ['SERVER_001', 'SERVER_003'],
} as const satisfies Route;

export const listPrompts = {
  ...listServerTools,
  path: '/servers/{id}/prompts',
  summary: 'List a running server’s prompts',
  response: pageOf(Prompt),
  problems: ['SERVER_001', 'SERVER_003'],
} as const satisfies Route;
