import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileGlob, compilePattern, PatternTooCostly } from '../../../daemon/platform/linear-pattern.ts';
import { PatternSyntaxError } from '../../../daemon/platform/pattern-syntax.ts';

const atoms = [
  ...['a', 'b', 'c', 'é', '😀', '\\ud83d\\ude00', '.', '\\.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\p{L}'],
  ...['[ab]', '[^a]', '[a-c1]', '[a-c1-3]', '[]', '[^]', '[\\w😀]', '^', '$', '\\b', 'c?', '(a*b)', '(?:a|bc)'],
];
/** Patterns of everything that both know. */
const patternWith = (...repeats: string[]) =>
  fc.letrec<{ node: string; atom: string }>(tie => ({
    // Deeper, it is JavaScript that would take for ever.
    atom: fc.oneof(
      { maxDepth: 1 },
      fc.constantFrom(...atoms),
      tie('node').map(node => `(?:${node})`),
    ),
    node: fc
      .array(
        fc
          .tuple(tie('atom'), fc.constantFrom('', '', ...repeats))
          .map(([atom, repeat]) => (/^[\^$]$|^\\[bB]$|[*+?]$/.test(atom) ? atom : `${atom}${repeat}`)),
        { minLength: 1, maxLength: 4 },
      )
      .chain(parts => fc.constantFrom(parts.join(''), parts.join('|'))),
  })).node;
const greedy = ['*', '+', '?', '{2}', '{1,3}', '{0,}'];
const lazy = ['*?', '+?', '??', '{1,3}?'];
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', 'é', '😀', '\n', '\r'), maxLength: 9 });

describe('patterns in linear time', () => {
  it('find what JavaScript finds', () => {
    fc.assert(
      fc.property(patternWith(...greedy, ...lazy), text, fc.constantFrom('', 'i', 's', 'm'), (source, value, flag) => {
        const flagged = flag ? `(?${flag})${source}` : source;
        assert.equal(compilePattern(flagged).isIn(value), new RegExp(source, `u${flag}`).test(value), flagged);
      }),
      { numRuns: 2_000 },
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
      { numRuns: 500 },
    );
  });

  it('of stars and question marks fit the whole text', () => {
    assert.equal(compileGlob('/tmp/*').isIn('/tmp/a/b'), true);
    assert.equal(compileGlob('/tmp/*').isIn('/etc/tmp/a'), false);
    assert.equal(compileGlob('a?c').isIn('a😀c'), true);
    assert.equal(compileGlob('a.c').isIn('abc'), false);
    assert.equal(compileGlob('*').isIn('many\nlines'), true);
    assert.equal(compileGlob('/tmp/*').isIn('/tmp/a\n/etc'), true);
  });

  it('of stars and question marks fit what the same regular expression fits', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?', '(', '\n', '😀'), maxLength: 6 });
    fc.assert(
      fc.property(glob, text, (source, value) => {
        const same = [...source].map(one => (one === '*' ? '.*' : one === '?' ? '.' : one.replace(/[.(]/, '\\$&')));
        assert.equal(compileGlob(source).isIn(value), new RegExp(`^${same.join('')}$`, 'su').test(value));
      }),
      { numRuns: 1_000 },
    );
  });

  // Not among those above: V8 finds \B in the middle of a surrogate pair, where the flag u has no place.
  it('know where a word does not begin or end', () => {
    assert.equal(compilePattern('\\Bb').isIn('ab'), true);
    assert.equal(compilePattern('\\Bb').isIn('a b'), false);
  });

  it('take flags at the start', () => {
    assert.ok(compilePattern('(?i)^HELLO$').isIn('hello'));
    assert.ok(compilePattern('(?s)a.b').isIn('a\nb'));
    assert.ok(compilePattern('(?m)^b$').isIn('a\nb\nc'));
    assert.ok(!compilePattern('^b$').isIn('a\nb\nc'));
  });

  it('end soon where a backtracking one does not', () => {
    const value = `${'a'.repeat(20_000)}!`;
    const hostile = ['(a+)+b', '(a|a)*b', '(a*)*b', 'a*a*a*a*a*b', '(?:a?){50}a{50}b', '^(a+)+$', '(.*.*.*)=x'];
    for (const source of hostile) assert.equal(compilePattern(source).isIn(value), false, source);
    assert.equal(compileGlob('*a*a*a*a*a*b').isIn(value), false);
  });

  it('cost no steps for what comes behind an answer', () => {
    const budget = { left: 1_000 };
    assert.equal(compilePattern('^/tmp/.*').isIn(`/tmp/${'a'.repeat(100_000)}`, budget), true);
    assert.equal(compilePattern('^/etc/').isIn(`/tmp/${'a'.repeat(100_000)}`, budget), false);
    assert.equal(compileGlob('/etc/*').isIn(`/tmp/${'a'.repeat(100_000)}`, budget), false);
    assert.ok(budget.left > 900, `${budget.left} are left`);
  });

  it('are given up when the text is too long for them', () => {
    assert.throws(() => compilePattern('(?:a?){900}b').isIn('a'.repeat(100_000)), PatternTooCostly);
  });

  it('take no step more than they are given, together, and say that they do not know', () => {
    const nested = patternWith(...greedy, '{0,20}').chain(inner =>
      fc.constantFrom(`(?:${inner})+b`, `(?:(?:${inner})*)*$`),
    );
    const hostile = fc.array(nested, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('a', 'ab', 'a😀'),
        fc.integer({ min: 0, max: 20_000 }),
        (sources, of, left) => {
          const budget = { left };
          const value = of.repeat(3_000);
          for (const source of sources) {
            try {
              const before = budget.left;
              assert.equal(typeof compilePattern(source).isIn(value, budget), 'boolean');
              assert.ok(budget.left >= 0 && budget.left <= before);
            } catch (error) {
              if (error instanceof PatternSyntaxError) continue;
              assert.ok(error instanceof PatternTooCostly, String(error));
              assert.ok(budget.left < 0);
              assert.throws(() => compileGlob('*').isIn('a', budget), PatternTooCostly, 'nothing is left for the next');
              return;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say what cannot be', () => {
    const wrong = [
      ...['(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '\\1', '\\q'],
      ...['(', ')', '[a', '[z-a]', '*', '*a', 'a**', 'a{2,1}', 'a{2000}', '((a{1000}){1000}){1000}', '^*', '{', '\\'],
      ...['\\p{Nonsense}', '('.repeat(60) + ')'.repeat(60)],
    ];
    for (const source of wrong) assert.throws(() => compilePattern(source), PatternSyntaxError, source);
  });

  it('are not counted for ever when groups of nothing are repeated in one another', () => {
    assert.equal(compilePattern('((((){1000}){1000}){1000}){1000}').isIn('a'), true);
  });

  it('never throw anything else', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$\\.-,19'), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ maxLength: 40 })), source => {
        try {
          compilePattern(source).isIn('some text of ab19');
        } catch (error) {
          assert.ok(error instanceof PatternSyntaxError || error instanceof PatternTooCostly, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
