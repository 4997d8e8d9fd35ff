// JSON that is parsed while it comes is what it would be at once, in whatever pieces it comes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createJsonCollector } from '../../../daemon/engines/json-collector.ts';
import { readRecordings } from '../../support/recordings.ts';

function collect(text: string, size: number): unknown {
  const collector = createJsonCollector(100_000_000);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) collector.add(bytes.subarray(at, at + size));
  return collector.value();
}

const attempt = (act: () => unknown): unknown => {
  try {
    return { value: act() };
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return 'no JSON';
  }
};

const size = fc.integer({ min: 1, max: 40 });

describe('JSON that comes in pieces', () => {
  it('is what it is at once', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 7 }), size, (text, pieces) =>
        assert.deepEqual(collect(text, pieces), JSON.parse(text)),
      ),
      { numRuns: 2_000 },
    );
  });

  it('is what it is at once for everything that was recorded', () => {
    for (const { stdout } of readRecordings())
      for (const pieces of [7, 4_096])
        assert.deepEqual(
          attempt(() => collect(stdout, pieces)),
          attempt(() => JSON.parse(stdout)),
        );
  });

  it('is no JSON where it is none, whatever is missing or too much', () => {
    const part = fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', '\\', '"', ' ', '{"a":[[1]]}', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), size, (parts, pieces) => {
        const text = parts.join('');
        assert.deepEqual(
          attempt(() => collect(text, pieces)),
          attempt(() => JSON.parse(text)),
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('is not kept beyond the limit', () => {
    const collector = createJsonCollector(10);
    assert.equal(collector.add(Buffer.from('[1,2,3,4]')), true);
    assert.equal(collector.add(Buffer.from('     ')), false);
  });
});
