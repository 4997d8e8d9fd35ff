// What every way to a server must hold, whichever transport and revision it has. The server is the one that offers everything.
import assert from 'node:assert/strict';
import { type Upstream, type Upstreams, WireError, type WireObject } from '../../daemon/supervision/upstream.ts';
import { callTool, createTestClient, request, type TestClient, textOf } from '../support/downstream-client.ts';
import { until } from '../support/in-process-daemon.ts';

export interface UpstreamUnderTest {
  upstreams: Upstreams;
  serverId: string;
  isStateless: boolean;
  /** Whether it can be told of every question which call it belongs to. */
  tellsCallsApart: boolean;
  /** Lists that were said to have changed. */
  changes: string[];
}

const codeOf = (error: unknown): unknown => (error instanceof WireError ? error.code : error);
const refused = (promise: Promise<unknown>) => promise.then(() => assert.fail('it was answered'), codeOf);
/** Without what the revision without sessions adds to each result. */
const bare = ({ resultType, ttlMs, cacheScope, ...result }: WireObject): WireObject => {
  const { 'io.modelcontextprotocol/serverInfo': _server, ...meta } = (result['_meta'] ?? {}) as WireObject;
  const { _meta, ...rest } = result;
  return Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
};

export function describeUpstreamContract(name: string, open: () => UpstreamUnderTest): void {
  describe(`a server reached ${name}`, () => {
    let client: TestClient;
    let upstream: Upstream;
    beforeEach(async () => {
      const { upstreams, serverId } = open();
      client = createTestClient();
      upstream = await upstreams.of(serverId, client);
    });
    afterEach(() => open().upstreams.left(client));

    it('says what it offers, in its own words', () => {
      const { upstreams, serverId, isStateless } = open();
      assert.equal(upstream.offer.protocolVersion, isStateless ? '2026-07-28' : '2025-11-25');
      assert.deepEqual(upstream.offer.serverInfo, { name: 'everything', title: 'Everything', version: '1.2.3' });
      assert.deepEqual(upstream.offer.capabilities['resources'], { listChanged: true, subscribe: true });
      assert.equal(upstream.offer.instructions, 'Offers everything that the protocol has.');
      assert.equal(upstreams.offer(serverId)?.protocolVersion, upstream.offer.protocolVersion);
    });

    it('gives results member for member', async () => {
      const { tools } = await request(upstream, client, 'tools/list');
      const tool = (tools as WireObject[]).find(each => each['name'] === 'test_structured_content');
      assert.deepEqual(tool?.['_meta'], { 'example.com/kept': { deep: [1, null, 'two'] } });
      assert.deepEqual(tool?.['annotations'], {
        title: 'Structured',
        readOnlyHint: true,
        destructiveHint: false,
        openWorldHint: false,
      });
      const { result } = await callTool(upstream, client, 'test_multiple_content_types');
      assert.deepEqual(bare(result)['_meta'], { 'example.com/kept': true });
      assert.deepEqual((result['content'] as WireObject[])[0]?.['annotations'], { audience: ['user'], priority: 0.5 });
      const { result: empty } = await callTool(upstream, client, 'test_empty_result');
      assert.deepEqual(bare(empty), { content: [] });
      const { result: failed } = await callTool(upstream, client, 'test_error_handling');
      assert.equal(failed['isError'], true);
    });

    it('gives errors as they are', async () => {
      const failure = await callTool(upstream, client, 'test_protocol_error').catch(error => error);
      assert.ok(failure instanceof WireError);
      assert.deepEqual(
        [failure.code, failure.message, failure.data],
        [-32_050, 'This is an error of the protocol', { hint: ['kept', 1] }],
      );
      assert.equal(await refused(request(upstream, client, 'nobody/knows')), -32_601);
    });

    it('tells progress to its call alone, with the client’s own token, in order', async () => {
      const meta = (progressToken: string | number) => ({ progressToken, 'example.com/mine': 1 });
      const tokens = ['one', 7] as const;
      const calls = await Promise.all(
        tokens.map(token => callTool(upstream, client, 'test_tool_with_progress', {}, { meta: meta(token) })),
      );
      calls.forEach(({ notifications }, index) => {
        const told = notifications.map(({ params }) => [params?.['progressToken'], params?.['progress']]);
        assert.deepEqual(
          told,
          [0, 50, 100].map(step => [tokens[index], step]),
        );
      });
      const { notifications } = await callTool(upstream, client, 'test_tool_with_progress');
      assert.deepEqual(notifications, []);
    });

    it('sends log messages of a call with it, from the level that the client wants', async () => {
      await request(upstream, client, 'logging/setLevel', { level: 'info' });
      const { notifications } = await callTool(upstream, client, 'test_tool_with_logging');
      assert.deepEqual(
        notifications.map(({ params }) => params?.['data']),
        ['Tool execution started', 'Tool processing data', 'Tool execution completed'],
      );
      await request(upstream, client, 'logging/setLevel', { level: 'error' });
      assert.deepEqual((await callTool(upstream, client, 'test_logging_tool')).notifications, []);
    });

    it('asks the client whose call it is', async () => {
      const { result } = await callTool(upstream, client, 'test_sampling', { prompt: 'Which city?' });
      assert.match(textOf(result), /Paris/);
      assert.match(
        textOf((await callTool(upstream, client, 'test_elicitation', { message: 'Who?' })).result),
        /ann@example/,
      );
      assert.match(textOf((await callTool(upstream, client, 'test_list_roots')).result), /file:\/\/\/work/);
      assert.match(textOf((await callTool(upstream, client, 'test_url_elicitation')).result), /accept/);
      assert.deepEqual(
        client.asked.map(({ request: { method } }) => method),
        ['sampling/createMessage', 'elicitation/create', 'roots/list', 'elicitation/create'],
      );
      assert.deepEqual(client.asked[0]?.request.params?.['maxTokens'], 100);
      assert.ok(client.asked.every(({ within }) => within?.client === client));
    });

    it('asks each of several clients its own, or refuses and says why', async () => {
      const { upstreams, serverId, tellsCallsApart } = open();
      const other = createTestClient();
      const beside = await upstreams.of(serverId, other);
      const answerOf = (username: string) => () => ({
        action: 'accept',
        content: { username, email: 'e@example.com' },
      });
      client.answer = answerOf('ann');
      other.answer = answerOf('ben');
      const said = await Promise.all([
        callTool(upstream, client, 'test_elicitation', { message: 'Ann?' }),
        callTool(beside, other, 'test_elicitation', { message: 'Ben?' }),
      ]).then(
        results => results.map(({ result }) => textOf(result)),
        (error: Error) => [error.message],
      );
      upstreams.left(other);
      if (tellsCallsApart) {
        assert.match(said[0] ?? '', /ann/);
        assert.match(said[1] ?? '', /ben/);
      } else {
        // Never the one that it is not for.
        assert.doesNotMatch(said[0] ?? '', /ben/);
        assert.doesNotMatch(said[1] ?? '', /ann/);
        assert.ok(upstreams.losses(serverId).some(({ reason }) => reason === 'more-than-one-client'));
      }
    });

    it('gets an error of the client as it is', async () => {
      client.answer = () => {
        throw new WireError(-1, 'The person said no', { why: 'busy' });
      };
      const call = callTool(upstream, client, 'test_sampling', { prompt: 'x' });
      const failure = await call.then(
        ({ result }) => textOf(result),
        error => String(error.message),
      );
      assert.match(failure, /The person said no/);
    });

    it('asks again and again until it has all it needs', async () => {
      const { result } = await callTool(upstream, client, 'test_input_required_result_multi_round');
      assert.equal(textOf(result), 'Ann likes blue');
      const prompt = await request(upstream, client, 'prompts/get', { name: 'test_input_required_result_prompt' });
      assert.match(JSON.stringify(prompt['messages']), /In this context/);
    });

    it('tells a subscriber, and no other, of a resource that changed', async () => {
      const { upstreams, serverId } = open();
      const other = createTestClient();
      const beside = await upstreams.of(serverId, other);
      const uri = 'test://watched-resource';
      await request(upstream, client, 'resources/subscribe', { uri });
      await callTool(upstream, client, 'test_trigger_resource_update');
      await until(() => client.told.length === 1);
      assert.deepEqual(client.told, [{ method: 'notifications/resources/updated', params: { uri } }]);
      await request(beside, other, 'resources/subscribe', { uri });
      await request(upstream, client, 'resources/unsubscribe', { uri });
      await callTool(beside, other, 'test_trigger_resource_update');
      await until(() => other.told.length === 1);
      assert.equal(client.told.length, 1);
      upstreams.left(other);
    });

    it('tells that a list has changed', async () => {
      const { changes } = open();
      changes.length = 0;
      await callTool(upstream, client, 'test_trigger_tool_change');
      await until(() => changes.includes('tools'));
      await callTool(upstream, client, 'test_trigger_prompt_change');
      await until(() => changes.includes('prompts'));
    });

    it('is told when a call is cancelled, and other calls go on', async () => {
      const controller = new AbortController();
      const reason = new Error('nobody wants it');
      const slow = callTool(upstream, client, 'test_slow', {}, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(slow, error => error === reason);
      assert.match(textOf((await callTool(upstream, client, 'test_simple_text')).result), /simple text/);
    });

    it('answers prompts, resources, templates and completion', async () => {
      const { resourceTemplates } = await request(upstream, client, 'resources/templates/list');
      assert.equal((resourceTemplates as WireObject[])[0]?.['uriTemplate'], 'test://template/{id}/data');
      const { contents } = await request(upstream, client, 'resources/read', { uri: 'test://template/7/data' });
      assert.match(JSON.stringify(contents), /Data for ID: 7/);
      const args = { arg1: 'a', arg2: 'b' };
      const prompt = await request(upstream, client, 'prompts/get', {
        name: 'test_prompt_with_arguments',
        arguments: args,
      });
      assert.match(JSON.stringify(prompt['messages']), /arg1='a', arg2='b'/);
      const { completion } = await request(upstream, client, 'completion/complete', {
        ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
        argument: { name: 'arg1', value: 'par' },
      });
      assert.deepEqual((completion as WireObject)['values'], ['paris', 'park', 'party']);
      await request(upstream, client, 'ping');
    });
  });
}
