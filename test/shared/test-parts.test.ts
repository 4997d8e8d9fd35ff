import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinRuns, toParts } from '../../shared/api/test-parts.ts';
import { NewTestRun, type TestRun } from '../../shared/api/tests.ts';
import { limits } from '../../shared/domain/limits.ts';

const requestOf = (files: { path: string; text: string; snapshots?: string }[]): NewTestRun => ({
  ...{ files, environment: { WORD: 'xyzzy' }, snapshots: 'new', trace: false },
});
const bytesOf = (part: NewTestRun): number => Buffer.byteLength(JSON.stringify(part));

describe('test files in parts', () => {
  it('are all sent once, in their order, in requests that are taken', () => {
    const text = fc.record({
      unit: fc.constantFrom('a', '"', '\n', 'é', '€', '\u{1f600}', '\ud800'),
      times: fc.nat(1_200_000),
    });
    const file = fc.record({ text, cases: fc.nat(2_000) });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 8 }), fc.nat(450), (large, small) => {
        const files = [
          ...large.map(({ text: { unit, times } }, index) => ({
            path: `${index}`,
            text: '',
            snapshots: unit.repeat(times),
          })),
          ...Array.from({ length: small }, (_, index) => ({ path: `small-${index}`, text: 'tests: []' })),
        ];
        const { parts, tooLarge } = toParts(requestOf(files), path => large[Number(path)]?.cases ?? 0);
        const sent = parts.flatMap(part => part.files.map(({ path }) => path));
        const lost = new Set(tooLarge);
        assert.deepEqual(
          sent,
          files.map(({ path }) => path).filter(path => !lost.has(path)),
        );
        for (const part of parts) {
          assert.ok(bytesOf(part) <= limits.documentBody);
          assert.ok(part.files.length > 0 && part.files.length <= 200);
          assert.ok(part.files.reduce((sum, { path }) => sum + (large[Number(path)]?.cases ?? 0), 0) <= 5_000);
          assert.equal(part.environment['WORD'], 'xyzzy');
        }
        for (const path of tooLarge) {
          const one = files.filter(each => each.path === path);
          assert.ok(bytesOf(requestOf(one)) > limits.documentBody - 2_048);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('are one request as long as they fit', () => {
    const files = Array.from({ length: 200 }, (_, index) => ({
      path: `${index}.mcptest.yaml`,
      text: 'x'.repeat(20_000),
    }));
    const { parts } = toParts(requestOf(files), () => 25);
    assert.deepEqual(parts, [requestOf(files)]);
    assert.ok(NewTestRun.safeParse(parts[0]).success);
    assert.equal(toParts(requestOf(files), () => 26).parts.length, 2);
  });

  it('are told as one run: the worst state, all results, the sum of counts and times', () => {
    const run = (id: string, change: Partial<TestRun>): TestRun => ({
      ...{ id, state: 'passed', reason: null, files: [id], servers: ['echo'], caller: 'owner', durationMs: 5 },
      ...{ startedAt: '2026-03-01T10:00:00.000Z', endedAt: `2026-03-01T10:00:0${id}.000Z` },
      counts: { total: 2, passed: 1, failed: 0, skipped: 1, cancelled: 0 },
      ...{ results: [], problems: [], snapshots: [{ file: id, text: '', changes: [] }] },
      ...change,
    });
    const failed = run('2', { state: 'failed', servers: ['echo', 'mail'], problems: [{ file: '2', problems: [] }] });
    const joined = joinRuns(run('1', {}), [failed, run('3', {})], ['1', '2', '3', '4']);
    assert.deepEqual(
      [joined.id, joined.state, joined.files, joined.servers],
      ['1', 'failed', ['1', '2', '3', '4'], ['echo', 'mail']],
    );
    assert.deepEqual(joined.counts, { total: 6, passed: 3, failed: 0, skipped: 3, cancelled: 0 });
    assert.deepEqual([joined.durationMs, joined.endedAt, joined.problems.length], [15, '2026-03-01T10:00:03.000Z', 1]);
    assert.deepEqual(
      joined.snapshots.map(({ file }) => file),
      ['1', '2', '3'],
    );
    const cancelled = joinRuns(run('1', {}), [run('2', { state: 'cancelled', reason: 'It was cancelled.' })], []);
    assert.deepEqual([cancelled.state, cancelled.reason], ['cancelled', 'It was cancelled.']);
  });
});
