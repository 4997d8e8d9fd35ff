import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compileGlob,
  compileRegex,
  type LinearPattern,
  PatternError,
} from '../../../../daemon/features/approvals/linear-pattern.ts';

const budget = () => ({ left: 2_000_000 });
const fits = (pattern: LinearPattern, text: string) => pattern.test(text, budget());

describe('a pattern of a rule', () => {
  it('finds what the language’s own expressions find', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '(?:a|bc)',
      '\\d',
      '\\w',
      '(a*b)',
      'c?',
      '\\.',
      '[a-c1-3]',
    );
    const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
    const part = fc.tuple(piece, quantifier).map(([of, times]) => (/[*+?]$/.test(of) ? of : of + times));
    const source = fc
      .tuple(fc.constantFrom('', '^'), fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '$'))
      .map(([start, parts, end]) => start + parts.join('') + end);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', '\n', 'é', '😀'), maxLength: 12 });
    fc.assert(
      fc.property(source, text, (pattern, of) => {
        assert.equal(fits(compileRegex(pattern), of), new RegExp(pattern, 'u').test(of), `${pattern} on ${of}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with stars and question marks fits the whole text', () => {
    assert.equal(fits(compileGlob('/tmp/*'), '/tmp/a/b'), true);
    assert.equal(fits(compileGlob('/tmp/*'), '/etc/tmp/a'), false);
    assert.equal(fits(compileGlob('a?c'), 'a😀c'), true);
    assert.equal(fits(compileGlob('a.c'), 'abc'), false);
    assert.equal(fits(compileGlob('*'), 'many\nlines'), true);
    assert.equal(fits(compileGlob('/tmp/*'), '/tmp/a\n/etc'), true);
  });

  it('takes no longer for a pattern and a text that hang other engines', () => {
    const text = `${'a'.repeat(20_000)}!`;
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a*)*b$', '(.*.*.*)=x', '^((a{1,20}){1,20})$']) {
      const limited = { left: 2_000_000 };
      compileRegex(source).test(text, limited);
      // A step costs nanoseconds; the overrun is at most one place of the text.
      assert.ok(limited.left > -5_000, `${source} took ${2_000_000 - limited.left} steps`);
    }
  });

  it('says that it does not know when its steps are used up', () => {
    assert.equal(compileRegex('(a|b|c)*d').test('abc'.repeat(10_000), { left: 1_000 }), undefined);
  });

  it('refuses what it does not understand, and what would be too large', () => {
    const wrong = [
      '(',
      ')',
      '[a',
      'a**',
      '*a',
      '(?=a)',
      '(?<n>a)',
      '\\1',
      '\\b',
      '\\p{L}',
      'a{999}',
      'a{3,1}',
      '[z-a]',
      '\\',
    ];
    for (const source of [...wrong, '((a{200}){200})', '('.repeat(30) + ')'.repeat(30)])
      assert.throws(() => compileRegex(source), PatternError, source);
  });

  it('never throws anything else, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$\\.-,19'), maxLength: 20 }), source => {
        try {
          fits(compileRegex(source), 'ab19');
        } catch (error) {
          assert.ok(error instanceof PatternError, source);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
