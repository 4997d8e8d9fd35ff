import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WireError, type WireNotification, type WireObject } from '../../../daemon/supervision/upstream.ts';
import type { WireMessage, WireTransport } from '../../../daemon/supervision/wire-message.ts';
import { createWirePeer, PeerFailure, type WirePeer } from '../../../daemon/supervision/wire-peer.ts';

interface Wire {
  peer: WirePeer<string>;
  sent: WireMessage[];
  notifications: { notification: WireNotification; context: string | undefined }[];
  asked: string[];
  receive(message: object, origin?: number): void;
  end(): void;
}

function createWire(answer: (method: string, signal: AbortSignal) => Promise<WireObject> = async () => ({})): Wire {
  const sent: WireMessage[] = [];
  const notifications: Wire['notifications'] = [];
  const asked: string[] = [];
  const transport: WireTransport = {
    start: async () => {},
    send: async message => void sent.push(message),
    close: async () => transport.onclose?.(),
  };
  const peer = createWirePeer<string>(transport, {
    onRequest: ({ method }, { signal }) => {
      asked.push(method);
      return answer(method, signal);
    },
    onNotification: (notification, context) => notifications.push({ notification, context }),
    onClosed: () => {},
  });
  const receive = (message: object, origin?: number) => transport.onmessage?.({ jsonrpc: '2.0', ...message }, origin);
  return { peer, sent, notifications, asked, receive, end: () => transport.onclose?.() };
}

const tick = () => new Promise<void>(resolve => setImmediate(resolve));
const given = { timeoutSeconds: 30 };

describe('a peer', () => {
  it('hands a result on as the very object that came', async () => {
    const { peer, receive } = createWire();
    const result = { content: [{ type: 'odd', nested: { kept: [null] } }], _meta: { a: 1 } };
    const call = peer.request({ method: 'tools/call', params: { name: 'x' } }, given);
    receive({ id: 1, result });
    assert.equal(await call, result);
  });

  it('asks for progress under its own id, and keeps what else is in _meta', async () => {
    const { peer, sent, receive } = createWire();
    const told: WireObject[] = [];
    const params = { name: 'x', _meta: { progressToken: 'the client’s', mine: true } };
    const call = peer.request({ method: 'tools/call', params }, { ...given, onProgress: one => told.push(one) });
    assert.deepEqual(sent[0]?.params, { name: 'x', _meta: { progressToken: 1, mine: true } });
    receive({ method: 'notifications/progress', params: { progressToken: 1, progress: 5, message: 'half' } });
    receive({ method: 'notifications/progress', params: { progressToken: 'the client’s', progress: 6 } });
    receive({ id: 1, result: {} });
    receive({ method: 'notifications/progress', params: { progressToken: 1, progress: 7 } });
    await call;
    assert.deepEqual(told, [{ progressToken: 1, progress: 5, message: 'half' }]);
    assert.equal(peer.counts.strayProgress, 2);
  });

  it('tells the server of a call that is aborted or takes too long, and ignores what comes then', async () => {
    const { peer, sent, receive } = createWire();
    const controller = new AbortController();
    const aborted = peer.request({ method: 'a' }, { ...given, signal: controller.signal });
    const late = peer.request({ method: 'b' }, { timeoutSeconds: 0.02 });
    controller.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    await assert.rejects(late, error => error instanceof PeerFailure && error.kind === 'timeout');
    const cancelled = sent.filter(({ method }) => method === 'notifications/cancelled');
    assert.deepEqual(
      cancelled.map(({ params }) => (params as WireObject)['requestId']),
      [1, 2],
    );
    receive({ id: 1, result: {} });
    receive({ id: 2, result: {} });
    assert.deepEqual([peer.counts.strayAnswers, peer.waiting], [2, 0]);
  });

  it('answers requests of the server, with errors as they are, and not those that it took back', async () => {
    const { peer, sent, receive } = createWire(async (method, signal) => {
      if (method === 'no') throw new WireError(-7, 'No', { why: 1 });
      if (method === 'broken') throw new Error('secret details');
      if (method === 'slow') await new Promise(resolve => signal.addEventListener('abort', resolve));
      return { yes: true };
    });
    receive({ id: 'a', method: 'yes' });
    receive({ id: 0, method: 'no' });
    receive({ id: 'c', method: 'broken' });
    receive({ id: 'd', method: 'slow' });
    receive({ id: 'd', method: 'yes' });
    receive({ method: 'notifications/cancelled', params: { requestId: 'd' } });
    await tick();
    assert.deepEqual(sent, [
      { jsonrpc: '2.0', id: 'a', result: { yes: true } },
      { jsonrpc: '2.0', id: 0, error: { code: -7, message: 'No', data: { why: 1 } } },
      { jsonrpc: '2.0', id: 'c', error: { code: -32_603, message: 'The client could not answer.' } },
    ]);
    assert.equal(peer.counts.refusedRequests, 1);
  });

  it('says with which call a message came, where the transport knows', async () => {
    const { peer, notifications, receive } = createWire();
    const call = peer.request({ method: 'x' }, { ...given, context: 'the call' });
    receive({ method: 'notifications/message', params: {} }, 1);
    receive({ method: 'notifications/message', params: {} }, 99);
    receive({ id: 1, result: {} });
    receive({ method: 'notifications/message', params: {} }, 1);
    await call;
    assert.deepEqual(
      notifications.map(({ context }) => context),
      ['the call', undefined, undefined],
    );
  });

  it('fails all that waits when the connection ends, and what comes after', async () => {
    const { peer, end } = createWire();
    const calls = [1, 2, 3].map(() => peer.request({ method: 'x' }, given));
    end();
    for (const call of [...calls, peer.request({ method: 'x' }, given)])
      await assert.rejects(call, error => error instanceof PeerFailure && error.kind === 'lost');
  });

  it('takes whatever comes in whatever order: each call ends once, with its own answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const { peer, receive, end } = createWire();
        const open = new Map<number, Promise<unknown>>();
        const expected = new Map<number, unknown>();
        let next = 0;
        let ended = false;
        for (const { kind, pick, junk } of steps) {
          const id = next === 0 ? 0 : 1 + (pick % next);
          if (kind === 'call' && !ended) {
            next += 1;
            open.set(next, settled(peer.request({ method: 'm' }, given)));
          } else if (kind === 'answer' || kind === 'error') {
            const answer = kind === 'answer' ? { result: { of: id } } : { error: { code: id, message: 'e' } };
            receive({ id, ...answer });
            if (!ended && open.has(id) && !expected.has(id)) expected.set(id, kind === 'answer' ? { of: id } : id);
          } else if (kind === 'foreign') receive({ id: `foreign-${pick}`, result: {} });
          else if (kind === 'progress') receive({ method: 'notifications/progress', params: { progressToken: pick } });
          else if (kind === 'junk') receive(junk);
          else if (kind === 'end') {
            end();
            ended = true;
          }
        }
        end();
        for (const [id, promise] of open) assert.deepEqual(await promise, expected.get(id) ?? 'lost');
        assert.equal(peer.waiting, 0);
      }),
      { numRuns: 300 },
    );
  });
});

const step = fc.record({
  kind: fc.constantFrom('call', 'call', 'call', 'answer', 'answer', 'error', 'foreign', 'progress', 'junk', 'end'),
  pick: fc.nat(50),
  // Members of all kinds, but no id of a call: what has one is an answer.
  junk: fc.record(
    {
      id: fc.oneof(fc.constant(null), fc.boolean(), fc.string(), fc.constant(1.5), fc.constant(-1)),
      method: fc.jsonValue(),
      params: fc.jsonValue(),
      result: fc.jsonValue(),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
});

const settled = (promise: Promise<WireObject>): Promise<unknown> =>
  promise.catch(error => (error instanceof WireError ? error.code : (error as PeerFailure).kind));
