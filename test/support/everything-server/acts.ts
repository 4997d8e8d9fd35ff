// What each tool of the server that offers everything does.
import { setTimeout as pause } from 'node:timers/promises';
import {
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { withInput } from './input.ts';
import { png, wav } from './offer.ts';

export interface Act {
  args: Record<string, unknown>;
  context: ServerContext;
  /** What the client has declared, for this request or for its session. */
  capabilities: Record<string, unknown>;
  isStateless: boolean;
  progressToken: string | number | undefined;
  /** Tells all clients that a list has changed. */
  changed(what: 'tools' | 'prompts' | 'watched'): void;
}

type Result = Record<string, unknown>;

const text = (words: string): Result => ({ content: [{ type: 'text', text: words }] });
const image = { type: 'image', data: png, mimeType: 'image/png' };
const anyResult = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value: value as Result }) },
} as const;

const ask = (act: Act, method: string, params: Record<string, unknown>): Promise<Result> =>
  act.context.mcpReq.send({ method, params }, anyResult as never) as unknown as Promise<Result>;

async function elicit(
  act: Act,
  message: string,
  properties: Record<string, unknown>,
  required?: string[],
): Promise<Result> {
  const requestedSchema = { type: 'object', properties, ...(required ? { required } : {}) };
  if (act.isStateless)
    return withInput(act.context, { answer: inputRequired.elicit({ message, requestedSchema } as never) }, told =>
      text(`Elicitation completed: ${JSON.stringify(told['answer'])}`),
    );
  const { action, content } = await ask(act, 'elicitation/create', { message, requestedSchema });
  return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
}

async function log(act: Act, lines: readonly string[]): Promise<void> {
  for (const [index, line] of lines.entries()) {
    if (index > 0) await pause(50);
    await act.context.mcpReq.log('info', line);
  }
}

async function progress(act: Act, steps: readonly number[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (index > 0) await pause(50);
    if (act.progressToken === undefined) continue;
    await act.context.mcpReq.notify({
      method: 'notifications/progress',
      params: { progressToken: act.progressToken, progress: step, total: 100, message: `${step} of 100` },
    });
  }
}

export const acts: Record<string, (act: Act) => Result | Promise<Result>> = {
  test_simple_text: () => text('This is a simple text response for testing.'),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:', annotations: { audience: ['user'], priority: 0.5 } },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
    _meta: { 'example.com/kept': true },
  }),
  test_resource_link: () => ({
    content: [{ type: 'resource_link', uri: 'test://static-text', name: 'Static text', mimeType: 'text/plain' }],
  }),
  test_structured_content: () => ({
    content: [{ type: 'text', text: '{"sum":3,"parts":[1,2]}' }],
    structuredContent: { sum: 3, parts: [1, 2] },
  }),
  test_empty_result: () => ({ content: [] }),
  test_error_handling: () => ({ ...text('This tool intentionally returns an error for testing'), isError: true }),
  test_protocol_error: () => {
    throw new ProtocolError(-32_050, 'This is an error of the protocol', { hint: ['kept', 1] });
  },
  async test_tool_with_logging(act) {
    await log(act, ['Tool execution started', 'Tool processing data', 'Tool execution completed']);
    return text('Tool with logging executed successfully');
  },
  async test_logging_tool(act) {
    await log(act, ['One line']);
    return text('Logged');
  },
  async test_tool_with_progress(act) {
    await progress(act, [0, 50, 100]);
    return text(`Progress told to ${String(act.progressToken ?? 'nobody')}`);
  },
  async test_slow({ context }) {
    await pause(10_000, undefined, { signal: context.mcpReq.signal }).catch(() => {});
    return text(context.mcpReq.signal.aborted ? 'Cancelled' : 'Waited');
  },
  async test_reconnection({ context }) {
    context.http?.closeSSE?.();
    // Long enough that whoever stands in front has begun a stream of its own.
    await pause(500);
    return text('Reconnection test completed successfully');
  },
  async test_sampling(act) {
    const params = {
      messages: [{ role: 'user', content: { type: 'text', text: String(act.args['prompt'] ?? '') } }],
      maxTokens: 100,
    };
    if (act.isStateless)
      return withInput(act.context, { answer: inputRequired.createMessage(params as never) }, told =>
        text(`LLM response: ${JSON.stringify(told['answer'])}`),
      );
    const { content } = await ask(act, 'sampling/createMessage', params);
    return text(`LLM response: ${(content as { text?: string }).text}`);
  },
  async test_elicitation(act) {
    const person = {
      username: { type: 'string', description: "User's response" },
      email: { type: 'string', description: "User's email address" },
    };
    return await elicit(act, String(act.args['message'] ?? ''), person, ['username', 'email']);
  },
  test_elicitation_sep1034_defaults: act =>
    elicit(act, 'Please check these', {
      name: { type: 'string', description: 'Your name', default: 'John Doe' },
      age: { type: 'integer', description: 'Your age', default: 30 },
      score: { type: 'number', description: 'Your score', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  test_elicitation_sep1330_enums: act => {
    const options = ['option1', 'option2', 'option3'];
    const titled = (word: string) =>
      ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title: `${title} ${word}` }));
    return elicit(act, 'Please choose', {
      untitledSingle: { type: 'string', enum: options },
      titledSingle: { type: 'string', oneOf: titled('Option') },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
      titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
    });
  },
  async test_url_elicitation(act) {
    const params = { mode: 'url', message: 'Please open', url: 'https://example.com/', elicitationId: 'page-1' };
    if (act.isStateless)
      return withInput(act.context, { answer: inputRequired.elicitUrl(params as never) }, told =>
        text(JSON.stringify(told['answer'])),
      );
    const { action } = await ask(act, 'elicitation/create', params);
    await act.context.mcpReq.notify({
      method: 'notifications/elicitation/complete',
      params: { elicitationId: 'page-1' },
    });
    return text(`Page: ${action}`);
  },
  async test_list_roots(act) {
    if (act.isStateless)
      return withInput(act.context, { answer: inputRequired.listRoots() }, told =>
        text(JSON.stringify(told['answer'])),
      );
    return text(`Roots: ${JSON.stringify((await ask(act, 'roots/list', {}))['roots'])}`);
  },
  async test_streaming_elicitation(act) {
    await progress(act, [0, 100]);
    return await elicit(act, 'Streaming', { answer: { type: 'string' } });
  },
  test_missing_capability(act) {
    if (act.capabilities['sampling'] === undefined)
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    return text('The client offers sampling');
  },
  test_trigger_tool_change({ changed }) {
    changed('tools');
    return text('Changed');
  },
  test_trigger_prompt_change({ changed }) {
    changed('prompts');
    return text('Changed');
  },
  test_trigger_resource_update({ changed }) {
    changed('watched');
    return text('Changed');
  },
  json_schema_2020_12_tool: ({ args }) => text(JSON.stringify(args)),
  test_custom_header: ({ args }) => text(`Region ${String(args['region'])}`),
};
