import assert from 'node:assert/strict';
import fc from 'fast-check';
import { idOfAnswer } from '../../../daemon/supervision/stdio.transport.ts';

const idOf = (line: string) => idOfAnswer({ bytes: line.length, head: line.slice(0, 1_024), tail: line.slice(-1_024) });

const long = 'x'.repeat(5_000);

describe('the id of an answer that was too long', () => {
  it('is found at the start and at the end, as servers write it', () => {
    assert.equal(idOf(JSON.stringify({ jsonrpc: '2.0', id: 7, result: { text: long } })), 7);
    assert.equal(idOf(JSON.stringify({ id: 7, jsonrpc: '2.0', result: { text: long } })), 7);
    assert.equal(idOf(JSON.stringify({ result: { text: long }, jsonrpc: '2.0', id: 7 })), 7);
    assert.equal(idOf(JSON.stringify({ jsonrpc: '2.0', result: { text: long }, id: 7 })), 7);
    assert.equal(idOf(JSON.stringify({ result: { text: long }, id: 7, jsonrpc: '2.0' })), 7);
  });

  it('is not taken from inside the result, whatever that holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.nat(), (value, text, other) => {
        const tricky = [`{"jsonrpc":"2.0","id":${other},`, `,"id":${other}}`, `"id":${other}}`, text];
        const result = { value, id: other, tricky, deep: { id: other } };
        assert.equal(idOf(JSON.stringify({ jsonrpc: '2.0', id: 7, result: { long, result } })), 7);
        assert.equal(idOf(JSON.stringify({ result: { result, long }, jsonrpc: '2.0', id: 7 })), 7);
        assert.equal(
          idOf(JSON.stringify({ method: 'notifications/message', params: { result, long, result2: result } })),
          undefined,
        );
      }),
      { numRuns: 200 },
    );
  });
});
