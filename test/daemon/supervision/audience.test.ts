import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCallSlots } from '../../../daemon/supervision/call-slots.ts';
import { createCallsUnderWay } from '../../../daemon/supervision/calls-under-way.ts';
import { createEventStreamReader } from '../../../daemon/supervision/event-stream.ts';
import { createHeaderParameters } from '../../../daemon/supervision/header-parameters.ts';
import { createLogLevels } from '../../../daemon/supervision/log-levels.ts';
import { createLosses } from '../../../daemon/supervision/losses.ts';
import { createQuestions } from '../../../daemon/supervision/questions.ts';
import { createSubscriptions } from '../../../daemon/supervision/subscriptions.ts';
import { type DownstreamClient, WireError } from '../../../daemon/supervision/upstream.ts';
import { createTestClient } from '../../support/downstream-client.ts';

const call = (client: DownstreamClient) => ({ client, signal: new AbortController().signal, timeoutSeconds: 1 });
const sampling = { method: 'sampling/createMessage', params: {} };
const { signal } = new AbortController();

describe('a question of a server', () => {
  const set = (clients: DownstreamClient[]) => {
    const calls = createCallsUnderWay();
    const losses = createLosses();
    return { calls, losses, questions: createQuestions({ calls, clients: () => clients, losses }) };
  };

  it('goes to the client whose calls are the only ones, as part of the latest', async () => {
    const [one, two] = [createTestClient(), createTestClient()];
    const { calls, questions } = set([one, two]);
    calls.begin(call(one));
    const latest = calls.begin(call(one));
    await questions.ask(sampling, signal, undefined);
    assert.deepEqual(
      one.asked.map(({ within }) => within),
      [latest.call],
    );
  });

  it('goes to the client on whose stream it came, whoever else has calls', async () => {
    const [one, two] = [createTestClient(), createTestClient()];
    const { calls, questions } = set([one, two]);
    const origin = calls.begin(call(one));
    calls.begin(call(two));
    await questions.ask(sampling, signal, origin);
    assert.deepEqual([one.asked.length, two.asked.length], [1, 0]);
  });

  it('goes to the only one that can answer, if nobody can tell whose it is', async () => {
    const [able, unable] = [createTestClient(), createTestClient({})];
    const { calls, questions } = set([able, unable]);
    const [first] = [calls.begin(call(able)), calls.begin(call(unable))];
    await questions.ask(sampling, signal, undefined);
    assert.equal(able.asked[0]?.within, first.call);
  });

  it('is refused and counted where it cannot go', async () => {
    const [one, two] = [createTestClient(), createTestClient()];
    const unable = createTestClient({ elicitation: {} });
    const refusedBy = async (clients: DownstreamClient[], request = sampling) => {
      const { losses, questions } = set(clients);
      await assert.rejects(questions.ask(request, signal, undefined), WireError);
      return losses.all().map(({ what, reason, times }) => `${what} ${reason} ${times}`);
    };
    assert.deepEqual(await refusedBy([]), ['sampling/createMessage no-client 1']);
    assert.deepEqual(await refusedBy([one, two]), ['sampling/createMessage more-than-one-client 1']);
    assert.deepEqual(await refusedBy([unable]), ['sampling/createMessage client-does-not-offer 1']);
    const url = { method: 'elicitation/create', params: { mode: 'url' } };
    assert.deepEqual(await refusedBy([unable], url), ['elicitation/create client-does-not-offer 1']);
  });

  it('ends with the call that it belongs to', async () => {
    const one = createTestClient();
    one.answer = (_request, until) =>
      new Promise((_, reject) => until.addEventListener('abort', () => reject(until.reason)));
    const { calls, questions } = set([one]);
    const origin = calls.begin(call(one));
    const asked = questions.ask(sampling, signal, origin);
    calls.end(origin);
    await assert.rejects(asked, /The call is over/);
  });
});

describe('log levels', () => {
  it('tell the server the most verbose one, and each client what it wants', () => {
    const levels = createLogLevels<string>();
    assert.equal(levels.wants('silent', 'debug'), true);
    assert.equal(levels.set('one', 'warning'), 'warning');
    assert.equal(levels.set('two', 'debug'), 'debug');
    assert.equal(levels.set('one', 'error'), undefined);
    assert.deepEqual(
      ['one', 'two', 'silent'].map(client => levels.wants(client, 'debug')),
      [false, true, false],
    );
    levels.left('two');
    assert.equal(levels.set('one', 'critical'), 'critical');
    assert.equal(levels.wants('one', 'alert'), true);
  });
});

describe('subscriptions', () => {
  it('ask the server for the first and tell it of the last, whatever clients do', () => {
    const act = fc.record({ kind: fc.constantFrom('add', 'remove', 'left'), client: fc.nat(3), uri: fc.nat(3) });
    const clients = [0, 1, 2, 3].map(() => createTestClient());
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), acts => {
        const subscriptions = createSubscriptions();
        const wanted = new Set<string>();
        const atServer = new Set<string>();
        for (const { kind, client, uri } of acts) {
          const who = clients[client] as DownstreamClient;
          const name = `test://${uri}`;
          if (kind === 'add') {
            wanted.add(`${client} ${name}`);
            if (subscriptions.add(who, name)) assert.ok(!atServer.has(name) && atServer.add(name));
          } else if (kind === 'remove') {
            wanted.delete(`${client} ${name}`);
            if (subscriptions.remove(who, name)) assert.ok(atServer.delete(name));
          } else {
            for (const one of wanted) if (one.startsWith(`${client} `)) wanted.delete(one);
            for (const gone of subscriptions.left(who)) assert.ok(atServer.delete(gone));
          }
          assert.deepEqual(atServer, new Set([...wanted].map(one => one.split(' ')[1])));
        }
      }),
    );
  });
});

describe('places for calls', () => {
  it('are never more than allowed, are given in order, and turn away who would wait too long', async () => {
    const slots = createCallSlots(() => ({ concurrentCalls: 2, waitingCalls: 2 }));
    assert.deepEqual([slots.enter(signal), slots.enter(signal)], [true, true]);
    const order: number[] = [];
    const gone = new AbortController();
    const third = slots.enter(gone.signal) as Promise<void>;
    const fourth = (slots.enter(signal) as Promise<void>).then(() => order.push(4));
    assert.equal(slots.enter(signal), undefined);
    gone.abort(new Error('gone'));
    await assert.rejects(third, /gone/);
    const fifth = (slots.enter(signal) as Promise<void>).then(() => order.push(5));
    slots.leave();
    await fourth;
    slots.leave();
    await fifth;
    assert.deepEqual([order, slots.underWay, slots.waiting], [[4, 5], 2, 0]);
    slots.leave();
    slots.leave();
    assert.equal(slots.underWay, 0);
  });
});

describe('an event stream', () => {
  const read = (text: string, sizes: number[], limit = 1_000) => {
    const seen = { messages: [] as string[], ids: [] as string[], retries: [] as number[], oversized: 0 };
    const reader = createEventStreamReader({
      limit,
      onMessage: data => seen.messages.push(data),
      onId: id => seen.ids.push(id),
      onRetry: milliseconds => seen.retries.push(milliseconds),
      onOversized: () => seen.oversized++,
    });
    const bytes = Buffer.from(text);
    for (let from = 0, i = 0; from < bytes.length; i++) {
      const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? 1_000);
      reader.push(bytes.subarray(from, from + size));
      from += size;
    }
    return seen;
  };
  const stream =
    ': hello\r\n\r\nid: 1\nretry: 50\ndata:\n\nevent: message\nid: 2\ndata: {"a":\ndata: 1}\n\nevent: other\ndata: no\n\ndata: ü\r\n\r\n';

  it('reads the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), sizes => {
        assert.deepEqual(read(stream, sizes), {
          messages: ['', '{"a":\n1}', 'ü'],
          ids: ['1', '2'],
          retries: [50],
          oversized: 0,
        });
      }),
    );
  });

  it('leaves out an event over the limit, in one line or many, and goes on', () => {
    const long = `data: ${'x'.repeat(5_000)}\n\ndata: ok\n\n`;
    const many = `${'data: y\n'.repeat(500)}\ndata: ok\n\n`;
    for (const text of [long, many]) {
      const { messages, oversized } = read(text, [777]);
      assert.deepEqual([messages, oversized], [['ok'], 1]);
    }
  });
});

describe('arguments that a tool wants in a header', () => {
  it('are sent there, as base64 if a header cannot carry them', () => {
    const parameters = createHeaderParameters();
    const inputSchema = {
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { properties: { flag: { type: 'boolean', 'x-mcp-header': 'Flag' } } },
        list: { items: { 'x-mcp-header': 'Never' } },
        bad: { 'x-mcp-header': 'a b\r\n' },
      },
    };
    parameters.learn({ tools: [{ name: 'one', inputSchema }, { name: 3 }, null] });
    const headers = (args: object) =>
      parameters.headersOf({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'one', arguments: args } });
    assert.deepEqual(headers({ region: 'eu', deep: { flag: true }, bad: 'x' }), {
      'mcp-param-region': 'eu',
      'mcp-param-flag': 'true',
    });
    assert.deepEqual(headers({ region: 'Zürich\r\n' }), {
      'mcp-param-region': `=?base64?${Buffer.from('Zürich\r\n').toString('base64')}?=`,
    });
    assert.deepEqual(headers({}), {});
  });
});
