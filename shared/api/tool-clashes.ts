// Names that tools of several servers share, and what is done about them.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
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
