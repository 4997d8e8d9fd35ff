// Files that hostile authors have written: refused in bounded time, with a reason, and without a trace.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readCatalogDocument, toLegacyDocument } from '../../daemon/engines/docker/catalog-document.ts';
import { documentLimits, readHostileDocument } from '../../daemon/engines/docker/hostile-document.ts';
import { isProblemError } from '../../shared/api/problem.ts';

function refusal(content: string): string {
  const begin = performance.now();
  try {
    readHostileDocument(content);
  } catch (error) {
    assert.ok(isProblemError(error), String(error));
    assert.equal(error.code, 'CATALOG_004');
    assert.ok(performance.now() - begin < 10_000, 'it takes bounded time');
    return error.problem.detail;
  }
  return assert.fail('it was read');
}

describe('a hostile file', () => {
  it('is refused when its aliases multiply', () => {
    const rows = 'abcdefghi'.split('').map(
      (key, at) =>
        `${key}: &${key} [${Array(9)
          .fill(at === 0 ? 'lol' : `*${'abcdefghi'[at - 1]}`)
          .join(', ')}]`,
    );
    assert.match(refusal(rows.join('\n')), /aliases/);
    const merges = Array.from({ length: 3_000 }, (_, at) => `k${at}: {<<: *x}`);
    assert.match(refusal(`x: &x {a: 1}\n${merges.join('\n')}`), /aliases/);
  });

  it('is refused when it is nested deeper than any catalog, however that is written', () => {
    const levels = 1_500;
    const indented = Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:`).join('\n');
    const shapes = ['['.repeat(levels), `${'['.repeat(levels)}${']'.repeat(levels)}`, '{"a":'.repeat(levels)];
    for (const text of [
      ...shapes,
      indented,
      `${'- '.repeat(levels)}a`,
      `${'? '.repeat(levels)}a`,
      `a: ${'{b: '.repeat(levels)}`,
    ]) {
      assert.match(refusal(text), /nested deeper/, text.slice(0, 20));
    }
  });

  it('is refused with keys that are JavaScript’s own, and pollutes nothing', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      assert.match(refusal(`registry:\n  one:\n    ${key}: {polluted: true}\n`), new RegExp(key));
      assert.match(refusal(`{"registry": {"${key}": {"polluted": true}}}`), new RegExp(key));
    }
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  it('is refused when it is larger than 4 MB, has too many values, or a key twice', () => {
    assert.match(refusal('x'.repeat(50_000_000)), /4 MB/);
    assert.match(refusal(`[${'1,'.repeat(documentLimits.values + 10)}1]`), /values/);
    assert.match(refusal('registry:\n  one: {image: a/b}\n  one: {image: evil/b}\n'), /"one" twice/);
    assert.match(refusal('---\na: 1\n---\nb: 2\n'), /multiple docs/);
  });

  it('is read in bounded time when it has very many keys', function () {
    this.timeout(20_000);
    const content = Array.from({ length: 50_000 }, (_, at) => `k${at}: &a${at} v`).join('\n');
    assert.equal(Object.keys(readHostileDocument(content) as object).length, 50_000);
  });

  it('runs nothing that its tags name', () => {
    const value = readHostileDocument('a: !!js/function "function () { throw 1 }"\nb: !<tag:x> 1\n');
    assert.deepEqual(value, { a: 'function () { throw 1 }', b: '1' });
  });

  it('is either read or refused with a reason, whatever it is', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json({ maxDepth: 8 }),
      fc.jsonValue().map(value => stringify(value)),
      fc
        .array(
          fc.constantFrom(
            'registry:',
            '  a:',
            '- ',
            ' ',
            '\n',
            '\t',
            '&x',
            '*x',
            '<<',
            ': ',
            '[',
            ']',
            '{',
            '}',
            '"',
            "'",
            '|',
            '>',
            '#',
            '!',
            '? ',
          ),
          { maxLength: 60 },
        )
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(anything, content => {
        try {
          const { servers, leftOut } = readCatalogDocument(content);
          for (const { reason } of leftOut) assert.match(reason, /^\S.{10,}\.$/s);
          toLegacyDocument({ name: 'x', title: 'X', servers });
        } catch (error) {
          assert.ok(isProblemError(error) && error.code === 'CATALOG_004', String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
