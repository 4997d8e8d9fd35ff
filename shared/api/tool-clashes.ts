// Names that tools of several servers share, and what is done about them.
import * as z from 'zod';
import { GatewayName, Name, ToolName } from '../domain/names.ts';
import type { Route } from './route.ts';
import { ToolChange } from './tools.ts';

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
    open: z.boolean().describe('True: nobody has decided about it yet'),
    answer: z
      .enum(['prefixed', 'renamed', 'hidden', 'kept'])
      .describe(
        'How it stands: prefixed, by itself (open) or by a person; kept: somebody lets them be called what they are; renamed or hidden: by a person, until one had the name',
      ),
    decidedAt: z.iso.datetime().nullable().describe('When it was kept'),
    decidedBy: z.string().nullable(),
    tools: z.array(
      z.object({
        serverId: Name,
        tool: z.string(),
        gatewayName: z.string().describe('What it is called at /mcp, or will be when its server has run'),
        answer: z.enum(['own', 'prefixed', 'renamed', 'hidden']).describe('own: it has the name that all of them want'),
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

const ClashParams = z.object({ name: GatewayName });

export const listToolClashes = {
  method: 'get',
  path: '/tool-clashes',
  summary:
    'List the names that tools of several servers share, with what can be done; also before a server is installed or started',
  permission: 'tools:read',
  audited: false,
  query: z.object({
    entry: z.string().max(200).optional().describe('A catalog entry: what would clash if it were installed'),
    name: Name.optional().describe('What the server of the entry would be called, if otherwise than the entry'),
    state: z.enum(['open', 'decided']).optional().describe('Default: all, the open ones first'),
  }),
  status: 200,
  response: z.object({ items: z.array(ToolClash) }),
  problems: ['CATALOG_001'],
} as const satisfies Route;

export const keepToolClash = {
  method: 'post',
  path: '/tool-clashes/{name}/keep',
  summary:
    'Let the tools that share a name be called what they are called now; open again when another tool wants the name',
  permission: 'servers:manage',
  audited: true,
  params: ClashParams,
  body: z
    .object({
      tools: z
        .array(z.object({ serverId: Name, tool: ToolName }).strict())
        .min(1)
        .max(1_000)
        .describe('Those that were shown: a decision is never about a tool that nobody has seen'),
    })
    .strict(),
  status: 200,
  response: ToolClash,
  problems: ['TOOL_012'],
} as const satisfies Route;

export const reopenToolClash = {
  method: 'post',
  path: '/tool-clashes/{name}/reopen',
  summary: 'Take the decision back to keep the names of a clash',
  permission: 'servers:manage',
  audited: true,
  params: ClashParams,
  status: 200,
  response: ToolClash,
  problems: ['TOOL_012'],
} as const satisfies Route;
