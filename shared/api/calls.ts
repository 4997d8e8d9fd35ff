import * as z from 'zod';
import { CallName } from '../domain/call-name.ts';
import { Name } from '../domain/names.ts';
import { Nothing, pageOf, pageQuery, QueryFlag, type Route } from './route.ts';
import { CallResult, callTool } from './tool-calls.ts';

export const CallOutcome = z.enum(['ok', 'tool-error', 'failed', 'denied', 'cancelled']).meta({
  id: 'CallOutcome',
  description:
    'tool-error: the tool itself reported an error. failed: no result came. denied: a rule or a person refused.',
});
export type CallOutcome = z.infer<typeof CallOutcome>;

const callFields = {
  id: z.string(),
  number: z.int().describe('In the order in which calls ended'),
  serverId: z.string(),
  tool: z.string().describe('Or method:name: a method that the protocol does not know, at the server’s own address'),
  caller: z.string().describe('For example "agent cursor (key)"'),
  callerKind: z.enum(['owner', 'user', 'key', 'agent']),
  session: z.string().nullable().describe('The MCP session that it belongs to'),
  client: z.string().nullable().describe('What the client calls itself'),
  via: z.enum(['mcp', 'api', 'test']),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  outcome: CallOutcome,
  code: z.string().nullable().describe('The problem’s code; null also for an error of the protocol'),
  protocolError: z.int().nullable().describe('The JSON-RPC error of the server, for example -32602'),
  requestBytes: z.int().describe('The size of the arguments as JSON'),
  bytes: z.int().describe('The size of the result as JSON'),
  sameAs: z
    .string()
    .nullable()
    .describe('The same for calls of one tool with the same arguments; says nothing of them'),
  argumentsKept: z.boolean(),
  resultKept: z.boolean(),
};
export const Call = z.object(callFields).meta({ id: 'Call', description: 'One call of a tool that has ended.' });
export type Call = z.infer<typeof Call>;

const keptState = z
  .enum(['whole', 'cut', 'hidden', 'none', 'not-yours'])
  .describe('cut: it was too long. hidden: something secret was taken out. not-yours: you may not see it');
export const CallDetail = Call.extend({
  arguments: z.unknown().describe('Absent if they were not kept; a text if they were cut').optional(),
  argumentsState: keptState,
  result: z.unknown().describe('As the arguments').optional(),
  resultState: keptState,
  canReplay: z.boolean(),
}).meta({ id: 'CallDetail' });
export type CallDetail = z.infer<typeof CallDetail>;

const filter = {
  server: Name.optional(),
  tool: CallName.optional(),
  caller: z.string().max(200).optional().describe('How the caller begins: "agent cursor"'),
  client: z.string().max(200).optional().describe('How the client’s name begins'),
  session: z.string().max(200).optional(),
  via: z.enum(['mcp', 'api', 'test']).optional(),
  outcome: CallOutcome.optional(),
  code: z
    .string()
    .max(40)
    .regex(/^[A-Z]+_\d{3}$|^-?\d{1,9}$/)
    .optional()
    .describe('A problem’s code, or the number of a protocol error'),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  slower_than: z.coerce.number().min(0).max(86_400_000).optional().describe('Milliseconds'),
  same_as: z.string().max(100).optional(),
  q: z.string().min(1).max(200).optional().describe('Part of the arguments or the result, where they were kept'),
};
export const CallFilter = z.object(filter);
export type CallFilter = z.infer<typeof CallFilter>;

export const CallParams = z.object({ id: z.string().min(1).max(64) });

export const listCalls = {
  method: 'get',
  path: '/calls',
  summary: 'List the calls of tools, the newest first unless asked otherwise',
  permission: 'calls:read',
  audited: false,
  query: pageQuery(['number', 'duration', 'bytes', 'tool', 'started_at']).extend({
    sort_order: z.enum(['asc', 'desc']).default('desc'),
    ...filter,
  }),
  status: 200,
  response: pageOf(Call),
  problems: [],
} as const satisfies Route;

export const getCall = {
  method: 'get',
  path: '/calls/{id}',
  summary: 'Show one call, with its arguments and result if they were kept and you may call tools',
  permission: 'calls:read',
  audited: false,
  params: CallParams,
  status: 200,
  response: CallDetail,
  problems: ['CALL_001'],
} as const satisfies Route;

export const exportCalls = {
  method: 'get',
  path: '/calls/export',
  summary: 'Export calls in order, piece by piece, as JSON lines or CSV',
  permission: 'calls:read',
  audited: true,
  query: z.object({
    ...filter,
    format: z.enum(['jsonl', 'csv']).default('jsonl'),
    values: QueryFlag.default(false).describe('With arguments and results, in JSON lines'),
    after: z.coerce.number().int().min(0).default(0).describe('The number of the last call that the reader has'),
  }),
  status: 200,
  response: z.object({
    text: z.string(),
    calls: z.int(),
    next: z.int().nullable().describe('What to hand back as after; null: that was all'),
  }),
  problems: [],
} as const satisfies Route;

export const CallStatistics = z
  .object({
    serverId: z.string().nullable(),
    tool: z.string().nullable(),
    caller: z.string().nullable(),
    count: z.int(),
    errors: z.int().describe('Calls that did not end with ok'),
    errorRate: z.number().describe('From 0 to 1'),
    p50Ms: z.number(),
    p95Ms: z.number(),
    requestBytes: z.int(),
    bytes: z.int(),
    lastAt: z.iso.datetime(),
  })
  .meta({ id: 'CallStatistics' });
export type CallStatistics = z.infer<typeof CallStatistics>;

export const getCallStatistics = {
  method: 'get',
  path: '/call-statistics',
  summary: 'Count calls, errors, times and sizes, by server, tool or caller',
  permission: 'calls:read',
  audited: false,
  query: z.object({
    by: z.enum(['server', 'tool', 'caller', 'all']).default('tool'),
    server: Name.optional(),
    tool: CallName.optional(),
    since: z.iso.datetime().optional().describe('Absent: seven days ago'),
    until: z.iso.datetime().optional(),
  }),
  status: 200,
  response: z.object({
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    items: z.array(CallStatistics).describe('At most 500, the most called first'),
  }),
  problems: [],
} as const satisfies Route;

export const replayCall = {
  method: 'post',
  path: '/calls/{id}/replay',
  summary: 'Make a call again with the arguments that were kept',
  permission: 'tools:call',
  audited: true,
  params: CallParams,
  body: z.object({ timeoutSeconds: z.int().min(1).max(3600).optional() }).strict(),
  status: 200,
  response: CallResult,
  problems: ['CALL_001', 'CALL_002', ...callTool.problems],
} as const satisfies Route;

export const deleteCalls = {
  method: 'post',
  path: '/calls/clear',
  summary: 'Delete the calls that fit; without a filter, all',
  permission: 'calls:manage',
  audited: true,
  auditedFields: ['server', 'tool', 'caller', 'since', 'until', 'outcome'],
  body: z
    .object({ ...filter, slower_than: z.number().min(0).optional(), values: z.boolean().default(false) })
    .strict()
    .describe('values: only the arguments and results; the calls stay on record'),
  status: 200,
  response: z.object({ deleted: z.int() }),
  problems: [],
} as const satisfies Route;

export const KeptValues = z.enum(['nothing', 'arguments', 'everything']).meta({ id: 'KeptValues' });
export type KeptValues = z.infer<typeof KeptValues>;

export const CallRule = z
  .object({
    serverId: Name,
    tool: CallName.nullable().describe('null: all tools of the server'),
    keep: KeptValues.nullable().describe('null: as for its server, or as for all'),
    redactResults: z
      .boolean()
      .nullable()
      .describe('Whether results are looked through for secrets on their way to clients'),
  })
  .meta({ id: 'CallRule' });
export type CallRule = z.infer<typeof CallRule>;

const retention = {
  keep: KeptValues.describe('What is kept of each call besides that it was made'),
  redactResults: z.boolean(),
  days: z.int().min(1).max(3_650),
  megabytes: z.int().min(1).max(10_240).describe('Of the whole history'),
  valueBytes: z.int().min(256).max(262_144).describe('Of the arguments, and of the result, of one call'),
};
export const CallSettings = z
  .object({
    ...retention,
    rules: z.array(CallRule).describe('What is otherwise for a server or a tool'),
    kept: z.object({ calls: z.int(), bytes: z.int(), oldest: z.iso.datetime().nullable() }).describe('What there is'),
  })
  .meta({ id: 'CallSettings' });
export type CallSettings = z.infer<typeof CallSettings>;

export const getCallSettings = {
  method: 'get',
  path: '/call-settings',
  summary: 'Show what is kept of calls, and for how long',
  permission: 'calls:read',
  audited: false,
  status: 200,
  response: CallSettings,
  problems: [],
} as const satisfies Route;

export const CallSettingsChange = z
  .object({ ...retention, rules: z.array(CallRule).max(1_000).describe('Put in place of those that name the same') })
  .partial()
  .strict()
  .meta({ id: 'CallSettingsChange' });
export type CallSettingsChange = z.infer<typeof CallSettingsChange>;

export const updateCallSettings = {
  method: 'patch',
  path: '/call-settings',
  summary: 'Change what is kept of calls; nothing of arguments and results is kept unless it is asked for here',
  permission: 'calls:manage',
  audited: true,
  auditedFields: ['keep', 'redactResults', 'days', 'megabytes', 'valueBytes'],
  body: CallSettingsChange,
  status: 200,
  response: CallSettings,
  problems: ['SERVER_001'],
} as const satisfies Route;

export const ToolAdvice = z
  .object({
    serverId: Name,
    tool: z.string(),
    tokens: z.int().nullable(),
    lastCalledAt: z.iso.datetime().nullable(),
    detail: z.string(),
  })
  .meta({ id: 'ToolAdvice' });
export type ToolAdvice = z.infer<typeof ToolAdvice>;

export const getToolAdvice = {
  method: 'get',
  path: '/tool-advice',
  summary: 'List the tools that nobody has called, with what they cost in every conversation',
  permission: 'calls:read',
  audited: false,
  query: z.object({ days: z.coerce.number().int().min(1).max(3_650).default(30) }),
  status: 200,
  response: z.object({
    days: z.int(),
    since: z.iso.datetime().describe('The history begins here, or the days that were asked for'),
    tokens: z.int().describe('What all of them cost together'),
    detail: z.string(),
    items: z.array(ToolAdvice).describe('The most costly first'),
  }),
  problems: [],
} as const satisfies Route;

const savedFields = {
  serverId: Name,
  kind: z.enum(['tool', 'prompt', 'resource']),
  target: z.string().min(1).max(2_048).describe('The tool, the prompt, or the resource’s URI'),
  title: z.string().min(1).max(200),
  arguments: z.record(z.string(), z.unknown()),
};
export const SavedCall = z
  .object({ id: z.string(), ...savedFields, createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() })
  .meta({ id: 'SavedCall' });
export type SavedCall = z.infer<typeof SavedCall>;

export const listSavedCalls = {
  method: 'get',
  path: '/saved-calls',
  summary: 'List saved calls',
  permission: 'tools:call',
  audited: false,
  query: pageQuery(['title', 'created_at']).extend({
    server: Name.optional(),
    kind: savedFields.kind.optional(),
    target: z.string().max(2_048).optional(),
  }),
  status: 200,
  response: pageOf(SavedCall),
  problems: [],
} as const satisfies Route;

export const createSavedCall = {
  method: 'post',
  path: '/saved-calls',
  summary: 'Save a call to make it again',
  permission: 'tools:call',
  audited: true,
  auditedFields: ['serverId', 'target'],
  body: z.object({ ...savedFields, arguments: savedFields.arguments.default({}) }).strict(),
  status: 201,
  response: SavedCall,
  problems: ['SERVER_001', 'CALL_002'],
} as const satisfies Route;

export const updateSavedCall = {
  method: 'patch',
  path: '/saved-calls/{id}',
  summary: 'Change a saved call',
  permission: 'tools:call',
  audited: true,
  params: CallParams,
  body: z.object({ title: savedFields.title, arguments: savedFields.arguments }).partial().strict(),
  status: 200,
  response: SavedCall,
  problems: ['CALL_001', 'CALL_002'],
} as const satisfies Route;

export const deleteSavedCall = {
  method: 'delete',
  path: '/saved-calls/{id}',
  summary: 'Delete a saved call',
  permission: 'tools:call',
  audited: true,
  params: CallParams,
  status: 200,
  response: Nothing,
  problems: ['CALL_001'],
} as const satisfies Route;
