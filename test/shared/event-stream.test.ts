import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFrameReader, toFrame } from '../../shared/api/event-stream.ts';
import type { NumberedEvent } from '../../shared/api/events.ts';

const event = fc
  .tuple(fc.stringMatching(/^[a-f0-9]{8}-\d{1,5}$/), fc.array(fc.string({ unit: 'binary' })))
  .map(([id, lines]): NumberedEvent => ({ id, event: { type: 'server.output', serverId: 'everything', lines } }));

/** Cuts a text into pieces at the given places. */
const cut = (text: string, places: number[]): string[] => {
  const at = [...new Set(places.map(place => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : at[index - 1], end));
};

describe('the event stream as text', () => {
  it('reads what it wrote, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), (events, places) => {
        const read: NumberedEvent[] = [];
        const reader = createFrameReader(each => read.push(each));
        for (const piece of cut(events.map(toFrame).join(''), places)) reader(piece);
        assert.deepEqual(read, events);
      }),
    );
  });

  it('passes over heartbeats, unknown events and garbage', () => {
    const read: NumberedEvent[] = [];
    const reader = createFrameReader(each => read.push(each));
    reader(
      ': \n\nid: a-1\nevent: later\ndata: {"type":"later.invented"}\n\ndata: {not json\n\nid: a-2\ndata: {"type":"reset"}\n\n',
    );
    assert.deepEqual(read, [{ id: 'a-2', event: { type: 'reset' } }]);
  });
});
