import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compilePattern, PatternTooCostly } from '../../../../daemon/features/tests/linear-pattern.ts';
import { PatternSyntaxError } from '../../../../daemon/features/tests/pattern-syntax.ts';

/** Patterns of everything that both know. */
const patternWith = (...repeats: string[]) =>
  fc.letrec<{ node: string; atom: string }>(tie => ({
    atom: fc.oneof(
      fc.constantFrom('a', 'b', 'c', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-c1]', '\\.', 'é', '^', '$', '\\b'),
      tie('node').map(node => `(?:${node})`),
    ),
    node: fc
      .array(
        fc
          .tuple(tie('atom'), fc.constantFrom('', '', ...repeats))
          .map(([atom, repeat]) => (/^[\^$]$|^\\b$/.test(atom) ? atom : `${atom}${repeat}`)),
        { minLength: 1, maxLength: 4 },
      )
      .chain(parts => fc.constantFrom(parts.join(''), parts.join('|'))),
  })).node;
const greedy = ['*', '+', '?', '{2}', '{1,2}', '{0,}'];
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', 'é', '\n'), maxLength: 12 });

describe('patterns of test files', () => {
  it('find what JavaScript finds', () => {
    fc.assert(
      fc.property(patternWith(...greedy, '*?', '+?'), text, (source, value) => {
        assert.equal(compilePattern(source).isIn(value), new RegExp(source, 'u').test(value));
      }),
      { numRuns: 300 },
    );
  });

  // Where a group is repeated, JavaScript throws away a turn that finds nothing, which no set of states can know.
  it('replace what JavaScript replaces, but matches of nothing', () => {
    fc.assert(
      fc.property(patternWith(...greedy), text, (source, value) => {
        fc.pre(!/\)[*+?{]/.test(source));
        const expected = value.replace(new RegExp(source, 'gu'), match => (match === '' ? '' : '<>'));
        assert.equal(compilePattern(source).replaceIn(value, '<>'), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('take flags at the start', () => {
    assert.ok(compilePattern('(?i)^HELLO$').isIn('hello'));
    assert.ok(compilePattern('(?s)a.b').isIn('a\nb'));
    assert.ok(compilePattern('(?m)^b$').isIn('a\nb\nc'));
    assert.ok(!compilePattern('^b$').isIn('a\nb\nc'));
  });

  it('end soon where a backtracking one does not', () => {
    const value = 'a'.repeat(20_000);
    for (const source of ['(a+)+b', '(a|a)*b', '(a*)*b', 'a*a*a*a*a*b', '(?:a?){50}a{50}b']) {
      assert.equal(compilePattern(source).isIn(value), false, source);
    }
  });

  it('are given up when the text is too long for them', () => {
    assert.throws(() => compilePattern('(?:a?){900}b').isIn('a'.repeat(100_000)), PatternTooCostly);
  });

  it('say what cannot be', () => {
    const wrong = [
      '(?=a)',
      '(?<!a)b',
      '(a)\\1',
      'a{2000}',
      '((a{1000}){1000}){1000}',
      '(',
      ')',
      '[a',
      '*',
      'a**',
      '\\',
      'a{2,1}',
      '^*',
      '\\p{Nonsense}',
    ];
    for (const source of wrong) assert.throws(() => compilePattern(source), PatternSyntaxError, source);
  });

  it('never throw anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), source => {
        try {
          compilePattern(source).isIn('some text');
        } catch (error) {
          assert.ok(error instanceof PatternSyntaxError || error instanceof PatternTooCostly, String(error));
        }
      }),
    );
  });
});
