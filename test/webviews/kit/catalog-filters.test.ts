import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CatalogFilters,
  countFilters,
  engines,
  entryKinds,
  formatFilters,
  origins,
  parseFilters,
  sortings,
  withFilters,
} from '../../../webviews/kit/catalog-filters.ts';

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const filters: fc.Arbitrary<CatalogFilters> = fc.record(
  {
    q: text,
    sort: fc.constantFrom(...sortings),
    origin: fc.constantFrom(...origins),
    catalog: text,
    category: text,
    tag: text,
    license: text,
    kind: fc.constantFrom(...entryKinds),
    engine: fc.constantFrom(...engines),
    secrets: fc.boolean(),
    installed: fc.boolean(),
    page: fc.integer({ min: 2, max: 900 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe('filters in the address', () => {
  it('come back the same from their own text', () => {
    fc.assert(
      fc.property(filters, given => {
        assert.deepEqual(parseFilters(new URLSearchParams(formatFilters(given))), given);
      }),
    );
  });

  it('are nothing where an address says nonsense', () => {
    const nonsense = 'sort=best&kind=tar&secrets=maybe&page=-3&origin=me&engine=podman&x=1&q=';
    assert.deepEqual(parseFilters(new URLSearchParams(nonsense)), {});
  });

  it('never fail, whatever the address says', () => {
    fc.assert(fc.property(fc.string(), given => void parseFilters(new URLSearchParams(given))));
  });

  it('start at the first page when another question is asked', () => {
    assert.deepEqual(withFilters({ q: 'files', page: 7 }, { kind: 'image' }), { q: 'files', kind: 'image' });
  });

  it('lose what is taken out', () => {
    assert.deepEqual(withFilters({ tag: 'git', secrets: true }, { tag: undefined }), { secrets: true });
    assert.deepEqual(withFilters({ q: 'x' }, { q: '' }), {});
  });

  it('are counted without the words, the order and the page', () => {
    assert.equal(countFilters({ q: 'x', sort: 'title', page: 2, tag: 'git', installed: false }), 2);
  });
});
