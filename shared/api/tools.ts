import * as z from 'zod';
import { JSONSchema } from '../domain/json-schema.ts';
import { GatewayName, Name, ToolName } from '../domain/names.ts';
import { dockerProblems } from './docker.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { ServerParams } from './servers.ts';

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
    name: GatewayName.nullable().describe('What it is called at /mcp; null: as it was'),
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

/** A tool by its server and the name that the server gave it. */
export const ToolParams = ServerParams.extend({ tool: ToolName });

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
