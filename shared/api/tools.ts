import * as z from 'zod';
import { JSONSchema } from '../domain/json-schema.ts';
import { Name, ToolName } from '../domain/names.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { dockerProblems, ServerParams } from './servers.ts';

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

export const updateTool = {
  method: 'patch',
  path: '/servers/{id}/tools/{tool}',
  summary: 'Switch a tool on or off',
  permission: 'servers:manage',
  audited: true,
  params: ToolParams,
  auditedFields: ['enabled'],
  body: z.object({ enabled: z.boolean() }).strict(),
  status: 200,
  response: Tool,
  problems: ['SERVER_001', 'SERVER_009', 'SERVER_010', 'TOOL_001', ...dockerProblems],
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
