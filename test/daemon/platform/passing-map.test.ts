import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PassingMap } from '../../../daemon/platform/passing-map.ts';

const step = fc.oneof(
  fc.record({ act: fc.constant('set' as const), key: fc.nat({ max: 8 }), value: fc.integer() }),
  fc.record({ act: fc.constant('delete' as const), key: fc.nat({ max: 8 }), value: fc.constant(0) }),
  fc.record({ act: fc.constant('dropFirst' as const), key: fc.constant(0), value: fc.constant(0) }),
);

describe('a map for what passes through', () => {
  it('holds what a Map holds, in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const passing = new PassingMap<number, number>();
        const plain = new Map<number, number>();
        for (const { act, key, value } of steps) {
          if (act === 'set') {
            passing.set(key, value);
            plain.delete(key);
            plain.set(key, value);
          } else if (act === 'delete') {
            assert.equal(passing.delete(key), plain.get(key));
            plain.delete(key);
          } else {
            passing.dropFirst();
            for (const first of plain.keys()) {
              plain.delete(first);
              break;
            }
          }
          assert.deepEqual(passing.all(), [...plain]);
          assert.deepEqual([...passing.values()], [...plain.values()]);
          assert.deepEqual(
            [passing.size, passing.has(key), passing.get(key)],
            [plain.size, plain.has(key), plain.get(key)],
          );
        }
      }),
    );
  });
});
