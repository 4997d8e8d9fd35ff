import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { FieldError } from './problem.ts';
import type { Route } from './route.ts';
import { isWatchable, watching, watchNeedsId } from './server-requests.ts';
import { ToolParams } from './tools.ts';

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
    schemaErrors: z
      .array(FieldError)
      .nullable()
      .describe(
        'What of the structured content does not fit the tool’s output schema; null: it was not compared with one',
      ),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
    bytes: z.int().describe('The size of the result as JSON'),
  })
  .meta({ id: 'CallResult' });
export type CallResult = z.infer<typeof CallResult>;

export const callTool = {
  method: 'post',
  path: '/servers/{id}/tools/{tool}/call',
  summary: 'Call a tool and wait for its result; closing the connection cancels the call',
  permission: 'tools:call',
  audited: true,
  params: ToolParams,
  body: z
    .object({ arguments: z.record(z.string(), z.unknown()).default({}), ...watching })
    .strict()
    .refine(isWatchable, watchNeedsId),
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
