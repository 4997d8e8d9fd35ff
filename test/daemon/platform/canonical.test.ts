import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digestOf, toCanonicalJson } from '../../../daemon/platform/canonical.ts';

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, section 3.2.3, as the RFC does', () => {
    const sent = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    assert.equal(toCanonicalJson(JSON.parse(sent)), canonical);
  });

  it('sorts members as RFC 8785, section 3.2.3, does: by UTF-16 code units', () => {
    const sent = String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    assert.deepEqual(Object.values(JSON.parse(toCanonicalJson(JSON.parse(sent)))).toSorted(), [
      'Carriage Return',
      'Control',
      'Emoji: Grinning Face',
      'Euro Sign',
      'Hebrew Letter Dalet With Dagesh',
      'Latin Small Letter O With Diaeresis',
      'One',
    ]);
    const order = ['"\\r"', '"1"', '"\u0080"', '"\u00f6"', '"\u20ac"', '"\u{1f600}"', '"\ufb33"'];
    const places = order.map(key => toCanonicalJson(JSON.parse(sent)).indexOf(key));
    assert.ok(places.every(place => place >= 0));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('writes numbers as RFC 8785, appendix B, does', () => {
    const samples: [number, string][] = [
      [0, '0'],
      [-0, '0'],
      [5e-324, '5e-324'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [9007199254740992, '9007199254740992'],
      [295147905179352830000, '295147905179352830000'],
      [9.999999999999997e22, '9.999999999999997e+22'],
      [1e21, '1e+21'],
      [0.000001, '0.000001'],
      [333333333.3333332, '333333333.3333332'],
    ];
    for (const [number, text] of samples) assert.equal(toCanonicalJson(number), text);
  });

  it('is the same for every order of members, and another for every other value', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffled(member)]),
      );
    };
    const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
    fc.assert(
      fc.property(json, json, (one, other) => {
        const value = JSON.parse(JSON.stringify(one));
        assert.equal(digestOf(shuffled(value)), digestOf(value));
        const isSame = toCanonicalJson(value) === toCanonicalJson(JSON.parse(JSON.stringify(other)));
        assert.equal(digestOf(value) === digestOf(JSON.parse(JSON.stringify(other))), isSame);
        // Reading it back gives the same value, so nothing that differs was made one.
        if (!toCanonicalJson(value).startsWith('not-canonical:'))
          assert.equal(toCanonicalJson(JSON.parse(toCanonicalJson(value))), toCanonicalJson(value));
      }),
      { numRuns: 50 },
    );
  });

  it('tells apart texts that Unicode would normalise to one', () => {
    assert.notEqual(digestOf({ path: 'caf\u00e9' }), digestOf({ path: 'cafe\u0301' }));
    assert.notEqual(digestOf('\u212b'), digestOf('\u00c5'));
  });

  it('gives values that RFC 8785 does not know a digest of their own, and never one that throws', () => {
    const odd = ['"\\ud800"', '"\\udfff"', '1e400', '-1e400', '{"\\ud800":1}', '["\\ud800"]'].map(text =>
      JSON.parse(text),
    );
    const digests = new Set([...odd, 's"\\ud800"', 'nInfinity', 'not-canonical:"nInfinity"', null].map(digestOf));
    assert.equal(digests.size, odd.length + 4);
  });

  it('is done with a value that is nested as deeply as a hostile server likes', () => {
    const deep = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`);
    assert.equal(digestOf(deep), `sha256:${createHash('sha256').update(JSON.stringify(deep)).digest('hex')}`);
  });
});
