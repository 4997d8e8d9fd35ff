import assert from 'node:assert/strict';
import { createEventHub } from '../../../daemon/http/event-hub.ts';
import { createEventStreams } from '../../../daemon/http/event-response.ts';
import { refusedWith } from '../../support/identity.ts';

describe('the streams of events', () => {
  it('are as many as anybody needs, for each who follows them', async () => {
    const hub = createEventHub();
    const streams = createEventStreams(hub);
    const open = (owner: string, signal = new AbortController().signal) =>
      streams.open(undefined, signal, { owner, mayHear: undefined });
    const leaving = new AbortController();
    for (let at = 0; at < 64; at++) open('owner:owner', at === 9 ? leaving.signal : undefined);
    assert.throws(() => open('owner:owner'), refusedWith('REQUEST_005'));
    open('user:ada');
    assert.equal(hub.subscribers, 65);
    leaving.abort();
    const again = open('owner:owner');
    assert.throws(() => open('owner:owner'), refusedWith('REQUEST_005'));
    streams.closeAll();
    assert.match(await again.text(), /"type":"reset"/);
    assert.equal(hub.subscribers, 0);
  });
});
