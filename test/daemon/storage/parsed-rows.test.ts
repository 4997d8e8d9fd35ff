import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseOnce } from '../../../daemon/storage/parsed-rows.ts';

describe('rows that are parsed once', () => {
  it('are parsed again when any column is another one, added or gone', () => {
    let parsed = 0;
    const parse = parseOnce('id', row => {
      parsed += 1;
      return JSON.stringify(row);
    });
    const row = { id: 'a', title: 'A', count: null };
    assert.equal(parse(row), parse({ ...row }));
    assert.equal(parsed, 1);
    for (const other of [
      { ...row, count: 0 },
      { ...row, title: 'B' },
      { id: 'a', title: 'B' },
      { ...row, more: 1 },
      row,
    ])
      assert.equal(parse(other), JSON.stringify(other));
    assert.equal(parsed, 6);
  });

  it('are what the parser makes of them, whatever came before', () => {
    const row = fc.record({ id: fc.constantFrom('a', 'b'), x: fc.oneof(fc.integer(), fc.constantFrom(null, '', 'a')) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), rows => {
        const parse = parseOnce('id', JSON.stringify);
        assert.deepEqual(
          rows.map(parse),
          rows.map(each => JSON.stringify(each)),
        );
      }),
    );
  });
});
