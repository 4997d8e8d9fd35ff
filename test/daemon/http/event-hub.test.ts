import assert from 'node:assert/strict';
import { createEventHub } from '../../../daemon/http/event-hub.ts';
import type { NumberedEvent } from '../../../shared/api/events.ts';

const removed = (serverId: string) => ({ type: 'server.removed', serverId }) as const;

describe('the event hub', () => {
  it('greets a newcomer with a reset and hands on what comes after', () => {
    const hub = createEventHub();
    hub.publish(removed('before'));
    const got: NumberedEvent[] = [];
    hub.subscribe(undefined, event => got.push(event));
    hub.publish(removed('after'));
    assert.deepEqual(
      got.map(({ event }) => event),
      [{ type: 'reset' }, removed('after')],
    );
  });

  it('resumes after the last event that a client has seen', () => {
    const hub = createEventHub();
    const first: NumberedEvent[] = [];
    const stop = hub.subscribe(undefined, event => first.push(event));
    hub.publish(removed('a'));
    stop();
    hub.publish(removed('b'));
    hub.publish(removed('c'));
    const second: NumberedEvent[] = [];
    hub.subscribe(first.at(-1)?.id, event => second.push(event));
    assert.deepEqual(
      second.map(({ event }) => event),
      [removed('b'), removed('c')],
    );
  });

  it('resumes at once after a reset, without telling anything twice', () => {
    const hub = createEventHub();
    hub.publish(removed('a'));
    const got: NumberedEvent[] = [];
    hub.subscribe(undefined, event => got.push(event))();
    const again: NumberedEvent[] = [];
    hub.subscribe(got[0]?.id, event => again.push(event));
    assert.deepEqual(again, []);
  });

  it('says reset to a client that was away for too long, that comes from an earlier life or that makes up an id', () => {
    const hub = createEventHub(2);
    const seen: NumberedEvent[] = [];
    hub.subscribe(undefined, event => seen.push(event))();
    for (const name of ['a', 'b', 'c']) hub.publish(removed(name));
    for (const id of [seen[0]?.id, 'deadbeef-1', 'nonsense', `${seen[0]?.id.split('-')[0]}-99`]) {
      const got: NumberedEvent[] = [];
      hub.subscribe(id, event => got.push(event))();
      assert.deepEqual(
        got.map(({ event }) => event.type),
        ['reset'],
        id,
      );
    }
  });

  it('forgets who has left', () => {
    const hub = createEventHub();
    const stop = hub.subscribe(undefined, () => {});
    assert.equal(hub.subscribers, 1);
    stop();
    assert.equal(hub.subscribers, 0);
  });
});
