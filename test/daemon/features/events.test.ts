import assert from 'node:assert/strict';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('events', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  it('tell a follower of every state that a server goes through', async () => {
    const seen: DaemonEvent[] = [];
    const abort = new AbortController();
    const done = daemon.api.followEvents({ signal: abort.signal, onEvent: event => seen.push(event) });
    await until(() => seen.length > 0);
    assert.deepEqual(seen[0], { type: 'reset' });
    await addTestServer(daemon.api, 'mine');
    await daemon.api.startServer({ params: { id: 'mine' } });
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    await until(() => seen.some(({ type }) => type === 'server.removed'));
    abort.abort();
    await done;
    const states = seen.flatMap(event => (event.type === 'server.changed' ? [event.server.state] : []));
    const changes = states.filter((state, index) => state !== states[index - 1]);
    assert.deepEqual(changes, ['stopped', 'starting', 'running', 'stopping', 'stopped']);
    assert.ok(seen.some(event => event.type === 'tools.changed'));
  });

  it('resume where a follower was, by Last-Event-ID', async () => {
    /** Until the stream has had this. */
    const read = async (wanted: RegExp, lastEventId?: string): Promise<string> => {
      const abort = new AbortController();
      const headers = { ...daemon.asOwner, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) };
      const response = await daemon.request('/api/v1/events', { headers, signal: abort.signal });
      assert.equal(response.headers.get('content-type'), 'text/event-stream');
      let text = '';
      for await (const piece of response.body ?? []) {
        text += new TextDecoder().decode(piece);
        if (wanted.test(text)) break;
      }
      return text;
    };
    const id = /^id: (\S+)/.exec(await read(/^id: /m))?.[1];
    await daemon.api.createServer({ body: { type: 'remote', id: 'far', url: 'http://127.0.0.1:9/mcp' } });
    const resumed = await read(/event: server\.changed/, id);
    assert.match(resumed, /event: server\.changed/);
    assert.doesNotMatch(resumed, /event: reset/);
  });

  it('end when the daemon ends, after saying so', async () => {
    const seen: DaemonEvent[] = [];
    const abort = new AbortController();
    const done = daemon.api.followEvents({ signal: abort.signal, onEvent: event => seen.push(event) });
    await until(() => seen.length > 0);
    await daemon.restart();
    await until(() => seen.some(event => event.type === 'daemon.stopping'));
    await until(() => seen.filter(event => event.type === 'reset').length === 2, 'the follower to come back');
    abort.abort();
    await done;
  });
});
