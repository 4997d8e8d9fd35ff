import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countOf, formatAgo, formatBytes, formatDuration } from '../../../webviews/kit/format.ts';

describe('a duration', () => {
  const cases: [number, string][] = [
    [0, 'under 1 ms'],
    [0.4, 'under 1 ms'],
    [42, '42 ms'],
    [999.4, '999 ms'],
    [999.9, '1.0 s'],
    [1_340, '1.3 s'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3_840_000, '1 h 4 min'],
    [90_000_000, '1 d 1 h'],
    [-5, 'under 1 ms'],
  ];
  for (const [milliseconds, text] of cases)
    it(`of ${milliseconds} ms reads "${text}"`, () => assert.equal(formatDuration(milliseconds), text));

  it('never reads as sixty seconds or a thousand milliseconds', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), milliseconds => {
        assert.doesNotMatch(formatDuration(milliseconds), /\b(?:60 s|60 min|24 h|1000 ms)\b/);
      }),
    );
  });
});

describe('a number of bytes', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 KB'],
    [1_500, '1.5 KB'],
    [100_000_000, '95 MB'],
    [1_048_575, '1.0 MB'],
    [5_368_709_120, '5.0 GB'],
  ];
  for (const [bytes, text] of cases) it(`of ${bytes} reads "${text}"`, () => assert.equal(formatBytes(bytes), text));
});

describe('a time that has passed', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  const ago = (seconds: number) => formatAgo(new Date(now - seconds * 1_000).toISOString(), now);
  it('reads in the largest unit that fits', () => {
    assert.deepEqual([1, 42, 300, 7_200, 172_800].map(ago), [
      'just now',
      '42 s ago',
      '5 min ago',
      '2 h ago',
      '2 d ago',
    ]);
  });
  it('is "just now" for a clock that runs ahead', () => assert.equal(ago(-100), 'just now'));
});

it('a count of one has no plural', () => {
  assert.deepEqual(
    [0, 1, 13].map(count => countOf(count, 'tool')),
    ['0 tools', '1 tool', '13 tools'],
  );
});
