import * as z from 'zod';
import { JSONSchema } from '../domain/json-schema.ts';
import { Name, ToolName } from '../domain/names.ts';
import { FieldError } from './problem.ts';
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

/** How a request to a server is followed while it runs. */
const watching = {
  timeoutSeconds: z.int().min(1).max(3600).optional(),
  watch: z
    .boolean()
    .default(false)
    .describe('True: progress, log messages and questions of the server come as events, and questions can be answered'),
  callId: z.uuid().optional().describe('Made by the client; needed to watch, because the answer comes at the end'),
};
const isWatchable = ({ watch, callId }: { watch: boolean; callId?: string | undefined }) =>
  !watch || callId !== undefined;
const watchNeedsId = { path: ['callId'], message: 'To watch a call it needs an id.' };

/** What any request to a server may answer. */
const requestProblems = [
  'SERVER_001',
  'SERVER_003',
  'TOOL_003',
  'TOOL_004',
  'TOOL_006',
  'TOOL_007',
  'TOOL_010',
  'TOOL_011',
] as const;

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

export const ResourceTemplate = z
  .object({
    serverId: Name,
    uriTemplate: z.string().describe('RFC 6570'),
    name: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    mimeType: z.string().nullable(),
  })
  .meta({ id: 'ResourceTemplate' });
export type ResourceTemplate = z.infer<typeof ResourceTemplate>;

export const listResourceTemplates = {
  ...listServerTools,
  path: '/servers/{id}/resource-templates',
  summary: 'List a running server’s resource templates',
  response: pageOf(ResourceTemplate),
  problems: requestProblems,
} as const satisfies Route;

const answered = { startedAt: z.iso.datetime(), durationMs: z.number(), bytes: z.int() };

export const ResourceContents = z
  .object({
    serverId: Name,
    uri: z.string(),
    contents: z
      .array(z.looseObject({ uri: z.string() }))
      .describe('As the protocol defines them: text, or blob in base64'),
    ...answered,
  })
  .meta({ id: 'ResourceContents' });
export type ResourceContents = z.infer<typeof ResourceContents>;

export const readResource = {
  method: 'post',
  path: '/servers/{id}/resources/read',
  summary: 'Read a resource of a running server',
  permission: 'tools:call',
  audited: true,
  auditedFields: ['uri'],
  params: ServerParams,
  body: z
    .object({ uri: z.string().min(1).max(8_192), ...watching })
    .strict()
    .refine(isWatchable, watchNeedsId),
  status: 200,
  response: ResourceContents,
  problems: requestProblems,
} as const satisfies Route;

export const PromptResult = z
  .object({
    serverId: Name,
    prompt: z.string(),
    description: z.string().nullable(),
    messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
    ...answered,
  })
  .meta({ id: 'PromptResult' });
export type PromptResult = z.infer<typeof PromptResult>;

const PromptName = z.string().min(1).max(256);

export const getPrompt = {
  method: 'post',
  path: '/servers/{id}/prompts/{name}/get',
  summary: 'Get a prompt of a running server, filled in',
  permission: 'tools:call',
  audited: true,
  params: ServerParams.extend({ name: PromptName }),
  body: z
    .object({ arguments: z.record(z.string().max(256), z.string().max(65_536)).default({}), ...watching })
    .strict()
    .refine(isWatchable, watchNeedsId),
  status: 200,
  response: PromptResult,
  problems: requestProblems,
} as const satisfies Route;

export const completeArgument = {
  method: 'post',
  path: '/servers/{id}/complete',
  summary: 'Ask a running server how an argument of a prompt or of a resource template may go on',
  permission: 'tools:call',
  audited: false,
  params: ServerParams,
  body: z
    .object({
      prompt: PromptName.optional(),
      template: z.string().min(1).max(8_192).optional().describe('The URI template; either this or the prompt'),
      argument: z.string().min(1).max(256),
      value: z.string().max(8_192).describe('What is typed so far'),
      others: z
        .record(z.string().max(256), z.string().max(8_192))
        .default({})
        .describe('Arguments that are known already'),
    })
    .strict()
    .refine(({ prompt, template }) => (prompt === undefined) !== (template === undefined), {
      path: ['prompt'],
      message: 'Give a prompt or a template.',
    }),
  status: 200,
  response: z.object({ values: z.array(z.string()), total: z.int().nullable(), hasMore: z.boolean() }),
  problems: requestProblems,
} as const satisfies Route;

export const Question = z
  .object({
    id: z.string(),
    callId: z.string(),
    serverId: Name,
    kind: z.enum(['sampling', 'elicitation', 'roots']),
    request: z.record(z.string(), z.unknown()).describe('What the server asks, as it sent it; it is hostile'),
    askedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Question', description: 'Something that a server asks while a watched call of it runs.' });
export type Question = z.infer<typeof Question>;

export const listQuestions = {
  method: 'get',
  path: '/questions',
  summary: 'List what servers ask in the middle of your watched calls',
  permission: 'tools:call',
  audited: false,
  query: z.object({ call: z.uuid().optional() }),
  status: 200,
  response: z.object({ items: z.array(Question) }),
  problems: [],
} as const satisfies Route;

export const QuestionAnswer = z
  .object({
    action: z.enum(['accept', 'decline', 'cancel']),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('elicitation: what was filled in. sampling: role, content, model. roots: roots'),
  })
  .strict()
  .meta({ id: 'QuestionAnswer' });
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;

export const answerQuestion = {
  method: 'post',
  path: '/questions/{id}/answer',
  summary: 'Answer a server, decline, or cancel',
  permission: 'tools:call',
  audited: true,
  auditedFields: ['action'],
  params: z.object({ id: z.uuid() }),
  body: QuestionAnswer,
  status: 200,
  response: z.object({}),
  problems: ['CALL_003'],
} as const satisfies Route;

export const TokenCosts = z
  .object({
    countedWith: z.string().describe('o200k_base; other models differ by some per cent'),
    total: z.int().describe('All that /mcp shows'),
    waiting: z.int().describe('Tools that are still to be counted, and are in no sum'),
    servers: z.array(z.object({ serverId: Name, tools: z.int(), tokens: z.int() })),
    profiles: z.array(z.object({ profile: z.string(), tools: z.int(), tokens: z.int() })),
  })
  .meta({ id: 'TokenCosts', description: 'What the definitions of tools cost in every conversation.' });
export type TokenCosts = z.infer<typeof TokenCosts>;

export const getTokenCosts = {
  method: 'get',
  path: '/token-costs',
  summary: 'Show what the tools cost in every conversation, by server, by profile and in all',
  permission: 'tools:read',
  audited: false,
  status: 200,
  response: TokenCosts,
  problems: [],
} as const satisfies Route;
