import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createLineReader, type OversizedLine } from '../../../daemon/supervision/line-reader.ts';

const read = (pieces: Buffer[], limit: number) => {
  const lines: string[] = [];
  const oversized: OversizedLine[] = [];
  const reader = createLineReader({
    limit,
    onLine: line => lines.push(line.toString('latin1')),
    onOversized: line => oversized.push(line),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { lines, oversized };
};

describe('a line reader', () => {
  it('gives the same lines however the stream is cut', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map(array => Buffer.from(array.map(byte => (byte % 7 === 0 ? 10 : byte))));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 10 }), (stream, cuts) => {
        const places = [0, ...cuts.filter(cut => cut < stream.length).sort((a, b) => a - b), stream.length];
        const pieces = places.slice(1).map((end, i) => stream.subarray(places[i], end));
        const expected = stream.toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        assert.deepEqual(read(pieces, 1_000).lines, expected);
      }),
    );
  });

  it('takes a line of exactly the limit and skips one that is a byte longer', () => {
    const { lines, oversized } = read([Buffer.from(`${'a'.repeat(10)}\n${'b'.repeat(11)}\nc\n`)], 10);
    assert.deepEqual(lines, ['a'.repeat(10), 'c']);
    assert.equal(oversized[0]?.bytes, 11);
  });

  it('keeps only the ends of a line that is too long', () => {
    const piece = Buffer.alloc(65_536, 'x');
    const pieces = [Buffer.from('start'), ...Array.from({ length: 800 }, () => piece), Buffer.from('end\nnext\n')];
    const before = process.memoryUsage().arrayBuffers;
    const { lines, oversized } = read(pieces, 100_000);
    assert.ok(process.memoryUsage().arrayBuffers - before < 2_000_000);
    assert.deepEqual(lines, ['next']);
    assert.equal(oversized[0]?.bytes, 800 * 65_536 + 8);
    assert.ok(oversized[0]?.head.startsWith('startx') && oversized[0].head.length <= 1_024);
    assert.ok(oversized[0]?.tail.endsWith('xend') && oversized[0].tail.length <= 1_024);
  });

  it('tells of a line that is too long even if it has no end', () => {
    assert.equal(read([Buffer.alloc(50, 'x')], 10).oversized[0]?.bytes, 50);
  });
});
