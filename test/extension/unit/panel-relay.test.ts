import assert from 'node:assert/strict';
import { HostProblem } from '../../../extension/platform/host-problem.ts';
import { createPanelRelay } from '../../../extension/platform/panel-relay.ts';
import { createSignal } from '../../../extension/platform/signal.ts';
import type { Carrier, CarrierRequest, CarrierResponse } from '../../../shared/api/client.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { HostAct, HostMessage } from '../../../shared/api/panel.ts';
import { problem } from '../../../shared/api/problem.ts';

function createBench(
  answer: (request: CarrierRequest) => Promise<CarrierResponse> = async () => ({ status: 200, body: {} }),
) {
  const requests: CarrierRequest[] = [];
  const posted: HostMessage[] = [];
  const acts: HostAct[] = [];
  const complaints: string[] = [];
  const events = createSignal<DaemonEvent>();
  const carrier: Carrier = {
    send: request => {
      requests.push(request);
      return answer(request);
    },
    follow: async () => {},
  };
  const relay = createPanelRelay({
    carrier,
    onEvent: events.signal,
    post: message => posted.push(message),
    act: act => acts.push(act),
    log: message => complaints.push(message),
  });
  return { relay, requests, posted, acts, complaints, events };
}

const request = (change: object = {}) => ({
  type: 'request',
  id: 1,
  operationId: 'getServer',
  method: 'GET',
  path: '/api/v1/servers/some',
  body: undefined,
  ...change,
});
const settled = () => new Promise(resolve => setTimeout(resolve, 5));
const refusalOf = (message: HostMessage | undefined) =>
  message?.type === 'failure' ? message.problem.code : undefined;

describe('the relay between a panel and the daemon', () => {
  it('takes a request as the editor delivers it, without what is undefined', async () => {
    const { relay, requests, complaints } = createBench();
    relay.receive(JSON.parse(JSON.stringify(request())));
    await settled();
    assert.deepEqual([requests.length, complaints], [1, []]);
  });

  it('carries an honest request and its answer', async () => {
    const { relay, requests, posted } = createBench(async () => ({ status: 404, body: { code: 'SERVER_001' } }));
    relay.receive(request());
    await settled();
    assert.equal(requests[0]?.path, '/api/v1/servers/some');
    assert.deepEqual(posted, [{ type: 'response', id: 1, status: 404, body: { code: 'SERVER_001' } }]);
  });

  const lies: [why: string, message: object][] = [
    ['a token', request({ operationId: 'getToken', path: '/api/v1/access/token' })],
    ['a login link', request({ operationId: 'createLoginLink', method: 'POST', path: '/api/v1/access/login-links' })],
    ['the end of the daemon', request({ operationId: 'stopDaemon', method: 'POST', path: '/api/v1/daemon/stop' })],
    ['another path than it names', request({ path: '/api/v1/access/token' })],
    ['another method than it names', request({ method: 'DELETE' })],
    ['a path with dots', request({ path: '/api/v1/servers/..' })],
  ];
  for (const [why, message] of lies) {
    it(`refuses a request for ${why}`, async () => {
      const { relay, requests, posted } = createBench();
      relay.receive(message);
      await settled();
      assert.equal(requests.length, 0);
      assert.equal(refusalOf(posted[0]), 'ACCESS_002');
    });
  }

  it('passes over what is no message, and says so in the log', () => {
    const { relay, posted, requests, complaints } = createBench();
    for (const raw of [
      undefined,
      null,
      7,
      'x',
      {},
      { type: 'request' },
      request({ path: 'https://example.com/' }),
      { type: 'host', act: { act: 'openExternal', url: 'file:///etc/passwd' } },
    ]) {
      relay.receive(raw);
    }
    assert.equal(complaints.length, 8);
    assert.deepEqual([posted, requests], [[], []]);
  });

  it('refuses a body that is larger than the daemon takes', async () => {
    const { relay, requests, posted } = createBench();
    const body = { arguments: { text: 'x'.repeat(1_048_577) } };
    relay.receive(
      request({ operationId: 'callTool', method: 'POST', path: '/api/v1/servers/some/tools/echo/call', body }),
    );
    await settled();
    assert.equal(requests.length, 0);
    assert.equal(refusalOf(posted[0]), 'REQUEST_004');
  });

  it('refuses more requests at once than a page needs', async () => {
    const { relay, requests, posted } = createBench(() => new Promise(() => {}));
    for (let id = 1; id <= 65; id++) relay.receive(request({ id }));
    await settled();
    assert.equal(requests.length, 64);
    assert.equal(refusalOf(posted[0]), 'REQUEST_004');
  });

  it('cancels a request when the page does, and answers nothing', async () => {
    const { relay, requests, posted } = createBench(
      ({ signal }) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    relay.receive(request({ id: 9 }));
    relay.receive({ type: 'cancel', id: 9 });
    await settled();
    assert.equal(requests[0]?.signal?.aborted, true);
    assert.deepEqual(posted, []);
  });

  it('cancels everything when the panel is closed, and hands no event on any more', async () => {
    const { relay, requests, posted, events } = createBench(() => new Promise(() => {}));
    relay.receive({ type: 'follow' });
    relay.receive(request());
    await settled();
    relay.dispose();
    posted.length = 0;
    events.fire({ type: 'server.removed', serverId: 'some' });
    assert.equal(requests[0]?.signal?.aborted, true);
    assert.deepEqual(posted, []);
  });

  it('begins with a reset, then hands on each event with its own number', () => {
    const { relay, posted, events } = createBench();
    events.fire({ type: 'server.removed', serverId: 'before' });
    relay.receive({ type: 'follow' });
    events.fire({ type: 'server.removed', serverId: 'some' });
    assert.deepEqual(posted, [
      { type: 'event', id: '1', data: '{"type":"reset"}' },
      { type: 'event', id: '2', data: '{"type":"server.removed","serverId":"some"}' },
    ]);
  });

  it('follows once, however often it is asked', () => {
    const { relay, posted, events } = createBench();
    relay.receive({ type: 'follow' });
    relay.receive({ type: 'follow' });
    posted.length = 0;
    events.fire({ type: 'tools.changed', serverId: 'some' });
    assert.equal(posted.length, 1);
  });

  it('tells a panel the daemon’s own problem, and nothing of an inner error', async () => {
    const failures = [
      problem('DAEMON_002', { detail: 'It is gone.' }),
      new HostProblem('restricted'),
      new Error('secret path /home/somebody'),
    ];
    for (const [index, code] of (['DAEMON_002', 'ACCESS_002', 'DAEMON_002'] as const).entries()) {
      const { relay, posted } = createBench(async () => {
        throw failures[index];
      });
      relay.receive(request());
      await settled();
      assert.equal(refusalOf(posted[0]), code);
      assert.ok(!JSON.stringify(posted).includes('secret'));
    }
  });

  it('hands acts of the host on', () => {
    const { relay, acts } = createBench();
    relay.receive({ type: 'host', act: { act: 'openServer', serverId: 'some' } });
    assert.deepEqual(acts, [{ act: 'openServer', serverId: 'some' }]);
  });
});
