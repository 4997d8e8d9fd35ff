// Resources, templates and prompts of running servers.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { pageOf, type Route } from './route.ts';
import { isWatchable, requestProblems, watching, watchNeedsId } from './server-requests.ts';
import { ServerParams } from './servers.ts';
import { listServerTools } from './tools.ts';

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
