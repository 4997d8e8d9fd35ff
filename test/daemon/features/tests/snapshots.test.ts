import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createHide, toSnapshotValue } from '../../../../daemon/features/tests/redaction.ts';
import { BrokenSnapshots, readSnapshots, toSnapshotText } from '../../../../daemon/features/tests/snapshots.ts';

const json = fc.jsonValue({ maxDepth: 4 });
const plain = (text: string): string => text;

describe('snapshots', () => {
  it('are read as they were written, whatever is in them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), json, { maxKeys: 5, noNullPrototype: true }), values => {
        const first = readSnapshots(undefined);
        const texts = Object.entries(values).map(([name, value]) => [name, toSnapshotText(value)] as const);
        for (const [name, text] of texts) first.set(name, text);
        const written = first.write();
        if (texts.length === 0) return assert.equal(written, undefined);
        assert.deepEqual(parse(written ?? ''), Object.fromEntries(texts), 'it is YAML');
        const second = readSnapshots(written);
        for (const [name, text] of texts) assert.equal(second.find(name), text);
        second.dropUnused();
        assert.equal(second.write(), undefined, 'nothing has changed');
      }),
    );
  });

  it('keep texts of every kind', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\t',
        '#',
        '"',
        '\r',
        '\u0085',
        '\u2028',
        '\ufeff',
        '\u0007',
        '💥',
        '\ud800',
      ),
    });
    fc.assert(
      fc.property(text, value => {
        const first = readSnapshots(undefined);
        first.set('a', value);
        assert.equal(readSnapshots(first.write()).find('a'), value);
      }),
      { numRuns: 500 },
    );
  });

  it('are the same whatever the order of members', () => {
    assert.equal(toSnapshotText({ b: 1, a: { d: 2, c: 3 } }), toSnapshotText({ a: { c: 3, d: 2 }, b: 1 }));
  });

  it('lose what nobody asks for, when they are made anew', () => {
    const file = readSnapshots('"kept": |2\n  1\n"gone": |2\n  2\n');
    file.find('kept');
    file.dropUnused();
    assert.deepEqual(file.changes, ['gone']);
    assert.doesNotMatch(file.write() ?? '', /gone/);
  });

  it('are refused where they would be too large to be read again', () => {
    assert.throws(() => readSnapshots(undefined).set('a', 'x'.repeat(5_000_000)), /too large/);
  });

  it('are not touched where they cannot be read', () => {
    for (const text of ['- a', 'a: { b: c }', '"a": [', '{'.repeat(10_000), '"a": 1', '"a": "', '"'.repeat(1_000_000)])
      assert.throws(() => readSnapshots(text), BrokenSnapshots, text.slice(0, 20));
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          readSnapshots(text);
        } catch (error) {
          assert.ok(error instanceof BrokenSnapshots, String(error));
        }
      }),
    );
  });

  it('hold no secret, whatever the rules', () => {
    fc.assert(
      fc.property(
        json,
        fc
          .string({ minLength: 4, maxLength: 12 })
          .filter(text => /^[a-z]{4,}$/.test(text) && !'redacted'.includes(text)),
        (value, secret) => {
          const hide = createHide([secret], plain);
          const shown = JSON.stringify(toSnapshotValue({ a: value, [secret]: [`x${secret}y`, secret] }, [], hide));
          assert.ok(!shown.includes(secret), shown);
        },
      ),
    );
  });

  it('keep what rules name out, by place and by pattern', () => {
    const result = {
      _meta: { time: 1 },
      content: [
        { type: 'text', text: 'made at 12:34' },
        { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' },
      ],
      structuredContent: {
        items: [
          { id: 17, name: 'a' },
          { id: 18, name: 'b' },
        ],
      },
    };
    const rules = [
      { path: '$.structuredContent.items[*].id', with: '<id>' },
      { path: "$.structuredContent.items[?@.name=='b'].name", with: '<name>' },
      { pattern: '\\d\\d:\\d\\d', with: '<time>' },
    ];
    const shown = toSnapshotValue(result, rules, createHide([], plain));
    const digest = createHash('sha256').update('aGVsbG8=').digest('hex');
    assert.deepEqual(shown, {
      content: [
        { type: 'text', text: 'made at <time>' },
        { type: 'image', data: `sha256:${digest} (8 characters)`, mimeType: 'image/png' },
      ],
      structuredContent: {
        items: [
          { id: '<id>', name: 'a' },
          { id: '<id>', name: '<name>' },
        ],
      },
    });
    assert.equal(result.structuredContent.items[0]?.id, 17, 'the result itself stays');
  });
});
