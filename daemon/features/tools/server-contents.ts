// What a running server offers beside tools: resources, templates, prompts and completion.
import * as z from 'zod';
import type {
  Prompt,
  PromptResult,
  Resource,
  ResourceContents,
  ResourceTemplate,
} from '../../../shared/api/contents.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { pageOfList } from '../../storage/page.ts';
import type { CallOptions, McpSession } from '../../supervision/session.ts';
import type { Upstreams, WireObject, WireRequest } from '../../supervision/upstream.ts';
import { type Sending, type ServerRequests, sizeOf, toRequestProblem, unexpected } from './server-requests.ts';

export interface ServerContents {
  resources(serverId: string, query: PageQuery, signal: AbortSignal): Promise<Page<Resource>>;
  prompts(serverId: string, query: PageQuery, signal: AbortSignal): Promise<Page<Prompt>>;
  /** Empty if the server has none. Errors: those of a request. */
  templates(query: PageQuery, sending: Sending): Promise<Page<ResourceTemplate>>;
  read(uri: string, sending: Sending): Promise<ResourceContents>;
  prompt(name: string, args: Record<string, string>, sending: Sending): Promise<PromptResult>;
  complete(what: Completion, sending: Sending): Promise<{ values: string[]; total: number | null; hasMore: boolean }>;
}

export interface Completion {
  prompt?: string | undefined;
  template?: string | undefined;
  argument: string;
  value: string;
  others: Record<string, string>;
}

export interface ServerContentsOptions {
  /** Errors: SERVER_003. */
  session(serverId: string): McpSession;
  upstreams: Pick<Upstreams, 'offer'>;
  requests: ServerRequests;
  /** Errors: SERVER_001. */
  callSeconds(serverId: string): number;
  clock: Clock;
  hideValues(text: string): string;
}

const mostPages = 100;
const mostTemplates = 5_000;

const Template = z.looseObject({
  uriTemplate: z.string(),
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  mimeType: z.string().optional(),
});
const Templates = z.looseObject({ resourceTemplates: z.array(z.unknown()), nextCursor: z.string().optional() });
const Contents = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) });
const Filled = z.looseObject({
  description: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
});
const Completed = z.looseObject({
  completion: z.looseObject({
    values: z.array(z.string()),
    total: z.int().optional(),
    hasMore: z.boolean().optional(),
  }),
});

export function createServerContents(options: ServerContentsOptions): ServerContents {
  const { session, upstreams, requests, callSeconds, clock, hideValues } = options;
  const waitFor = (serverId: string, signal: AbortSignal): CallOptions => ({
    signal,
    timeoutSeconds: callSeconds(serverId),
  });
  const ask = async <T extends z.ZodType>(request: WireRequest, what: string, sending: Sending, schema: T) => {
    requests.requireRunning(sending.serverId);
    const startedAt = toTimestamp(clock.now());
    const begun = performance.now();
    const result = await send(request, what, sending);
    const bytes = sizeOf(what, result);
    const parsed = schema.safeParse(result);
    if (!parsed.success) throw unexpected(what, parsed.error.issues[0]?.message ?? 'it has another shape');
    return { value: parsed.data, facts: { startedAt, durationMs: performance.now() - begun, bytes } };
  };
  const send = async (request: WireRequest, what: string, sending: Sending): Promise<WireObject> => {
    try {
      return await requests.send(request, sending);
    } catch (error) {
      throw toRequestProblem(error, what, sending.signal, hideValues);
    }
  };

  return {
    async resources(serverId, query, signal) {
      const found = await session(serverId).listResources(waitFor(serverId, signal));
      const items = found.map(({ uri, name, ...more }) => ({ serverId, uri, name, ...toFacts(more) }));
      return pageOfList(items, query, item => item.name);
    },
    async prompts(serverId, query, signal) {
      const found = await session(serverId).listPrompts(waitFor(serverId, signal));
      const items = found.map(({ name, title, description, arguments: args = [] }) => ({
        serverId,
        name,
        title: title ?? null,
        description: description ?? null,
        arguments: args.map(each => ({
          name: each.name,
          description: each.description ?? null,
          required: each.required === true,
        })),
      }));
      return pageOfList(items, query, item => item.name);
    },
    async templates(query, sending) {
      const { serverId } = sending;
      requests.requireRunning(serverId);
      const items: ResourceTemplate[] = [];
      let cursor: string | undefined;
      const isOffered = upstreams.offer(serverId)?.capabilities['resources'] !== undefined;
      for (let page = 0; isOffered && page < mostPages && items.length < mostTemplates; page += 1) {
        const request = { method: 'resources/templates/list', params: cursor === undefined ? {} : { cursor } };
        const { value } = await ask(request, 'The list of templates', sending, Templates);
        for (const raw of value.resourceTemplates) {
          const parsed = Template.safeParse(raw);
          if (!parsed.success) continue;
          const { uriTemplate, name, ...more } = parsed.data;
          items.push({ serverId, uriTemplate, name, ...toFacts(more) });
        }
        cursor = value.nextCursor;
        if (cursor === undefined) break;
      }
      return pageOfList(items.slice(0, mostTemplates), query, item => item.name);
    },
    async read(uri, sending) {
      const request = { method: 'resources/read', params: { uri } };
      const { value, facts } = await ask(request, `The resource "${uri.slice(0, 200)}"`, sending, Contents);
      return { serverId: sending.serverId, uri, contents: value.contents, ...facts };
    },
    async prompt(name, args, sending) {
      const request = { method: 'prompts/get', params: { name, arguments: args } };
      const { value, facts } = await ask(request, `The prompt "${name}"`, sending, Filled);
      const { description, messages } = value;
      return { serverId: sending.serverId, prompt: name, description: description ?? null, messages, ...facts };
    },
    async complete({ prompt, template, argument, value: typed, others }, sending) {
      const ref = prompt === undefined ? { type: 'ref/resource', uri: template } : { type: 'ref/prompt', name: prompt };
      const context = Object.keys(others).length > 0 ? { context: { arguments: others } } : {};
      const params = { ref, argument: { name: argument, value: typed }, ...context };
      const { value } = await ask({ method: 'completion/complete', params }, 'The completion', sending, Completed);
      const { values, total, hasMore } = value.completion;
      return { values: values.slice(0, 100), total: total ?? null, hasMore: hasMore === true };
    },
  };
}

const toFacts = (more: {
  title?: string | undefined;
  description?: string | undefined;
  mimeType?: string | undefined;
}) => ({
  title: more.title ?? null,
  description: more.description ?? null,
  mimeType: more.mimeType ?? null,
});
