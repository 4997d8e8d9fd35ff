import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { UpstreamCall, WireRequest } from '../../../daemon/supervision/upstream.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { QuestionAnswer } from '../../../shared/api/questions.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { createToolsAndCalls, type ToolsAndCalls, userPrincipal, wireTool } from '../../support/tools-and-calls.ts';

const form = {
  message: 'Who are you?',
  requestedSchema: {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name'],
  },
};

describe('a watched call', () => {
  let world: ToolsAndCalls;
  /** What the server asks within each call; its answer is the call's result. */
  let asks: WireRequest;
  const askWithin = async (_params: unknown, call: UpstreamCall) => {
    const answer = await call.client.ask(asks, { signal: call.signal, within: call });
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
  };
  beforeEach(async () => {
    world = await createToolsAndCalls();
    asks = { method: 'elicitation/create', params: form };
    await world.install('one', [wireTool('ask'), wireTool('steps')], {
      offer: { capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} } },
      answers: {
        'tools/call ask': askWithin,
        'prompts/get': async (params, call) => ({
          messages: [{ role: 'user', content: (await askWithin(params, call)).content[0] }],
        }),
        'tools/call steps': (params, call) => {
          const { progressToken } = params['_meta'] as { progressToken: string };
          for (let progress = 1; progress <= 500; progress += 1) {
            call.onNotification?.({
              method: 'notifications/progress',
              params: { progressToken, progress, total: 500, message: `step ${progress}` },
            });
            call.onNotification?.({ method: 'notifications/message', params: { level: 'info', data: { progress } } });
          }
          return { content: [] };
        },
      },
    });
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const told = <T extends DaemonEvent['type']>(type: T) =>
    world.events.filter((event): event is Extract<DaemonEvent, { type: T }> => event.type === type);
  const watch = (tool: string, callId: string = randomUUID()) =>
    world.api.callTool({ params: { id: 'one', tool }, body: { watch: true, callId } });
  const question = async () => await until(async () => (await world.api.listQuestions({})).items[0], 'a question');
  const answer = (id: string, body: QuestionAnswer) => world.api.answerQuestion({ params: { id }, body });
  const textOf = (result: Awaited<ReturnType<typeof watch>>) => JSON.parse(String(result.content[0]?.['text']));

  it('tells its progress and log messages, no faster than a person can follow, and the last step always', async () => {
    const callId = randomUUID();
    await watch('steps', callId);
    const progress = told('call.progress');
    assert.ok(progress.length <= 5, String(progress.length));
    assert.deepEqual(progress.at(-1), {
      type: 'call.progress',
      callId,
      by: 'owner:owner',
      serverId: 'one',
      progress: 500,
      total: 500,
      message: 'step 500',
    });
    assert.ok(told('call.log').length <= 40);
    assert.deepEqual(told('call.log')[0]?.data, { progress: 1 });
  });

  it('lets its caller fill in what the server asks for, checked against what it wants', async () => {
    const pending = watch('ask');
    const { id, kind, request } = await question();
    assert.deepEqual([kind, request], ['elicitation', form]);
    assert.equal(told('question.asked')[0]?.question.id, id);
    await assert.rejects(answer(id, { action: 'accept', content: { age: 5 } }), error => {
      assert.ok(isProblemError(error));
      assert.deepEqual([error.code, error.problem.errors?.[0]?.path], ['REQUEST_001', '/body/content/name']);
      return true;
    });
    await assert.rejects(answer(id, { action: 'accept', content: { name: { first: 'A' } } }), hasCode('REQUEST_001'));
    await answer(id, { action: 'accept', content: { name: 'Ada', age: 36 } });
    assert.deepEqual(textOf(await pending), { action: 'accept', content: { name: 'Ada', age: 36 } });
    assert.equal(told('question.settled')[0]?.action, 'accept');
    await assert.rejects(answer(id, { action: 'cancel' }), hasCode('CALL_003'));
  });

  it('tells the server that a person declined, or went away', async () => {
    for (const action of ['decline', 'cancel'] as const) {
      const pending = watch('ask');
      await answer((await question()).id, { action });
      assert.deepEqual(textOf(await pending), { action });
    }
  });

  it('answers sampling and roots in the shape of the protocol', async () => {
    asks = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 5 } };
    const sampling = watch('ask');
    const first = await question();
    await assert.rejects(
      answer(first.id, { action: 'accept', content: { role: 'assistant' } }),
      hasCode('REQUEST_001'),
    );
    const message = {
      role: 'assistant',
      content: { type: 'text', text: 'hi' },
      model: 'by hand',
      stopReason: 'endTurn',
    };
    await answer(first.id, { action: 'accept', content: message });
    assert.deepEqual(textOf(await sampling), message);
    asks = { method: 'roots/list' };
    const roots = watch('ask');
    const second = await question();
    await assert.rejects(
      answer(second.id, { action: 'accept', content: { roots: [{ uri: 'http://x' }] } }),
      hasCode('REQUEST_001'),
    );
    await answer(second.id, { action: 'accept', content: { roots: [{ uri: 'file:///work' }] } });
    assert.deepEqual(textOf(await roots), { roots: [{ uri: 'file:///work' }] });
    asks = { method: 'sampling/createMessage', params: { messages: [] } };
    const refused = watch('ask');
    refused.catch(() => {});
    await answer((await question()).id, { action: 'decline' });
    await assert.rejects(refused, hasCode('TOOL_004'));
  });

  it('is for its caller alone', async () => {
    world.asks(userPrincipal({ id: 'ada' }));
    const pending = watch('ask');
    const { id } = await question();
    world.asks(userPrincipal({ id: 'bob', name: 'bob' }));
    assert.deepEqual((await world.api.listQuestions({})).items, []);
    await assert.rejects(answer(id, { action: 'cancel' }), hasCode('CALL_003'));
    world.asks(userPrincipal({ id: 'ada' }));
    await answer(id, { action: 'cancel' });
    await pending;
  });

  it('takes its questions with it when it is cancelled', async () => {
    const abort = new AbortController();
    const callId = randomUUID();
    const pending = world.api.callTool(
      { params: { id: 'one', tool: 'ask' }, body: { watch: true, callId } },
      { signal: abort.signal },
    );
    pending.catch(() => {});
    await question();
    abort.abort();
    await until(async () => (await world.api.listQuestions({})).items.length === 0);
    assert.equal(told('question.settled')[0]?.action, 'expired');
    const [call] = (await world.api.listCalls({})).items;
    assert.equal(call?.outcome, 'cancelled');
  });

  it('needs an id that no other call under way has', async () => {
    await assert.rejects(
      world.api.callTool({ params: { id: 'one', tool: 'ask' }, body: { watch: true } }),
      hasCode('REQUEST_001'),
    );
    const callId = randomUUID();
    const pending = watch('ask', callId);
    const { id } = await question();
    await assert.rejects(watch('ask', callId), hasCode('REQUEST_001'));
    await answer(id, { action: 'cancel' });
    await pending;
    assert.equal((await watch('steps', callId)).isError, false);
  });

  it('can be a prompt as well, and one that nobody watches answers no questions', async () => {
    const params = { id: 'one', name: 'greet' };
    const pending = world.api.getPrompt({ params, body: { watch: true, callId: randomUUID() } });
    await answer((await question()).id, { action: 'cancel' });
    assert.equal((await pending).messages.length, 1);
    const capabilities = () => world.upstreams.requests.at(-1)?.client.capabilities;
    assert.deepEqual(Object.keys(capabilities() ?? {}), ['sampling', 'elicitation', 'roots']);
    await assert.rejects(world.api.getPrompt({ params, body: {} }), hasCode('TOOL_004'));
    assert.deepEqual(capabilities(), {});
  });
});

describe('what a server offers beside tools', () => {
  let world: ToolsAndCalls;
  beforeEach(async () => {
    world = await createToolsAndCalls();
    await world.install('one', [], {
      offer: { capabilities: { resources: {}, prompts: {}, completions: {} } },
      answers: {
        'resources/templates/list': ({ cursor }) =>
          cursor === undefined
            ? { resourceTemplates: [{ uriTemplate: 'test://{b}', name: 'b' }, 'nonsense'], nextCursor: '2' }
            : { resourceTemplates: [{ uriTemplate: 'test://{a}', name: 'a', title: 'A' }] },
        'resources/read': ({ uri }) =>
          uri === 'test://bad' ? { contents: 'x' } : { contents: [{ uri, mimeType: 'image/png', blob: 'AAAA' }] },
        'prompts/get': ({ name, arguments: args }) => ({
          description: String(name),
          messages: [{ role: 'user', content: args }],
        }),
        'completion/complete': ({ argument, context }) => ({
          completion: {
            values: [`${(argument as { value: string }).value}!`, JSON.stringify(context)],
            total: 7,
            hasMore: true,
          },
        }),
      },
    });
  });
  afterEach(() => world[Symbol.asyncDispose]());
  const params = { id: 'one' };

  it('is read page by page, filled in, and completed', async () => {
    const { items } = await world.api.listResourceTemplates({ params });
    assert.deepEqual(
      items.map(({ uriTemplate, title }) => [uriTemplate, title]),
      [
        ['test://{a}', 'A'],
        ['test://{b}', null],
      ],
    );
    const read = await world.api.readResource({ params, body: { uri: 'test://x' } });
    assert.deepEqual(read.contents, [{ uri: 'test://x', mimeType: 'image/png', blob: 'AAAA' }]);
    const prompt = await world.api.getPrompt({
      params: { id: 'one', name: 'hi/there' },
      body: { arguments: { who: 'you' } },
    });
    assert.deepEqual([prompt.description, prompt.messages[0]?.content], ['hi/there', { who: 'you' }]);
    const body = { prompt: 'hi', argument: 'who', value: 'y', others: { a: '1' } };
    assert.deepEqual(await world.api.completeArgument({ params, body }), {
      values: ['y!', '{"arguments":{"a":"1"}}'],
      total: 7,
      hasMore: true,
    });
  });

  it('ends in words that say what is wrong', async () => {
    await assert.rejects(world.api.readResource({ params, body: { uri: 'test://bad' } }), hasCode('TOOL_004'));
    await assert.rejects(
      world.api.completeArgument({ params, body: { argument: 'a', value: '' } }),
      hasCode('REQUEST_001'),
    );
    await assert.rejects(
      world.api.readResource({ params: { id: 'no' }, body: { uri: 'test://x' } }),
      hasCode('SERVER_001'),
    );
    world.upstreams.stop('one');
    await assert.rejects(world.api.readResource({ params, body: { uri: 'test://x' } }), hasCode('SERVER_003'));
  });

  it('can be saved to be asked for again, without a value of the vault', async () => {
    world.secrets.push('tiger');
    const body = {
      serverId: 'one',
      kind: 'prompt',
      target: 'hi',
      title: 'Greeting',
      arguments: { who: 'you' },
    } as const;
    const saved = await world.api.createSavedCall({ body });
    await assert.rejects(
      world.api.createSavedCall({ body: { ...body, arguments: { who: 'a tiger' } } }),
      hasCode('REQUEST_001'),
    );
    await assert.rejects(
      world.api.updateSavedCall({ params: { id: saved.id }, body: { arguments: { a: ['tiger'] } } }),
      hasCode('REQUEST_001'),
    );
    const changed = await world.api.updateSavedCall({ params: { id: saved.id }, body: { title: 'Hello' } });
    assert.deepEqual([changed.title, changed.arguments], ['Hello', { who: 'you' }]);
    assert.equal((await world.api.listSavedCalls({ query: { server: 'one', kind: 'prompt' } })).total, 1);
    assert.equal((await world.api.listSavedCalls({ query: { kind: 'tool' } })).total, 0);
    await world.api.deleteSavedCall({ params: { id: saved.id } });
    await assert.rejects(world.api.deleteSavedCall({ params: { id: saved.id } }), hasCode('CALL_001'));
    await assert.rejects(world.api.createSavedCall({ body: { ...body, serverId: 'no' } }), hasCode('SERVER_001'));
  });
});
