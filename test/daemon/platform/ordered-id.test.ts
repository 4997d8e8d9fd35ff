import assert from 'node:assert/strict';
import fc from 'fast-check';
import { orderedId } from '../../../daemon/platform/ordered-id.ts';

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const milliseconds = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('an id that is in order', () => {
  it('is a UUID of version 7 with the time in its first 48 bits', () => {
    fc.assert(
      fc.property(milliseconds, now => {
        const id = orderedId(now);
        assert.match(id, version7);
        assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), now);
      }),
    );
  });

  it('comes after all of the milliseconds before, whatever was asked for between', () => {
    fc.assert(
      fc.property(milliseconds, milliseconds, (one, other) => {
        fc.pre(one < other);
        const [later, earlier] = [orderedId(other), orderedId(one)];
        assert.ok(earlier < later);
      }),
    );
  });

  it('is never the same twice', () => {
    const ids = Array.from({ length: 10_000 }, () => orderedId(1_800_000_000_000));
    assert.equal(new Set(ids).size, ids.length);
  });
});
