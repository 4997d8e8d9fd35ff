// The session as the features use it: results pass as the server sent them, errors become problems.
import * as z from 'zod';
import { type ProblemError, problem } from '../../shared/api/problem.ts';
import { ContentBlock } from '../../shared/api/tool-calls.ts';
import type { OversizedAnswer } from './failed-answer.ts';
import { readPagedList } from './paged-list.ts';
import type { CallOptions, McpSession, WirePrompt, WireResource, WireTool } from './session.ts';
import { WireError } from './upstream.ts';
import type { UpstreamSession } from './upstream-session.ts';
import { PeerFailure } from './wire-peer.ts';

const Page = z.looseObject({ nextCursor: z.string().optional().catch(undefined) });

const absent = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const WireToolSchema = z.looseObject({
  name: z.string().min(1).max(256),
  title: absent(z.string()),
  description: absent(z.string()),
  inputSchema: z.record(z.string(), z.unknown()).catch({ type: 'object' }),
  outputSchema: absent(z.record(z.string(), z.unknown())),
  annotations: absent(z.record(z.string(), z.unknown())),
});
const WireResourceSchema = z.looseObject({
  uri: z.string(),
  name: z.string().catch(''),
  title: absent(z.string()),
  description: absent(z.string()),
  mimeType: absent(z.string()),
});
const WirePromptSchema = z.looseObject({
  name: z.string(),
  title: absent(z.string()),
  description: absent(z.string()),
  arguments: absent(
    z.array(z.looseObject({ name: z.string(), description: absent(z.string()), required: absent(z.boolean()) })),
  ),
});
const WireCallResultSchema = z.looseObject({
  content: z.array(ContentBlock).default([]),
  isError: z.boolean().optional(),
});

export interface SessionOptions {
  session: Pick<UpstreamSession, 'offer' | 'own'>;
  /** Takes secrets out of what the server says in its errors. */
  redact: (text: string) => string;
  /** Gets a line for the server's output when a part of what it says is left out. */
  tell: (line: string) => void;
}

export function createSession({ session, redact, tell }: SessionOptions): McpSession {
  const request = async <T extends z.ZodType>(
    method: string,
    params: Record<string, unknown>,
    schema: T,
    { signal, timeoutSeconds }: CallOptions,
  ): Promise<z.output<T>> => {
    signal?.throwIfAborted();
    try {
      return schema.parse(await session.own({ method, params }, { signal, timeoutSeconds }));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw toCallProblem(error, timeoutSeconds, redact);
    }
  };

  const listAll = async <T extends z.ZodType>(
    method: string,
    key: string,
    item: T,
    options: CallOptions,
  ): Promise<z.output<T>[]> => {
    const until = Date.now() + options.timeoutSeconds * 1_000;
    return await readPagedList({
      what: key,
      async page(cursor) {
        const rest = { ...options, timeoutSeconds: Math.max(0.001, (until - Date.now()) / 1_000) };
        const page = await request(method, cursor === undefined ? {} : { cursor }, Page, rest);
        return { entries: page[key], nextCursor: page.nextCursor };
      },
      parse: entry => item.safeParse(entry).data,
      tell,
    });
  };

  const offers = (capability: 'tools' | 'resources' | 'prompts') =>
    session.offer.capabilities[capability] !== undefined;

  return {
    listTools: async (options): Promise<WireTool[]> =>
      offers('tools') ? withoutTwins(await listAll('tools/list', 'tools', WireToolSchema, options)) : [],
    callTool: (name, args, options) => request('tools/call', { name, arguments: args }, WireCallResultSchema, options),
    listResources: async (options): Promise<WireResource[]> =>
      offers('resources') ? await listAll('resources/list', 'resources', WireResourceSchema, options) : [],
    listPrompts: async (options): Promise<WirePrompt[]> =>
      offers('prompts') ? await listAll('prompts/list', 'prompts', WirePromptSchema, options) : [],
    ping: async options => void (await request('ping', {}, z.looseObject({}), options)),
  };
}

/** Of two tools with one name only the first can be meant by a call. */
const withoutTwins = (tools: WireTool[]): WireTool[] =>
  [...new Map(tools.toReversed().map(tool => [tool.name, tool])).values()].toReversed();

/** What is said of writing to a server that has ended: what it had not read yet decides which of them. */
const isLostPipe =
  /does not read its input any more|EPIPE|ECONNRESET|ECANCELED|ERR_STREAM|was closed|has been ended|destroyed/;

/** Errors of an exchange as problems, in the words of the features. */
export function toCallProblem(cause: unknown, seconds: number, redact: (text: string) => string): ProblemError {
  if (cause instanceof WireError) return toProtocolProblem(cause, redact);
  const failure = cause instanceof PeerFailure ? cause : undefined;
  if (failure?.kind === 'timeout') return tooLate(seconds, cause);
  if (failure?.oversized) return tooLarge(failure.oversized, cause);
  const message = cause instanceof Error ? cause.message : '';
  const origin = failure?.cause;
  const status = origin instanceof Error && 'status' in origin ? Number(origin.status) : Number.NaN;
  if (status >= 400) return refusedByHttp(status, cause);
  if (failure?.kind === 'lost' || isLostPipe.test(message)) return endedMeanwhile(cause);
  return problem('TOOL_004', {
    detail: `The exchange with the server failed: ${firstLine(redact(message)) || 'no reason was given'}`,
    next: 'Look at the output of the server.',
    cause: origin ?? cause,
  });
}

export const tooLate = (seconds: number, cause: unknown): ProblemError =>
  problem('TOOL_003', {
    detail: `There was no answer within ${Math.max(1, Math.round(seconds))} ${Math.round(seconds) > 1 ? 'seconds' : 'second'}; the server was told to stop.`,
    next: 'Try again, or raise the time limit in the configuration of the server.',
    cause,
  });

export const tooLarge = ({ bytes, limit }: OversizedAnswer, cause: unknown): ProblemError =>
  problem('TOOL_007', {
    detail: `The answer has ${bytesText(bytes)}; at most ${bytesText(limit)} are taken.`,
    next: 'Ask for less, or raise the message limit in the configuration of the server.',
    cause,
  });

const refusedByHttp = (status: number, cause: unknown): ProblemError =>
  status === 401 || status === 403
    ? problem('TOOL_004', {
        detail: `The server does not let us in any more (${status}).`,
        next: 'Correct the header that it asks for, often "Authorization", in the configuration of this server.',
        cause,
      })
    : problem('TOOL_004', {
        detail: `The server refused the request with the HTTP status ${status}.`,
        next: status >= 500 ? 'Try again later.' : 'Check the arguments and the address of the server.',
        cause,
      });

const toProtocolProblem = (cause: WireError, redact: (text: string) => string): ProblemError =>
  problem('TOOL_004', {
    detail: `The server answered with an error: ${firstLine(redact(cause.message))} (${cause.code})`,
    next: 'Check the arguments, and look at the output of the server.',
    cause,
  });

const endedMeanwhile = (cause: unknown): ProblemError =>
  problem('SERVER_003', {
    detail: 'The server ended, or the connection to it was lost, before the answer came.',
    next: 'Look at its output, and start it again if it does not start by itself.',
    cause,
  });

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 500);

const bytesText = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;
