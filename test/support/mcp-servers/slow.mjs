// A tool that takes its time and another that tells which calls were cancelled.
import { serve, text, tool } from './json-lines.mjs';

const cancelled = [];
const waiting = new Map();
serve({
  name: 'slow',
  tools: () => [
    tool('wait', 'Answers after so many milliseconds', { ms: { type: 'integer' } }, ['ms']),
    tool('cancelled', 'Tells how many calls were cancelled'),
    tool('begun', 'Tells how many waits have begun'),
  ],
  onCancelled({ requestId }) {
    cancelled.push(requestId);
    clearTimeout(waiting.get(requestId));
  },
  call(name, { ms }, { id, send }) {
    if (name === 'cancelled') return text(String(cancelled.length));
    if (name === 'begun') return text(String(waiting.size));
    waiting.set(
      id,
      setTimeout(() => send({ id, result: text(`Waited ${ms} ms`) }), ms),
    );
    return undefined;
  },
});
