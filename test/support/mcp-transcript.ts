// What a client sees of a server, message by message, when it uses everything that the protocol has.
import { isDeepStrictEqual } from 'node:util';
import { openSession, type RawSession, type RpcAnswer, readEvents, stateless } from './mcp-requests.ts';

export type Send = (init: RequestInit) => Promise<Response>;
/** What was asked, and all that came back for it, in order. */
export type Transcript = [asked: string, messages: unknown[]][];

const call = (name: string, args: object = {}, more: object = {}) =>
  ['tools/call', { name, arguments: args, ...more }] as const;

const forBoth = [
  ['tools/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['prompts/list', {}],
  call('test_simple_text'),
  call('test_image_content'),
  call('test_audio_content'),
  call('test_embedded_resource'),
  call('test_multiple_content_types'),
  call('test_resource_link'),
  call('test_structured_content', {}, { _meta: { 'example.com/mine': 1 } }),
  call('test_empty_result'),
  call('test_error_handling'),
  call('test_protocol_error'),
  call('test_tool_with_progress', {}, { _meta: { progressToken: 'mine' } }),
  call('test_tool_with_progress', {}, { _meta: { progressToken: 0 } }),
  call('test_tool_with_progress'),
  ['resources/read', { uri: 'test://static-text' }],
  ['resources/read', { uri: 'test://static-binary' }],
  ['resources/read', { uri: 'test://template/7/data' }],
  ['resources/read', { uri: 'test://nothing' }],
  ['resources/read', {}],
  ['prompts/get', { name: 'test_simple_prompt' }],
  ['prompts/get', { name: 'test_prompt_with_arguments', arguments: { arg1: 'a', arg2: 'ü' } }],
  ['prompts/get', { name: 'test_prompt_with_image' }],
  ['prompts/get', { name: 'nobody' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' }, argument: { name: 'arg1', value: 'p' } },
  ],
  ['completion/complete', { ref: { type: 'ref/nothing' }, argument: {} }],
  ['nobody/knows', { what: [1] }],
] as const;

const forSessions = [
  ['ping', {}],
  ['logging/setLevel', { level: 'debug' }],
  call('test_tool_with_logging'),
  ['resources/subscribe', { uri: 'test://watched-resource' }],
  ['resources/unsubscribe', { uri: 'test://watched-resource' }],
  call('test_sampling', { prompt: 'Say it' }),
  call('test_elicitation', { message: 'Who?' }),
  call('test_elicitation_sep1034_defaults'),
  call('test_elicitation_sep1330_enums'),
  call('test_list_roots'),
] as const;

const answers: Record<string, object> = {
  'sampling/createMessage': {
    role: 'assistant',
    content: { type: 'text', text: 'Said' },
    model: 'm',
    _meta: { kept: 1 },
  },
  'elicitation/create': { action: 'accept', content: { username: 'ada', email: 'a@b.c' } },
  'roots/list': { roots: [{ uri: 'file:///r', name: 'R', _meta: { kept: 2 } }] },
};
const capabilities = { sampling: {}, elicitation: {}, roots: {} };

/** With a session of revision 2025-11-25; questions of the server are answered the same way each time. */
export async function recordSession(send: Send): Promise<Transcript> {
  const session = await openSession((_path, init) => send(init), { capabilities });
  await session.notify('notifications/initialized');
  const transcript: Transcript = [['initialize', [session.initialized.result]]];
  for (const [method, params] of [...forBoth, ...forSessions])
    transcript.push([toName(method, params), await answered(session, await session.send(method, params))]);
  await session.end();
  return transcript;
}

async function answered(session: RawSession, response: Response): Promise<unknown[]> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return [bare((await response.json()) as RpcAnswer)];
  const events = readEvents(response);
  const seen: unknown[] = [];
  for (let event = await events.next(); event; event = await events.next()) {
    if (!event.message) continue;
    seen.push(bare(event.message));
    if (event.message.method && event.message.id !== undefined)
      await session.respond(event.message.id, answers[event.message.method] ?? {});
  }
  return seen;
}

/** Requests of revision 2026-07-28, without what a server asks back. */
export async function recordStateless(send: Send): Promise<Transcript> {
  const transcript: Transcript = [];
  const options = { capabilities, meta: { 'io.modelcontextprotocol/logLevel': 'debug' } };
  for (const [method, params] of [['server/discover', {}] as const, ...forBoth, call('test_tool_with_logging')]) {
    const { _meta: meta = {}, ...rest } = params as { _meta?: object };
    const response = await send(stateless(method, rest, { ...options, meta: { ...options.meta, ...meta } }));
    const seen: unknown[] = [];
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      const events = readEvents(response);
      for (let event = await events.next(); event; event = await events.next())
        if (event.message) seen.push(bare(event.message));
    } else seen.push(bare((await response.json()) as RpcAnswer));
    transcript.push([toName(method, params), seen]);
  }
  return transcript;
}

const toName = (method: string, params: object): string =>
  [method, ...Object.values(params).filter(value => typeof value === 'string')].join(' ');

/** What is between the two that speak with each other is no part of what is said: ids, and the token that a server repeats in its text. */
function bare({ id, result, ...message }: RpcAnswer & { jsonrpc?: string }): object {
  const said = JSON.parse(JSON.stringify(result ?? null).replace(/(Progress told to )\w+/, '$1it'));
  return {
    ...message,
    ...(result ? { result: said } : {}),
    ...(message.method && id !== undefined ? { isRequest: true } : {}),
  };
}

/** Where two transcripts differ: `tools/call x 0.result.content: 1 → 2`. */
export const differences = (direct: Transcript, through: Transcript): string[] =>
  direct.flatMap(([asked, messages], at) => compare(asked, [asked, messages], through[at]));

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function compare(path: string, one: unknown, other: unknown): string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isBranch(one) || !isBranch(other)) return [`${path}: ${short(one)} → ${short(other)}`];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap(key => compare(`${path}.${key}`, one[key], other[key]));
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200);
